import { useEffect, useRef, useState } from 'react';
import { discardEntry, edit, exportQueue, retryNow, useQueueList, useRecord, useSession, useSyncStatus, type QueueCount, type QueueEntry } from '../../sync';
import { saveBlob } from '../../ui/download';
import { COLLECTION_LABELS, fieldInfo, showValue } from '../../ui/fields';
import { formatAge, formatExact, plural } from '../../ui/format';
import { Icon } from '../../ui/icon';
import { useReadyMark } from '../../ui/live-table/live-table';
import { EmptyState } from '../../ui/notices';
import { PAGE_SIZES, PageBar } from '../../ui/page-bar';
import { againOp, RefusedRow } from '../../ui/refused-row';
import { SaveMark } from '../../ui/save-mark';
import { waitingWords } from '../../ui/status-words';
import { toast } from '../../ui/toasts';
import { useNow } from '../../ui/use-now';

type State = 'parked' | 'waiting' | 'sent';

const SECTIONS: readonly { state: State; title: string; about: string }[] = [
  { state: 'parked', title: 'Not saved', about: 'The server refused these. Change them, send them again, or discard them.' },
  { state: 'waiting', title: 'Waiting', about: 'Kept in this browser until they are sent.' },
  { state: 'sent', title: 'Sent, not answered yet', about: 'They may have arrived. They are sent again if the answer got lost; nothing is applied twice.' },
];

function countIn(queue: QueueCount, state: State): number {
  if (state === 'parked') return queue.parked;
  return state === 'sent' ? queue.sent : queue.waiting - queue.sent;
}

export function OutboxPage() {
  const status = useSyncStatus();
  const session = useSession();
  useReadyMark(true);
  return (
    <div className="page">
      <div className="page-head">
        <h1>Outbox</h1>
        <span className="grow" />
        {status.queues.length > 0 ? <ExportButton /> : null}
        {status.connection === 'live' ? null : <button type="button" className="button small" onClick={retryNow}><Icon name="refresh" />Retry now</button>}
      </div>
      <p>{waitingWords(status)}</p>
      {status.queues.length === 0 ? (
        <EmptyState title="The outbox is empty">Edits made without connection wait here, and edits the server refused, until they are sent or decided.</EmptyState>
      ) : SECTIONS.flatMap((section) => status.queues.filter((queue) => countIn(queue, section.state) > 0).map((queue) => (
        <Section key={`${section.state}:${queue.store}`} {...section} store={queue.store}
          storeName={session.stores.find((candidate) => candidate.id === queue.store)?.name ?? queue.store} />
      )))}
    </div>
  );
}

function ExportButton() {
  const [busy, setBusy] = useState(false);
  const save = () => {
    setBusy(true);
    exportQueue().then((blob) => saveBlob(blob, 'waiting-edits.json'), () => toast('The edits could not be read. Try again.')).finally(() => setBusy(false));
  };
  return <button type="button" className="button small" disabled={busy} onClick={save}><Icon name="download" />Export</button>;
}

interface SectionProps {
  state: State;
  title: string;
  about: string;
  store: string;
  storeName: string;
}

/** Entries of one state of one store: so many at a time, however many wait. */
function Section({ state, title, about, store, storeName }: SectionProps) {
  const [from, setFrom] = useState(0);
  const [size, setSize] = useState<number>(PAGE_SIZES[0]);
  const list = useQueueList(store, state, from, size);
  const element = useRef<HTMLElement>(null);
  const next = useRef<number | null>(null);
  // An entry that was decided is gone, and its buttons with it: the one in its place takes the focus.
  useEffect(() => {
    const at = next.current;
    if (at === null || (document.activeElement !== null && document.activeElement !== document.body)) return;
    next.current = null;
    const items = element.current?.querySelectorAll<HTMLElement>('.outbox-entry');
    const item = items?.[Math.min(at, items.length - 1)];
    (item?.querySelector<HTMLElement>('button') ?? element.current?.querySelector<HTMLElement>('h2'))?.focus();
  }, [list]);
  const page = { state: list.state, rows: list.entries, total: list.total, size, page: Math.floor(list.from / size) + 1, pages: Math.max(1, Math.ceil(list.total / size)) };
  return (
    <section className="panel" aria-label={`${title}: ${storeName}`} ref={element} data-outbox={state} data-total={list.total}>
      <div className="panel-body">
        <h2 tabIndex={-1}>{title} <span className="muted">{plural(list.total, 'edit')}, {storeName}</span></h2>
        <p className="muted">{about}</p>
      </div>
      <ul className="outbox">
        {list.entries.map((entry, at) => <EntryItem key={entry.number} store={store} entry={entry} onDecided={() => { next.current = at; }} />)}
      </ul>
      {list.total > PAGE_SIZES[0] ? (
        <PageBar page={page} what="edits" label={`Pages of ${title}`} onPage={(to) => setFrom((to - 1) * size)}
          onSize={(to) => { setSize(to); setFrom(Math.floor(list.from / to) * to); }} />
      ) : null}
    </section>
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
function discardWaiting(store: string, entry: QueueEntry): void {
  const ops = entry.ops.map((op) => againOp(op)).filter((op) => op !== null);
  void discardEntry(store, entry.number).then(() =>
    toast('The edit was discarded', ops.length < entry.ops.length ? undefined : { label: 'Undo', run: () => edit(store, ops) }), (reason: unknown) => toast(reason instanceof Error ? reason.message : 'The edit is still here.'));
}

function EntryItem({ store, entry, onDecided }: { store: string; entry: QueueEntry; onDecided: () => void }) {
  const now = useNow();
  const { connection } = useSyncStatus();
  const parked = entry.state === 'parked';
  return (
    <li className="outbox-entry" data-entry={entry.number} data-state={entry.state}>
      <div className="row">
        <time className="muted" dateTime={new Date(entry.madeAt).toISOString()} title={formatExact(entry.madeAt)}>{formatAge(entry.madeAt, now)}</time>
        <span className="grow" />
        {parked ? null : <SaveMark mark={entry.state === 'sent' && connection === 'live' ? 'saving' : 'queued'} />}
        {entry.state === 'waiting' ? (
          <button type="button" className="button small" onClick={() => { onDecided(); discardWaiting(store, entry); }}>Discard</button>
        ) : null}
      </div>
      {entry.ops.map((op, at) => (
        <div key={`${op.id}:${op.field ?? at}`}>
          {op.collection === 'conflicts' ? <Decision store={store} op={op} />
            : <p className="outbox-op"><strong dir="auto">{op.recordTitle}</strong> {opWords(op)}</p>}
          {parked ? <RefusedRow store={store} entry={entry} op={op} onDecided={onDecided} /> : null}
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
