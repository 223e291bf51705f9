import { exportQueue, refresh, retryNow, usePage, useSyncStatus, type PageSpec } from '../sync';
import { saveBlob } from './download';
import { formatAge, formatBytes, formatDuration, formatExact, plural } from './format';
import { Popover } from './popover';
import { Link } from './router';
import { connectionMark, loadingWords, pillWords, waitingWords } from './status-words';
import { toast } from './toasts';
import { useNow } from './use-now';
import './status-pill.css';

export function StatusPill({ store }: { store: string | null }) {
  const status = useSyncStatus();
  const now = useNow();
  const mark = connectionMark(status.connection);
  // Outside of stores there is no connection to speak of, unless something waits for one.
  if (store === null && status.connection === 'starting' && status.waiting === 0) return null;
  const words = pillWords(status, now);
  const marks = { 'data-connection': mark, 'data-queued': status.waiting, 'data-unstored': status.unstored };
  return (
    <Popover label={`Connection: ${words}`} className={`pill ${mark}`} marks={marks} place="head-pill" align="right"
      button={<><span className="pill-dot" aria-hidden="true" /><span className="clip">{words}</span></>}>
      {(close) => <PillDetails store={store} now={now} close={close} />}
    </Popover>
  );
}

const ALL_PRODUCTS: PageSpec = { collection: 'products', page: 1, size: 25, sort: '-sales_amount', filter: {}, query: '' };

function PillDetails({ store, now, close }: { store: string | null; now: number; close: () => void }) {
  const status = useSyncStatus();
  // The total is live, and what the tables show first is counted already.
  const rows = usePage(store ?? '', store === null ? null : ALL_PRODUCTS);
  const saves = status.saves === 0 || status.saveP50Ms === null || status.saveP95Ms === null
    ? 'none yet'
    : `p50 ${formatDuration(status.saveP50Ms)}, p95 ${formatDuration(status.saveP95Ms)} (${plural(status.saves, 'save')})`;
  return (
    <div className="pill-details">
      <p>{waitingWords(status)}</p>
      {status.missing.map((text) => <p key={text} className="pill-missing">{text}</p>)}
      <dl>
        <dt>Last change received</dt>
        <dd title={status.lastChangeAt ? formatExact(status.lastChangeAt) : undefined}>
          {status.lastChangeAt ? formatAge(status.lastChangeAt, now) : 'none yet'}
        </dd>
        {status.rowsToLoad > 0 ? <><dt>Loading</dt><dd className="num">{loadingWords(status)}</dd></> : null}
        <dt>Own saves</dt><dd>{saves}</dd>
        <dt>Waiting</dt><dd>{status.waiting}</dd>
        <dt>Not saved</dt><dd>{status.parked}</dd>
        {status.nextRetryAt && status.connection !== 'live'
          ? <><dt>Next try</dt><dd>{nextTry(status.nextRetryAt, now)}</dd></> : null}
        <dt>Memory</dt><dd>{status.moduleBytes === null ? 'not known' : `${formatBytes(status.moduleBytes)} reserved`}{rows.state === 'ready' ? `, ${plural(rows.total, 'product')}` : ''}</dd>
        {status.resyncs + status.restarts > 0
          ? <><dt>Rebuilt</dt><dd>{plural(status.resyncs + status.restarts, 'time')}</dd></> : null}
      </dl>
      <div className="row">
        <button type="button" className="button small" onClick={() => {
          retryNow();
          if (store) refresh(store);
          toast('Checking everything against the server');
          close();
        }}>{status.connection === 'live' ? 'Refresh all data' : 'Retry now'}</button>
        <Link className="button small" to="/outbox" onClick={close}>Open the outbox</Link>
        <button type="button" className="button small" disabled={status.waiting + status.parked === 0} onClick={() => {
          void exportQueue().then((blob) => saveBlob(blob, 'waiting-edits.json'));
        }}>Export waiting edits</button>
      </div>
    </div>
  );
}

function nextTry(at: number, now: number): string {
  const seconds = Math.ceil((at - now) / 1000);
  return seconds <= 0 ? 'now' : `in ${seconds} s`;
}
