// Two people wrote different values: yours, theirs and what was before, decided where it is seen.
import { useId, useState } from 'react';
import { useSyncStatus, type FieldValue, type RowConflict } from '../sync';
import { decideLater, decideNow, type Disputed } from './conflict-actions';
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
  of: Disputed;
}

export function DifferenceRow({ field, conflict, userName, about = 'field', of }: DifferenceRowProps) {
  const [editing, setEditing] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const now = useNow();
  const { connection } = useSyncStatus();
  const reachable = connection === 'live' || connection === 'polling';
  const noteId = useId();
  const headingId = useId();
  const choose = async (choice: Choice) => {
    if (!reachable) {
      decideLater(of, conflict, choice);
      return;
    }
    setBusy(true);
    setProblem(await decideNow(conflict.id, choice));
    setBusy(false);
  };
  // Bringing back or removing a whole record is the server's to decide.
  const possible = reachable || about === 'field';
  const offered = { disabled: busy || !possible, 'aria-describedby': noteId };
  const saveEdited = () => {
    const parsed = parseField(field, editing ?? '');
    if (parsed.ok) void choose({ choice: 'value', value: parsed.value });
    else setProblem(parsed.message);
  };
  return (
    <section className="difference" aria-labelledby={headingId} data-conflict={conflict.id} tabIndex={-1}>
      <h3 id={headingId}>{heading(about, field, conflict)}</h3>
      <dl>
        <dt>{conflict.mineBy === userName ? 'Yours' : `From ${conflict.mineBy || 'another person'}`}</dt>
        <dd data-side="mine"><Side field={field} value={conflict.mine} by={null} at={conflict.mineAt} now={now} words={about === 'changed_since' ? 'removed' : null} /></dd>
        <dt>Theirs</dt>
        <dd data-side="theirs"><Side field={field} value={conflict.theirs} by={conflict.theirsBy} at={conflict.theirsAt} now={now} words={about === 'removed' ? 'removed' : about === 'changed_since' ? 'changed' : null} /></dd>
        {about === 'changed_since' ? null : (
          <>
            <dt>Before</dt>
            <dd data-side="base"><Side field={field} value={conflict.base} by={null} at={null} now={now} words={null} /></dd>
          </>
        )}
      </dl>
      {editing === null ? null : (
        <div className="row">
          <FieldInput field={field} value={editing} onChange={setEditing} label={`New value of ${field.label}`} autoFocus />
          <button type="button" className="button small primary" {...offered} onClick={saveEdited}>Save</button>
          <button type="button" className="button small" onClick={() => setEditing(null)}>Cancel</button>
        </div>
      )}
      {problem ? <p role="alert" className="field-problem">{problem}</p> : null}
      {editing === null ? (
        <div className="row">
          <button type="button" className="button small" {...offered} onClick={() => void choose({ choice: 'mine' })}>Keep mine</button>
          <button type="button" className="button small" {...offered} onClick={() => void choose({ choice: 'theirs' })}>Keep theirs</button>
          {about === 'changed_since' ? null : (
            <button type="button" className="button small" {...offered} onClick={() => setEditing(inputText(field, conflict.mine))}>Edit</button>
          )}
          <span className="muted" id={noteId}>{reachable ? CONSEQUENCE[about] : possible ? WAITS : 'Deciding needs a connection. Both are kept until then.'}</span>
        </div>
      ) : reachable ? null : <p className="muted" id={noteId}>{possible ? WAITS : 'Deciding needs a connection. What you typed stays here.'}</p>}
    </section>
  );
}

const WAITS = 'What you decide now waits with your other edits until the connection is back.';

const CONSEQUENCE = {
  field: null,
  removed: 'Keep mine brings the record back with your value.',
  changed_since: 'Keep mine removes it, keep theirs leaves it as it is now.',
} as const;

function heading(about: 'field' | 'removed' | 'changed_since', field: FieldInfo, conflict: RowConflict): string {
  if (about === 'removed') return `${conflict.theirsBy || 'Someone else'} removed this record while its ${field.label.toLowerCase()} was edited`;
  return about === 'changed_since' ? 'Someone else changed this before it was removed' : `${field.label}: someone else changed this`;
}

interface SideProps {
  field: FieldInfo;
  value: FieldValue;
  by: string | null;
  at: number | null;
  now: number;
  /** What this side did, where it is no value. */
  words: string | null;
}

function Side({ field, value, by, at, now, words }: SideProps) {
  return (
    <>
      {words ? <strong>{words}</strong> : <bdi><strong>{showValue(field, value)}</strong></bdi>}
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
