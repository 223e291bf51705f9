// Two people wrote different values: yours, theirs and what was before, decided where it is seen.
import { useId, useState } from 'react';
import type { FieldValue, RowConflict } from '../sync';
import { parseField, showValue, inputText, type FieldInfo } from './fields';
import { FieldInput } from './field-input';
import { formatClock, formatExact } from './format';
import { useNow } from './use-now';

export type Choice = { choice: 'mine' } | { choice: 'theirs' } | { choice: 'value'; value: FieldValue };

interface DifferenceRowProps {
  field: FieldInfo;
  conflict: RowConflict;
  /** Who looks at it: their own name reads "you". */
  userName: string | null;
  /** What the two disagree about: a field; a record that others removed; a record I removed that others changed. */
  about?: 'field' | 'removed' | 'changed_since';
  onChoose: (choice: Choice) => Promise<string | null>;
}

export function DifferenceRow({ field, conflict, userName, about = 'field', onChoose }: DifferenceRowProps) {
  const [editing, setEditing] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const now = useNow();
  const headingId = useId();
  const choose = async (choice: Choice) => {
    setBusy(true);
    setProblem(await onChoose(choice));
    setBusy(false);
  };
  const saveEdited = () => {
    const parsed = parseField(field, editing ?? '');
    if (parsed.ok) void choose({ choice: 'value', value: parsed.value });
    else setProblem(parsed.message);
  };
  return (
    <section className="difference" aria-labelledby={headingId} data-conflict={conflict.id} tabIndex={-1}>
      <h3 id={headingId}>{heading(about, field)}</h3>
      <dl>
        <dt>{conflict.mineBy === userName ? 'Yours' : `From ${conflict.mineBy || 'another person'}`}</dt>
        <dd data-side="mine"><Side field={field} value={conflict.mine} by={null} at={conflict.mineAt} now={now} /></dd>
        <dt>Theirs</dt>
        <dd data-side="theirs"><Side field={field} value={conflict.theirs} by={conflict.theirsBy} at={conflict.theirsAt} now={now} /></dd>
        <dt>Before</dt>
        <dd data-side="base"><Side field={field} value={conflict.base} by={null} at={null} now={now} /></dd>
      </dl>
      {editing === null ? null : (
        <div className="row">
          <FieldInput field={field} value={editing} onChange={setEditing} label={`New value of ${field.label}`} autoFocus />
          <button type="button" className="button small primary" disabled={busy} onClick={saveEdited}>Save</button>
          <button type="button" className="button small" onClick={() => setEditing(null)}>Cancel</button>
        </div>
      )}
      {problem ? <p role="alert" className="field-problem">{problem}</p> : null}
      {editing === null ? (
        <div className="row">
          {about === 'removed' ? null : (
            <button type="button" className="button small" disabled={busy} onClick={() => void choose({ choice: 'mine' })}>Keep mine</button>
          )}
          <button type="button" className="button small" disabled={busy} onClick={() => void choose({ choice: 'theirs' })}>Keep theirs</button>
          {about !== 'field' ? null : (
            <button type="button" className="button small" disabled={busy} onClick={() => setEditing(inputText(field, conflict.mine))}>Edit</button>
          )}
        </div>
      ) : null}
    </section>
  );
}

function heading(about: DifferenceRowProps['about'], field: FieldInfo): string {
  if (about === 'removed') return 'This record was removed while it was edited';
  return about === 'changed_since' ? 'Someone else changed this before it was removed' : `${field.label}: someone else changed this`;
}

interface SideProps {
  field: FieldInfo;
  value: FieldValue;
  by: string | null;
  at: number | null;
  now: number;
}

function Side({ field, value, by, at, now }: SideProps) {
  return (
    <>
      <bdi><strong>{showValue(field, value)}</strong></bdi>
      {by ? <span className="muted"> {by}</span> : null}
      {at ? <time className="muted" dateTime={new Date(at).toISOString()} title={formatExact(at)}> {formatClock(at, now)}</time> : null}
    </>
  );
}

/** F8: the next conflict on the screen takes the focus. */
export function focusNextConflict(): boolean {
  const all = [...document.querySelectorAll<HTMLElement>('.difference[data-conflict]')];
  const at = all.findIndex((element) => element.contains(document.activeElement));
  const next = all[(at + 1) % Math.max(1, all.length)];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
  return next !== undefined;
}
