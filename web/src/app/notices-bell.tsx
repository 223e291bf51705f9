// The place where everything that was told can be found again, with what waits for a decision above it.
import { useEffect } from 'react';
import { useSyncStatus } from '../sync';
import { formatClock, formatExact, plural } from '../ui/format';
import { Icon, type IconName } from '../ui/icon';
import { forgetNotices, readAll, useNotices, type NoticeKind } from '../ui/notice-log';
import { Popover } from '../ui/popover';
import { Link } from '../ui/router';
import { useNow } from '../ui/use-now';

const ICONS: Record<NoticeKind, IconName> = { info: 'clock', good: 'check', warn: 'warning', error: 'warning' };
const WORDS: Record<NoticeKind, string> = { info: 'Note', good: 'Good', warn: 'Warning', error: 'Failed' };

export function NoticesBell() {
  const { unread } = useNotices();
  return (
    <Popover label={unread > 0 ? `Notices, ${unread} new` : 'Notices'} className="button quiet icon-only bell" place="head-bell" align="right"
      marks={{ 'data-unread': unread }} button={<><Icon name="bell" />{unread > 0 ? <span className="bell-count num" aria-hidden="true">{unread > 99 ? '99+' : unread}</span> : null}</>}>
      {(close) => <NoticesPanel close={close} />}
    </Popover>
  );
}

function NoticesPanel({ close }: { close: () => void }) {
  const { entries } = useNotices();
  const status = useSyncStatus();
  const now = useNow();
  useEffect(() => readAll(), [entries]);
  const open = [
    { count: status.conflicts, words: plural(status.conflicts, 'conflict'), to: '/conflicts', about: 'to decide' },
    { count: status.parked, words: plural(status.parked, 'edit'), to: '/outbox', about: 'not saved' },
    { count: status.waiting, words: plural(status.waiting, 'edit'), to: '/outbox', about: 'waiting to be sent' },
  ].filter((one) => one.count > 0);
  return (
    <div className="notices-panel">
      <h2>Notices</h2>
      {open.map((one) => (
        <Link key={one.about} to={one.to} className="menu-item" onClick={close}><strong>{one.words}</strong> {one.about}</Link>
      ))}
      {entries.length === 0 ? <p className="muted">Nothing was told in this window yet. What appears below the header or at the bottom can be read here again.</p> : (
        <>
          <ol className="notices-list" aria-label="Notices of this window">
            {entries.map((entry) => (
              <li key={entry.id} className={`notice-entry ${entry.kind}`} data-notice={entry.kind}>
                <Icon name={ICONS[entry.kind]} /><span className="sr-only">{WORDS[entry.kind]}:</span>
                <span className="grow">{entry.text}{entry.times > 1 ? ` (${entry.times} times)` : ''}{entry.to ? <> <Link to={entry.to} onClick={close}>Open</Link></> : null}</span>
                <time className="muted num" dateTime={new Date(entry.at).toISOString()} title={formatExact(entry.at)}>{formatClock(entry.at, now)}</time>
              </li>
            ))}
          </ol>
          <button type="button" className="button small" onClick={forgetNotices}>Clear the list</button>
        </>
      )}
    </div>
  );
}
