// What the connection, the queue and the browser's storage have to say goes into the list of notices once, when it begins.
import { useEffect, useRef } from 'react';
import type { ConnectionState, SyncStatus } from '../sync';
import { plural } from '../ui/format';
import { lastTold, notice, noticesOf, type NoticeKind } from '../ui/notice-log';

type Facts = Pick<SyncStatus, 'connection' | 'parked' | 'conflicts' | 'storage' | 'lostEdits' | 'lastError'>;

interface Told {
  kind: NoticeKind;
  text: string;
  to?: string;
}

const DOWN: Partial<Record<ConnectionState, string>> = {
  offline: 'The connection is lost. You see the last known values; edits are kept here and sent when it is back.',
  polling: 'The live connection is lost. Changes are asked for every 30 s, edits go with them.',
  'sign-in': 'Your sign-in has ended. Edits are kept until you sign in again.',
  update: 'This version is too old for the server. Reload; your edits are kept.',
};

const AGAIN = 'Connected again: everything shown is in step.';

const STORAGE: Partial<Record<SyncStatus['storage'], string>> = {
  full: 'This browser has no room left: edits cannot be kept without a connection.',
  tight: 'This browser is nearly full.',
  evicted: 'The browser had cleared what it kept here.',
};

/** What is new between two states, in words; `wasDown`: the loss was told. */
export function newsOf(before: Facts, now: Facts, wasDown: boolean): Told[] {
  const told: Told[] = [];
  const down = DOWN[now.connection];
  if (now.connection !== before.connection && down) told.push({ kind: 'warn', text: down });
  if (now.connection === 'live' && wasDown) told.push({ kind: 'good', text: AGAIN });
  if (now.parked > before.parked) {
    told.push({ kind: 'error', text: `${plural(now.parked - before.parked, 'edit')} not saved: the server refused ${now.parked - before.parked === 1 ? 'it' : 'them'}.`, to: '/outbox' });
  }
  if (now.conflicts > before.conflicts) {
    const more = now.conflicts - before.conflicts;
    told.push({ kind: 'warn', text: `${plural(more, 'new conflict')}: somebody else changed the same field.`, to: '/conflicts' });
  }
  const storage = STORAGE[now.storage];
  if (now.storage !== before.storage && storage) {
    told.push({ kind: 'warn', text: now.lostEdits > 0 ? `${storage} ${plural(now.lostEdits, 'waiting edit')} went with it.` : storage });
  }
  if (now.lastError?.code === 'storage_full' && before.lastError?.code !== 'storage_full') {
    told.push({ kind: 'warn', text: 'The server’s disk is full: edits wait until there is room.' });
  }
  return told;
}

const QUIET: Facts = { connection: 'starting', parked: 0, conflicts: 0, storage: 'ok', lostEdits: 0, lastError: null };

/** `scope`: the store that the counts are of; another store's are no news. */
export function useNoticeSources(status: SyncStatus, user: string | null, scope: string | null): void {
  const before = useRef<{ facts: Facts; scope: string | null; user: string | null }>({ facts: QUIET, scope, user });
  useEffect(() => {
    noticesOf(user);
    const last = before.current;
    const same = last.user === user && last.scope === scope;
    const facts = same ? last.facts : { ...last.facts, conflicts: status.conflicts, parked: status.parked };
    // Also one that was told before the page was loaded anew.
    const told = lastTold([...Object.values(DOWN), AGAIN]);
    for (const { kind, text, to } of newsOf(facts, status, told !== null && told !== AGAIN)) notice(kind, text, to);
    before.current = { facts: status, scope, user };
  }, [status, user, scope]);
}
