// Lines below the header that say what is not as usual and what to do about it.
import { useState, useSyncExternalStore } from 'react';
import type { StoreAccess, SyncStatus } from '../sync';
import { formatAge, plural } from '../ui/format';
import { Link } from '../ui/router';
import { useNow } from '../ui/use-now';
import { reloadIntoNewVersion, subscribeVersion, versionWaits } from './offline-start';

export function Bands({ status, store }: { status: SyncStatus; store: StoreAccess | null }) {
  const now = useNow();
  const newVersion = useSyncExternalStore(subscribeVersion, versionWaits);
  const next = encodeURIComponent(window.location.pathname + window.location.search);
  return (
    <>
      {newVersion || status.connection === 'update' ? (
        <div className="app-band" role="status">
          <span>{status.connection === 'update' ? 'This version is too old for the server. Your edits are kept.' : 'A new version is ready.'}</span>
          <button type="button" className="button small" onClick={reloadIntoNewVersion}>New version: reload</button>
        </div>
      ) : null}
      <Missing texts={status.missing} />
      {status.connection === 'sign-in' ? (
        <div className="app-band" role="status">
          <span>Your sign-in has ended. {status.waiting > 0 ? `${plural(status.waiting, 'edit')} wait safely in this browser.` : ''}</span>
          <Link className="button small" to={`/sign-in?next=${next}`}>Sign in again</Link>
        </div>
      ) : null}
      {status.storage === 'full' ? (
        <div className="app-band" role="status">
          <span>This browser has no room left. Edits are sent while connected; free some space before working offline.</span>
        </div>
      ) : null}
      {status.storage === 'evicted' ? (
        <div className="app-band" role="status"><span>The browser had cleared the kept data. It was read again from the server.</span></div>
      ) : null}
      {store && !store.isActive ? (
        <div className="app-band" role="status"><span>{store.name} is deactivated: nothing in it opens or changes until an admin activates it again. Edits that wait are kept.</span></div>
      ) : null}
      {status.cachedAsOf && status.connection !== 'live' ? (
        <div className="app-band" role="status"><span>Shown from this browser, last in step {formatAge(status.cachedAsOf, now)}. Edits are kept and sent later.</span></div>
      ) : null}
    </>
  );
}

/** What this browser cannot do here, until the reader has seen it. */
function Missing({ texts }: { texts: string[] }) {
  const [seen, setSeen] = useState(false);
  if (texts.length === 0 || seen) return null;
  return (
    <div className="app-band" role="status">
      <span className="grow">{texts.join(' ')}</span>
      <button type="button" className="button small" onClick={() => setSeen(true)}>Hide</button>
    </div>
  );
}
