import { discardEntry, edit, exportQueue, retryNow, useQueue, useRecord, useSession, useSyncStatus, type QueueEntry } from '../../sync';
import { saveBlob } from '../../ui/download';
import { COLLECTION_LABELS, fieldInfo, showValue } from '../../ui/fields';
import { formatAge, formatExact, plural } from '../../ui/format';
import { Icon } from '../../ui/icon';
import { useReadyMark } from '../../ui/live-table/live-table';
import { EmptyState } from '../../ui/notices';
import { againOp, RefusedRow } from '../../ui/refused-row';
import { SaveMark } from '../../ui/save-mark';
import { waitingWords } from '../../ui/status-words';
import { toast } from '../../ui/toasts';
import { useNow } from '../../ui/use-now';

const SECTIONS: readonly { title: string; states: readonly QueueEntry['state'][]; about: string }[] = [
  { title: 'Not saved', states: ['parked'], about: 'The server refused these. Change them, send them again, or discard them.' },
  { title: 'Waiting', states: ['waiting'], about: 'Kept in this browser until they are sent.' },
  { title: 'Sent, not answered yet', states: ['sent', 'acked'], about: 'On their way. They are sent again if the answer gets lost; nothing is applied twice.' },
];

export function OutboxPage() {
  const queue = useQueue();
  const status = useSyncStatus();
  useReadyMark(true);
  return (
    <div className="page">
      <div className="page-head">
        <h1>Outbox</h1>
        <span className="grow" />
        {queue.length > 0 ? (
          <button type="button" className="button small" onClick={() => void exportQueue().then((blob) => saveBlob(blob, 'waiting-edits.json'))}>
            <Icon name="download" />Export
          </button>
        ) : null}
        {status.connection === 'live' ? null : <button type="button" className="button small" onClick={retryNow}><Icon name="refresh" />Retry now</button>}
      </div>
      <p>{waitingWords(status)}</p>
      {queue.length === 0 ? (
        <EmptyState title="The outbox is empty">Edits made without connection wait here, and edits the server refused, until they are sent or decided.</EmptyState>
      ) : SECTIONS.map((section) => {
        const entries = queue.filter((entry) => section.states.includes(entry.state));
        if (entries.length === 0) return null;
        return (
          <section key={section.title} className="panel" aria-label={section.title}>
            <div className="panel-body">
              <h2>{section.title} <span className="muted">{plural(entries.length, 'edit')}</span></h2>
              <p className="muted">{section.about}</p>
            </div>
            <ul className="outbox">{entries.map((entry) => <EntryItem key={`${entry.store}:${entry.number}`} entry={entry} />)}</ul>
          </section>
        );
      })}
    </div>
  );
}

/** What an operation does, in words. */
export function opWords(op: QueueEntry['ops'][number]): string {
  const field = fieldInfo(op.collection, op.field ?? '');
  const thing = COLLECTION_LABELS[op.collection] ?? op.collection;
  switch (op.op) {
    case 'set': return `${field.label}: ${showValue(field, op.from)} → ${showValue(field, op.to)}`;
    case 'add': return `${field.label} ${(op.amount ?? 0) < 0 ? '−' : '+'}${Math.abs(op.amount ?? 0)}`;
    case 'insert': return `New ${thing.toLowerCase()}`;
    case 'remove': return `Remove this ${thing.toLowerCase()}`;
    case 'list_add': return `${field.label}: add ${showValue(field, op.to)}`;
    case 'list_remove': return `${field.label}: take ${showValue(field, op.to)} away`;
  }
}

/** Taken out of the queue, and made again by Undo: a discarded edit exists nowhere else. */
function discardWaiting(entry: QueueEntry): void {
  const ops = entry.ops.map((op) => againOp(op)).filter((op) => op !== null);
  void discardEntry(entry.store, entry.number).then(() =>
    toast('The edit was discarded', ops.length < entry.ops.length ? undefined : { label: 'Undo', run: () => edit(entry.store, ops) }));
}

function EntryItem({ entry }: { entry: QueueEntry }) {
  const session = useSession();
  const now = useNow();
  const store = session.stores.find((candidate) => candidate.id === entry.store);
  const { connection } = useSyncStatus();
  const parked = entry.state === 'parked';
  return (
    <li className="outbox-entry" data-entry={entry.number} data-state={entry.state}>
      <div className="row">
        <span className="muted">{store?.name ?? entry.store}</span>
        <time className="muted" dateTime={new Date(entry.madeAt).toISOString()} title={formatExact(entry.madeAt)}>{formatAge(entry.madeAt, now)}</time>
        <span className="grow" />
        {parked ? null : <SaveMark mark={entry.state === 'sent' && connection === 'live' ? 'saving' : 'queued'} />}
        {entry.state === 'waiting' ? (
          <button type="button" className="button small" onClick={() => discardWaiting(entry)}>Discard</button>
        ) : null}
      </div>
      {entry.ops.map((op, at) => (
        <div key={`${op.id}:${op.field ?? at}`}>
          {op.collection === 'conflicts' ? <Decision store={entry.store} op={op} />
            : <p className="outbox-op"><strong dir="auto">{op.recordTitle}</strong> {opWords(op)}</p>}
          {parked ? <RefusedRow entry={entry} op={op} /> : null}
        </div>
      ))}
    </li>
  );
}

const DECISIONS: Record<string, string> = { mine: 'keep mine', theirs: 'keep theirs', value: 'another value' };

/** What was decided about what. That the conflict ends with it needs no line of its own. */
function Decision({ store, op }: { store: string; op: QueueEntry['ops'][number] }) {
  const about = useRecord(store, 'conflicts', op.id)?.fields;
  const collection = String(about?.['data_type'] ?? '');
  const subject = useRecord(store, collection, about ? String(about['record'] ?? '') : null)?.fields;
  if (op.field !== 'resolution') return null;
  return (
    <p className="outbox-op">
      <strong dir="auto">{String(subject?.['title'] ?? subject?.['name'] ?? COLLECTION_LABELS[collection] ?? 'Conflict')}</strong>
      {` ${about ? fieldInfo(collection, String(about['field'])).label : 'Conflict'}: decided, ${DECISIONS[String(op.to)] ?? 'the same value'}`}
    </p>
  );
}
