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
}

interface FieldChange {
  sequence: number;
  at: number;
  by: string;
  origin: string;
  from: FieldValue;
  to: FieldValue;
}

const SHOWN_MAX = 5;

/** The answer of /api/history, reduced to one field. */
export function readFieldChanges(answer: unknown, field: string): FieldChange[] {
  if (!Array.isArray(answer)) return [];
  const found: FieldChange[] = [];
  for (const entry of answer as Record<string, unknown>[]) {
    const changes = Array.isArray(entry['changes']) ? entry['changes'] as Record<string, unknown>[] : [entry];
    const change = changes.find((candidate) => candidate['field'] === field);
    if (!change) continue;
    const at = entry['at'] ?? entry['timestamp'];
    found.push({
      sequence: Number(entry['sequenceNumber'] ?? 0), at: typeof at === 'number' ? at : Date.parse(String(at)),
      by: String(entry['by'] ?? ''), origin: String(entry['origin'] ?? ''),
      from: (change['from'] ?? null) as FieldValue, to: (change['to'] ?? null) as FieldValue,
    });
  }
  return found.slice(0, SHOWN_MAX);
}

export function FieldHistory(props: FieldHistoryProps) {
  return (
    <Popover label={`Last changes of ${props.field.label}`} className="button quiet small" align="right" button={<Icon name="history" />}>
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
    void api<unknown>('GET', `/api/history?${query}`).then((answer) => {
      if (gone) return;
      if (answer.ok) setChanges(readFieldChanges(answer.data, name));
      else setProblem(answer.error.status === 0 ? 'The history needs a connection.' : answer.error.detail);
    });
    return () => {
      gone = true;
    };
  }, [store, collection, id, name]);
  const restore = (value: FieldValue) => {
    edit(store, [{ op: 'set', collection, id, field: name, to: value }]);
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
            <bdi>{showValue(field, change.from)}</bdi> → <strong><bdi>{showValue(field, change.to)}</bdi></strong>
          </div>
          <div className="muted" title={formatExact(change.at)}>{[change.by, formatAge(change.at, now), change.origin].filter(Boolean).join(' · ')}</div>
          {writable && !sameValue(change.from, change.to) ? (
            <button type="button" className="button small" onClick={() => restore(change.from)}>Restore {showValue(field, change.from).slice(0, 24)}</button>
          ) : null}
        </li>
      ))}
    </ol>
  );
}
