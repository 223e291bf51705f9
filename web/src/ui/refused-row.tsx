// An edit that the server refused: its reason, the value that was wanted, and what can be done with it.
import { useState } from 'react';
import { discardEntry, sendAgain, type EditOp, type FieldValue, type QueueEntry } from '../sync';
import { FieldInput } from './field-input';
import { fieldInfo, inputText, parseField, showValue } from './fields';
import { saveWords } from './save-mark';
import { toast } from './toasts';

type QueueOp = QueueEntry['ops'][number];

/** The operation as it would be made again, with another value when one is given. */
export function againOp(op: QueueOp, to?: QueueOp['to']): EditOp | null {
  const { collection, id } = op;
  switch (op.op) {
    case 'set': return op.field ? { op: 'set', collection, id, field: op.field, to: to === undefined ? op.to ?? null : to } : null;
    case 'add': return op.field ? { op: 'add', collection, id, field: op.field, amount: Number(to ?? op.amount ?? 0) } : null;
    case 'insert': return { op: 'insert', collection, id, fields: op.field && to !== undefined ? { ...op.fields, [op.field]: to } : op.fields ?? {} };
    case 'remove': return { op: 'remove', collection, id };
    default: return null;
  }
}

/** All operations of the entry with another value in this one; null when one of them cannot be made from here. */
export function changedOps(entry: QueueEntry, op: QueueOp, to: QueueOp['to']): EditOp[] | null {
  const made = entry.ops.map((each) => (each === op ? againOp(each, to ?? null) : againOp(each)));
  return made.every((each) => each !== null) ? made : null;
}

/** What was wanted of the field that the refusal is about. */
export function wantedValue(op: QueueOp): FieldValue | undefined {
  if (op.op === 'add') return op.amount;
  return op.op === 'insert' ? op.fields?.[op.field ?? ''] : op.to;
}

/** The record as it was before it got lost, with what was wanted of it. */
function insertAgain(op: QueueOp): EditOp {
  const fields = op.op === 'set' && op.field ? { ...op.fields, [op.field]: op.to ?? null } : op.fields ?? {};
  return { op: 'insert', collection: op.collection, id: op.id, fields };
}

interface RefusedRowProps {
  store: string;
  entry: QueueEntry;
  op: QueueOp;
  /** The entry is about to leave its list. */
  onDecided?: () => void;
}

export function RefusedRow({ store, entry, op, onDecided }: RefusedRowProps) {
  const [text, setText] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const field = fieldInfo(op.collection, op.field ?? '');
  // An amount may go down: the bounds are those of the value that it changes.
  const amount = op.op === 'add';
  const asked = amount ? { ...field, min: undefined, max: undefined, required: true } : field;
  const label = amount ? `New change of ${field.label}` : `New value of ${field.label}`;
  const wanted = wantedValue(op);
  const lost = op.code === 'record_lost' && op.fields !== undefined;
  const editable = op.field !== undefined && op.op !== 'remove' && !lost && changedOps(entry, op, wanted) !== null;
  const failed = (reason: unknown) => setProblem(reason instanceof Error ? reason.message : 'That did not work. The edit is still here.');
  const again = () => {
    let ops: EditOp[] | undefined;
    if (text !== null) {
      const parsed = parseField(asked, text);
      if (!parsed.ok) {
        setProblem(parsed.message);
        return;
      }
      ops = changedOps(entry, op, parsed.value) ?? undefined;
    } else if (lost) {
      ops = [insertAgain(op)];
    }
    onDecided?.();
    sendAgain(store, entry.number, ops).then(() => setText(null), failed);
  };
  const discard = () => {
    onDecided?.();
    discardEntry(store, entry.number).then(() => toast('The edit was discarded'), failed);
  };
  return (
    <section className="difference refused" aria-label={`${field.label} was not saved`}>
      <h3>{saveWords('refused', op.message ?? op.code)}</h3>
      {op.field ? (
        <dl>
          <dt>Wanted</dt><dd><bdi><strong>{op.op === 'add' ? `${(op.amount ?? 0) > 0 ? '+' : ''}${op.amount ?? 0}` : showValue(field, wanted)}</strong></bdi></dd>
        </dl>
      ) : null}
      {text === null ? null : (
        <FieldInput field={asked} value={text} onChange={setText} label={label} autoFocus />
      )}
      {problem ? <p role="alert" className="field-problem">{problem}</p> : null}
      <div className="row">
        {editable && text === null ? (
          <button type="button" className="button small" onClick={() => setText(inputText(field, wanted ?? null))}>Edit</button>
        ) : null}
        <button type="button" className="button small" onClick={again}>{lost && text === null ? 'Insert it again' : 'Send again'}</button>
        <button type="button" className="button small" onClick={discard}>Discard</button>
      </div>
    </section>
  );
}
