// Lines below the header that say what is not as usual and what to do about it.
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { SyncStatus } from '../sync';
import { formatAge, formatExact, plural } from '../ui/format';
import { Link } from '../ui/router';
import { useNow } from '../ui/use-now';
import { lookForNewVersion, newVersion, reloadIntoNewVersion, subscribeVersion, type NewVersion } from './offline-start';

export function Bands({ status }: { status: SyncStatus }) {
  const now = useNow();
  const version = useSyncExternalStore(subscribeVersion, newVersion);
  const { connection } = status;
  useEffect(() => {
    if (connection === 'live' || connection === 'polling' || connection === 'update') lookForNewVersion();
  }, [connection]);
  const next = encodeURIComponent(window.location.pathname + window.location.search);
  return (
    <>
      {version !== 'none' || connection === 'update' ? (
        <div className="app-band" role="status" data-band="new-version">
          <span>{versionWords(version, connection)}</span>
          <button type="button" className="button small" onClick={() => void reloadIntoNewVersion()}>New version: reload</button>
        </div>
      ) : null}
      {status.missing.length > 0 ? <Hideable text={status.missing.join(' ')} /> : null}
      {status.connection === 'sign-in' ? (
        <div className="app-band" role="status">
          <span>Your sign-in has ended. {status.waiting > 0 ? `${plural(status.waiting, 'edit')} wait safely in this browser.` : ''}</span>
          <Link className="button small" to={`/sign-in?next=${next}`}>Sign in again</Link>
        </div>
      ) : null}
      {status.lastError?.code === 'storage_full' ? (
        <div className="app-band" role="status" data-band="server-full">
          <span>The server’s disk is full: nothing can be saved there until someone makes room. Go on editing: {status.waiting > 0 ? `${plural(status.waiting, 'edit')} wait safely in this browser and` : 'edits'} are sent by themselves when there is room.</span>
        </div>
      ) : null}
      {STORAGE_WORDS[status.storage] ? <Hideable key={status.storage} text={storageWords(status)} /> : null}
      <AsOf status={status} now={now} />
    </>
  );
}

function versionWords(version: NewVersion, connection: SyncStatus['connection']): string {
  if (version === 'absent') return 'The new version is not in this browser yet: it can be loaded as soon as the server is reachable. Your edits are kept.';
  if (version === 'slow') return 'The new version starts as soon as the former one has ended what it still loads. Your edits are kept.';
  if (connection === 'update') return 'This version is too old for the server. Your edits are kept.';
  return 'A new version is ready. Your edits are kept; reload when it suits.';
}

const OUT_OF_STEP: readonly SyncStatus['connection'][] = ['offline', 'polling', 'sign-in', 'update'];

/** Every screen shows the last known values while nothing tells it of changes: how old they are stands above all of them. */
function AsOf({ status, now }: { status: SyncStatus; now: number }) {
  const at = status.cachedAsOf ?? (OUT_OF_STEP.includes(status.connection) ? status.offlineSince : null);
  if (at === null || status.connection === 'live') return null;
  return (
    <div className="app-band" data-band="as-of">
      <span>Shown from this browser, last in step <span title={formatExact(at)}>{formatAge(at, now)}</span>. Edits are kept and sent later.</span>
    </div>
  );
}

/** What keeping edits in this browser comes to, said before the next one is made. */
const STORAGE_WORDS: Partial<Record<SyncStatus['storage'], string>> = {
  full: 'This browser has no room left: edits are saved while connected and cannot be made without a connection. Free some space before working offline.',
  tight: 'This browser is nearly full. Edits are still kept; what is shown without a connection may be old. Free some space before working offline.',
  evicted: 'The browser had cleared what it kept here. Edits that wait were stored again at once; the rest is read from the server.',
};

function storageWords(status: SyncStatus): string {
  if (status.storage === 'evicted' && status.lostEdits > 0) {
    return `The browser had cleared what it kept here while no page was open: ${plural(status.lostEdits, 'edit')} that waited ${status.lostEdits === 1 ? 'is' : 'are'} gone. Everything else is read from the server.`;
  }
  return STORAGE_WORDS[status.storage] ?? '';
}

/** What the reader should know once. */
function Hideable({ text }: { text: string }) {
  const [seen, setSeen] = useState(false);
  if (seen) return null;
  return (
    <div className="app-band" role="status">
      <span className="grow">{text}</span>
      <button type="button" className="button small" onClick={() => setSeen(true)}>Hide</button>
    </div>
  );
}
