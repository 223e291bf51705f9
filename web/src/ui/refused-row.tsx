// An edit that the server refused: its reason, the value that was wanted, and what can be done with it.
import { useState } from 'react';
import { discardEntry, sendAgain, type EditOp, type QueueEntry } from '../sync';
import { FieldInput } from './field-input';
import { fieldInfo, inputText, parseField, showValue } from './fields';
import { saveWords } from './save-mark';
import { toast } from './toasts';

type QueueOp = QueueEntry['ops'][number];

/** The operation as it would be made again, with another value when one is given. */
export function againOp(op: QueueOp, to?: QueueOp['to']): EditOp | null {
  switch (op.op) {
    case 'set': return op.field ? { op: 'set', collection: op.collection, id: op.id, field: op.field, to: to ?? op.to ?? null } : null;
    case 'add': return op.field ? { op: 'add', collection: op.collection, id: op.id, field: op.field, amount: op.amount ?? 0 } : null;
    case 'insert': return { op: 'insert', collection: op.collection, id: op.id, fields: op.fields ?? {} };
    case 'remove': return { op: 'remove', collection: op.collection, id: op.id };
    default: return null;
  }
}

export function RefusedRow({ entry, op }: { entry: QueueEntry; op: QueueOp }) {
  const [text, setText] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const field = fieldInfo(op.collection, op.field ?? '');
  const failed = (reason: unknown) => setProblem(reason instanceof Error ? reason.message : 'That did not work. The edit is still here.');
  const again = () => {
    let to = op.to;
    if (text !== null) {
      const parsed = parseField(field, text);
      if (!parsed.ok) {
        setProblem(parsed.message);
        return;
      }
      to = parsed.value;
    }
    const made = text === null ? null : againOp(op, to);
    sendAgain(entry.store, entry.number, made ? [made] : undefined).then(() => setText(null), failed);
  };
  const discard = () => {
    discardEntry(entry.store, entry.number).then(() => toast('The edit was discarded'), failed);
  };
  return (
    <section className="difference refused" aria-label={`${field.label} was not saved`}>
      <h3>{saveWords('refused', op.message ?? op.code)}</h3>
      {op.field ? (
        <dl>
          <dt>Wanted</dt><dd><bdi><strong>{op.op === 'add' ? `${(op.amount ?? 0) > 0 ? '+' : ''}${op.amount ?? 0}` : showValue(field, op.to)}</strong></bdi></dd>
        </dl>
      ) : null}
      {text === null ? null : (
        <FieldInput field={field} value={text} onChange={setText} label={`New value of ${field.label}`} autoFocus />
      )}
      {problem ? <p role="alert" className="field-problem">{problem}</p> : null}
      <div className="row">
        {op.op === 'set' && text === null ? (
          <button type="button" className="button small" onClick={() => setText(inputText(field, op.to))}>Edit</button>
        ) : null}
        <button type="button" className="button small" onClick={again}>Send again</button>
        <button type="button" className="button small" onClick={discard}>Discard</button>
      </div>
    </section>
  );
}
