// How many edits of whom wait in this browser, as the sign-in page may say it: a number per person, nothing of what they are. The edits
// themselves stay in each person's own database, closed until that person is back.
import { Observable } from './observable';

const KEPT = 'syncstore.waiting';
/** People who share one browser; edits of further ones wait all the same, uncounted. */
const PEOPLE_MAX = 16;

export type WaitingCounts = Readonly<Record<string, number>>;

/** What was kept may be damaged: only what is understood counts. */
export function readCounts(text: string | null): WaitingCounts {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
    return Object.fromEntries(Object.entries(value).filter(([, count]) => Number.isSafeInteger(count) && Number(count) > 0));
  } catch {
    return {};
  }
}

export function withCount(counts: WaitingCounts, user: string, count: number): WaitingCounts {
  const { [user]: _, ...others } = counts;
  return count > 0 && Object.keys(others).length < PEOPLE_MAX ? { ...others, [user]: count } : others;
}

function load(): WaitingCounts {
  try {
    return readCounts(localStorage.getItem(KEPT));
  } catch {
    return {};
  }
}

export const waitingCounts = new Observable<WaitingCounts>(load());
globalThis.addEventListener?.('storage', (event) => {
  if (event.key === KEPT) waitingCounts.set(load());
});

export function keepWaiting(user: string, count: number): void {
  // As it stands there now: another tab may have counted somebody since, and the browser may have cleared it under an open page.
  const stored = load();
  if ((stored[user] ?? 0) === count && (waitingCounts.get()[user] ?? 0) === count) return;
  const counts = withCount(stored, user, count);
  waitingCounts.set(counts);
  try {
    localStorage.setItem(KEPT, JSON.stringify(counts));
  } catch {
    // A browser that keeps nothing keeps no queue either.
  }
}

export interface WaitingHere {
  /** Of the person who was signed in here last. */
  own: number;
  /** Of everybody else who used this browser. */
  others: number;
}

export function waitingHere(counts: WaitingCounts, user: string | null): WaitingHere {
  const own = user === null ? 0 : counts[user] ?? 0;
  return { own, others: Object.values(counts).reduce((sum, count) => sum + count, 0) - own };
}

const KEPT_OF = 'syncstore.kept.';

/** Whether this browser has stored anything for this person: what is gone later was cleared. */
export function hasKept(user: string): boolean {
  try {
    return localStorage.getItem(KEPT_OF + user) !== null;
  } catch {
    return false;
  }
}

export function noteKept(user: string): void {
  try {
    if (!hasKept(user)) localStorage.setItem(KEPT_OF + user, '1');
  } catch {
    // As above.
  }
}

export function forgetKept(user: string): void {
  try {
    localStorage.removeItem(KEPT_OF + user);
  } catch {
    // As above.
  }
}
