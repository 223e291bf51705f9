import type { ConnectionState, SyncStatus } from '../sync';
import { formatClock, formatCount, plural } from './format';

type PillStatus = Pick<SyncStatus, 'connection' | 'offlineSince' | 'waiting' | 'loadedRows' | 'rowsToLoad'>;
type Loading = Pick<SyncStatus, 'loadedRows' | 'rowsToLoad'>;

/** What the header pill says. */
export function pillWords(status: PillStatus, now: number): string {
  const { connection, waiting } = status;
  const dotted = waiting > 0 ? ` · ${waiting} waiting` : '';
  switch (connection) {
    case 'live': return 'Live';
    case 'starting': return status.rowsToLoad > 0 ? `Loading ${loadedPercent(status)} %` : 'Starting';
    case 'reconnecting': return waiting > 0 ? `Reconnecting (${waiting} waiting)` : 'Reconnecting';
    case 'polling': return `Checking every 30 s${dotted}`;
    case 'sign-in': return `Sign in again${dotted}`;
    case 'update': return `Reload to update${dotted}`;
    case 'offline':
      return `${status.offlineSince ? `Offline since ${formatClock(status.offlineSince, now)}` : 'Offline'}${dotted}`;
  }
}

/** The server's number of rows is about right: it may change while they come. */
export function loadedPercent({ loadedRows, rowsToLoad }: Loading): number {
  return Math.min(99, Math.floor((loadedRows * 100) / Math.max(1, rowsToLoad)));
}

/** How far the first load, or one after a long absence, has come. */
export function loadingWords({ loadedRows, rowsToLoad }: Loading): string {
  return `${formatCount(Math.min(loadedRows, rowsToLoad))} of ${formatCount(rowsToLoad)} rows`;
}

/** A page of records that are not all in this browser. */
export function partialWords({ known, total, asOf }: { known: number; total: number; asOf: number }, what: string, now: number): string {
  const of = total > known ? `${formatCount(known)} of ${formatCount(total)}` : formatCount(known);
  const when = asOf > 0 ? `, as of ${formatClock(asOf, now)}` : '';
  return `You see what this browser knows: ${of} ${what}${when}.`;
}

/** The mark outsiders read: five states, so starting counts as reconnecting and an app that is too old as offline. */
export function connectionMark(connection: ConnectionState): string {
  if (connection === 'starting') return 'reconnecting';
  return connection === 'update' ? 'offline' : connection;
}

/** Closing the page would lose what waits: it cannot be kept, or it is not yet. */
export function losesOnClose(status: Pick<SyncStatus, 'waiting' | 'unstored' | 'storage'>): boolean {
  return status.unstored > 0 || cannotKeep(status);
}

function cannotKeep({ waiting, storage }: Pick<SyncStatus, 'waiting' | 'storage'>): boolean {
  return waiting > 0 && (storage === 'full' || storage === 'unavailable');
}

/** Where waiting edits are and when they go. */
export function waitingWords(status: Pick<SyncStatus, 'connection' | 'waiting' | 'unstored' | 'storage'>): string {
  const { connection, waiting, unstored } = status;
  if (waiting === 0) return 'Nothing waits to be sent.';
  const edits = plural(waiting, 'edit');
  if (cannotKeep(status)) {
    return `${edits} of this page ${waiting === 1 ? 'waits' : 'wait'}. This browser cannot keep ${waiting === 1 ? 'it' : 'them'}: leave this tab open until everything is sent, or export what waits.`;
  }
  if (unstored > 0) return `${edits} ${waiting === 1 ? 'waits' : 'wait'}. This browser is still storing ${plural(unstored, 'edit')}: leave this tab open for a moment.`;
  const go = waiting === 1 ? 'It goes' : 'They go';
  const when: Record<ConnectionState, string> = {
    live: waiting === 1 ? 'It is on its way.' : 'They are on their way.',
    starting: `${go} as soon as the connection stands.`,
    reconnecting: `${go} as soon as the connection is back.`,
    polling: `${go} with the next check.`,
    offline: `${go} as soon as the connection is back.`,
    'sign-in': `${go} when you have signed in again.`,
    update: `${go} after the page was reloaded.`,
  };
  return `${edits} ${waiting === 1 ? 'is' : 'are'} safe in this browser, also when you close this tab. ${when[connection]}`;
}
