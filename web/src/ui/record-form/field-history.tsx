// The last changes of one field, and taking one of them back.
import { useEffect, useState } from 'react';
import { api, edit, type FieldValue } from '../../sync';
import { sameValue, showValue, type FieldInfo } from '../fields';
import { formatAge, formatExact } from '../format';
import { Icon } from '../icon';
import { Popover } from '../popover';
import { toast } from '../toasts';
import { useNow } from '../use-now';

interface FieldHistoryProps {
  store: string;
  collection: string;
  id: string;
  field: FieldInfo;
  writable: boolean;
  /** The label of the field, whose history this is. */
  labelId: string;
}

interface FieldChange {
  sequence: number;
  at: number;
  by: string;
  origin: string;
  /** It came with the record: there is nothing before it. */
  first: boolean;
  from: FieldValue;
  to: FieldValue;
}

const SHOWN_MAX = 5;

interface HistoryEntry {
  sequence: number;
  at: string;
  by: string | null;
  origin: string;
  kind: 'insert' | 'update' | 'remove';
  changes: { field: string; old: FieldValue; new: FieldValue }[];
}

/** The changes of a record, newest first, reduced to one field. */
export function readFieldChanges(entries: readonly HistoryEntry[], field: string): FieldChange[] {
  const found = entries.flatMap((entry) => entry.changes.filter((change) => change.field === field).map((change) => ({
    sequence: entry.sequence, at: Date.parse(entry.at), by: entry.by ?? '', origin: entry.origin, first: entry.kind === 'insert',
    from: change.old, to: change.new,
  })));
  return found.slice(0, SHOWN_MAX);
}

export function FieldHistory(props: FieldHistoryProps) {
  return (
    <Popover label="History" describedBy={props.labelId} className="button quiet small" align="right" button={<Icon name="history" />}>
      {(close) => <HistoryList {...props} close={close} />}
    </Popover>
  );
}

function HistoryList({ store, collection, id, field, writable, close }: FieldHistoryProps & { close: () => void }) {
  const [changes, setChanges] = useState<FieldChange[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const now = useNow();
  const name = field.name;
  useEffect(() => {
    let gone = false;
    const query = new URLSearchParams({ storeId: store, dataType: collection, id });
    void api<HistoryEntry[]>('GET', `/api/history?${query}`).then((answer) => {
      if (gone) return;
      if (answer.ok) setChanges(readFieldChanges(answer.data, name));
      else setProblem(answer.error.status === 0 ? 'The history needs a connection.' : answer.error.detail);
    });
    return () => {
      gone = true;
    };
  }, [store, collection, id, name]);
  const restore = (value: FieldValue) => {
    edit(store, [{ op: 'set', collection, id, field: name, to: value, from: changes?.[0]?.to ?? null }]);
    toast(`${field.label} was set back to ${showValue(field, value)}`);
    close();
  };
  if (problem) return <p className="history">{problem}</p>;
  if (!changes) return <p className="history muted">Reading the history</p>;
  if (changes.length === 0) return <p className="history">Unchanged since the record was made.</p>;
  return (
    <ol className="history">
      {changes.map((change) => (
        <li key={change.sequence}>
          <div>
            {change.first ? null : <><bdi>{showValue(field, change.from)}</bdi> → </>}<strong><bdi>{showValue(field, change.to)}</bdi></strong>
          </div>
          <div className="muted" title={formatExact(change.at)}>{[change.by, formatAge(change.at, now), change.origin].filter(Boolean).join(' · ')}</div>
          {writable && !change.first && !sameValue(change.from, change.to) ? (
            <button type="button" className="button small" onClick={() => restore(change.from)}>Restore {showValue(field, change.from).slice(0, 24)}</button>
          ) : null}
        </li>
      ))}
    </ol>
  );
}
