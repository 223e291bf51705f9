// What this window told its person, to be found again after it went from the screen: the last hundred notices of the window's session.
import { useSyncExternalStore } from 'react';

export type NoticeKind = 'info' | 'good' | 'warn' | 'error';

export interface NoticeEntry {
  id: number;
  at: number;
  kind: NoticeKind;
  text: string;
  /** Where something can be done about it. */
  to?: string;
  /** How often in a row it was said. */
  times: number;
}

export interface NoticeList {
  /** Newest first. */
  entries: readonly NoticeEntry[];
  unread: number;
}

/** A day of work: what is older is in nobody's memory either. */
export const NOTICES_MAX = 100;

const EMPTY: NoticeList = { entries: [], unread: 0 };
const keyOf = (user: string): string => `syncstore.notices.${user}`;

/** The same words again are one notice that was said twice. */
export function withNotice(list: NoticeList, kind: NoticeKind, text: string, at: number, to?: string): NoticeList {
  const [newest, ...older] = list.entries;
  const again = newest !== undefined && newest.text === text && newest.kind === kind;
  const entry: NoticeEntry = {
    id: again ? newest.id : (newest?.id ?? 0) + 1, at, kind, text, ...(to === undefined ? {} : { to }), times: again ? newest.times + 1 : 1,
  };
  const entries = [entry, ...(again ? older : list.entries)].slice(0, NOTICES_MAX);
  return { entries, unread: Math.min(entries.length, again && list.unread > 0 ? list.unread : list.unread + 1) };
}

const isEntry = (value: unknown): value is NoticeEntry => {
  const entry = value as NoticeEntry | null;
  return typeof entry === 'object' && entry !== null && typeof entry.text === 'string' && typeof entry.at === 'number' &&
    typeof entry.id === 'number' && typeof entry.times === 'number' && ['info', 'good', 'warn', 'error'].includes(entry.kind);
};

/** What was kept may be damaged: only what is understood counts. */
export function readNotices(text: string | null): NoticeList {
  try {
    const kept = JSON.parse(text ?? 'null') as Partial<NoticeList> | null;
    const entries = (Array.isArray(kept?.entries) ? kept.entries : []).filter(isEntry).slice(0, NOTICES_MAX);
    const unread = Number.isInteger(kept?.unread) ? Math.max(0, Math.min(entries.length, kept?.unread ?? 0)) : 0;
    return { entries, unread };
  } catch {
    return EMPTY;
  }
}

let owner: string | null = null;
let list = EMPTY;
const listeners = new Set<() => void>();

function put(next: NoticeList): void {
  list = next;
  if (owner !== null) {
    try {
      window.sessionStorage.setItem(keyOf(owner), JSON.stringify(next));
    } catch {
      // Kept as long as the page.
    }
  }
  for (const listener of [...listeners]) listener();
}

/** Whose they are: nobody reads what another person was told. */
export function noticesOf(user: string | null): void {
  if (user === owner) return;
  owner = user;
  let kept: string | null = null;
  try {
    kept = user === null ? null : window.sessionStorage.getItem(keyOf(user));
  } catch {
    // Nothing is kept.
  }
  list = readNotices(kept);
  for (const listener of [...listeners]) listener();
}

export function forgetNotices(): void {
  put(EMPTY);
}

export function notice(kind: NoticeKind, text: string, to?: string): void {
  put(withNotice(list, kind, text, Date.now(), to));
}

/** The newest of these words that was told. */
export function lastTold(texts: readonly string[]): string | null {
  return list.entries.find((entry) => texts.includes(entry.text))?.text ?? null;
}

export function readAll(): void {
  if (list.unread > 0) put({ ...list, unread: 0 });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

export function useNotices(): NoticeList {
  return useSyncExternalStore(subscribe, () => list);
}
