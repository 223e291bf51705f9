// The last changes of one field, and taking one of them back.
import { useState } from 'react';
import type { Row } from '../../sync';
import { sameValue, showValue, type FieldInfo } from '../fields';
import { formatAge, formatExact, plural } from '../format';
import { Icon } from '../icon';
import { Popover } from '../popover';
import { useNow } from '../use-now';
import { readFieldChanges, restoreValue, useHistory } from './use-history';

interface FieldHistoryProps {
  store: string;
  collection: string;
  row: Row;
  field: FieldInfo;
  writable: boolean;
  /** The label of the field, whose history this is. */
  labelId: string;
}

const SHOWN_AT_FIRST = 5;

export function FieldHistory(props: FieldHistoryProps) {
  return (
    <Popover label="History" describedBy={props.labelId} className="button quiet small" align="right" button={<Icon name="history" />}>
      {(close) => <HistoryList {...props} close={close} />}
    </Popover>
  );
}

function HistoryList({ store, collection, row, field, writable, close }: FieldHistoryProps & { close: () => void }) {
  const { entries, problem, more } = useHistory(store, collection, row.id, row.version);
  const [all, setAll] = useState(false);
  const now = useNow();
  if (problem) return <p className="history">{problem}</p>;
  if (!entries) return <p className="history muted">Reading the history</p>;
  const changes = readFieldChanges(entries, field.name);
  if (changes.length === 0 && !more) return <p className="history">Unchanged since the record was made.</p>;
  const shown = all ? changes : changes.slice(0, SHOWN_AT_FIRST);
  const current = row.fields[field.name] ?? null;
  return (
    <ol className="history">
      {shown.map((change) => (
        <li key={change.sequence}>
          <div>
            {change.first ? null : <><bdi>{showValue(field, change.from)}</bdi> → </>}<strong><bdi>{showValue(field, change.to)}</bdi></strong>
          </div>
          <div className="muted" title={formatExact(change.at)}>{[change.by, formatAge(change.at, now), change.origin].filter(Boolean).join(' · ')}</div>
          {writable && !change.first && !sameValue(change.from, current) ? (
            <button type="button" className="button small" onClick={() => {
              restoreValue(store, collection, row.id, field, current, change.from);
              close();
            }}>Restore {showValue(field, change.from).slice(0, 24)}</button>
          ) : null}
        </li>
      ))}
      {!all && changes.length > shown.length ? (
        <li><button type="button" className="button small" onClick={() => setAll(true)}>{plural(changes.length - shown.length, 'older change')}</button></li>
      ) : more ? <li><button type="button" className="button small" onClick={more}>Look further back</button></li> : null}
    </ol>
  );
}
