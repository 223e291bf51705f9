// All changes of one record, each with the way back.
import type { Row } from '../../sync';
import { fieldInfo, sameValue, showValue } from '../fields';
import { formatAge, formatExact } from '../format';
import { useNow } from '../use-now';
import { restoreValue, useHistory, type HistoryEntry } from './use-history';

const KIND_WORDS = { insert: 'Made', update: 'Changed', remove: 'Removed' } as const;
const CUT = 160;

interface RecordHistoryProps {
  store: string;
  collection: string;
  row: Row;
  writable: boolean;
}

export function RecordHistory({ store, collection, row, writable }: RecordHistoryProps) {
  const { entries, problem, more } = useHistory(store, collection, row.id, row.version);
  const now = useNow();
  if (problem && !entries) return <p className="panel panel-body">{problem}</p>;
  if (!entries) return <p className="panel panel-body muted">Reading the history</p>;
  return (
    <section className="panel record-history" aria-label="All changes">
      <ol>
        {entries.map((entry) => (
          <li key={entry.sequence} data-sequence={entry.sequence}>
            <p>
              <strong>{KIND_WORDS[entry.kind]}</strong>{entry.by ? ` by ${entry.by}` : ''}
              <span className="muted" title={formatExact(Date.parse(entry.at))}> {[formatAge(Date.parse(entry.at), now), entry.origin].filter(Boolean).join(' · ')}</span>
            </p>
            {entry.kind === 'remove' ? null : <Changes entry={entry} store={store} collection={collection} row={row} writable={writable} />}
          </li>
        ))}
      </ol>
      {more ? <div className="panel-body"><button type="button" className="button small" onClick={more}>Look further back</button></div> : null}
    </section>
  );
}

function Changes({ entry, store, collection, row, writable }: RecordHistoryProps & { entry: HistoryEntry }) {
  const first = entry.kind === 'insert';
  return (
    <dl>
      {entry.changes.map((change) => {
        const field = fieldInfo(collection, change.field);
        const current = row.fields[field.name] ?? null;
        return (
          <div key={change.field}>
            <dt>{field.label}</dt>
            <dd>
              {first ? null : <><bdi>{showValue(field, change.old).slice(0, CUT)}</bdi> → </>}<strong><bdi>{showValue(field, change.new).slice(0, CUT)}</bdi></strong>
              {writable && !field.readOnly && !first && !sameValue(change.old, current) ? (
                <button type="button" className="button quiet small" aria-label={`Restore ${field.label} to ${showValue(field, change.old).slice(0, 40)}`}
                  onClick={() => restoreValue(store, collection, row.id, field, current, change.old)}>Restore this value</button>
              ) : null}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
