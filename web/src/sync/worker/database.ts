// A person's database in this browser, as IndexedDB: how it is opened, when a transaction has ended, what its errors mean.
const VERSION = 1;
/** While the browser still deletes a database, opening it anew fails as well; for so long it is tried at once. */
const OPEN_ATTEMPTS = 20;
const OPEN_PAUSE_MS = 100;

/** There is no generation: the database was deleted and made anew, by this connection or by another. */
export class Emptied extends Error {
  constructor() {
    super('the browser cleared what was kept here');
    this.name = 'NotFoundError';
  }
}

export function request<T>(open: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    open.addEventListener('success', () => resolve(open.result));
    open.addEventListener('error', () => reject(open.error ?? new Error('storage failed')));
  });
}

export function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve());
    // A request that fails aborts it; only then its own error is known. None is given when the browser closes the connection.
    transaction.addEventListener('abort', () => reject(transaction.error ?? new DOMException('storage aborted', 'AbortError')));
  });
}

export function databaseName(user: string): string {
  return `syncstore-${user}`;
}

export async function openDatabase(user: string): Promise<IDBDatabase> {
  const open = indexedDB.open(databaseName(user), VERSION);
  open.addEventListener('upgradeneeded', () => {
    for (const name of ['meta', 'queue', 'cache', 'kept']) open.result.createObjectStore(name);
  });
  return request(open);
}

/** `work`, tried anew for as long as the browser may be deleting the database under it. */
export async function whileDeleted<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isTakenAway(error) || attempt === OPEN_ATTEMPTS) throw error;
    }
    await new Promise((resolve) => {
      setTimeout(resolve, OPEN_PAUSE_MS);
    });
  }
}

/** Numbers without a gap between them, as first and last: thousands leave the queue together. */
export function runs(numbers: number[]): [number, number][] {
  const found: [number, number][] = [];
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const last = found.at(-1);
    if (last && last[1] + 1 >= number) last[1] = number;
    else found.push([number, number]);
  }
  return found;
}

export function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

/** What a write ends with when the browser takes the database away under it, and opening it until it is deleted. */
const TAKEN_AWAY = new Set(['UnknownError', 'AbortError', 'TransactionInactiveError']);

export function isTakenAway(error: unknown): boolean {
  return storageState(error) === 'evicted' || (error instanceof DOMException && TAKEN_AWAY.has(error.name));
}

export type StorageState = 'ok' | 'full' | 'evicted' | 'unavailable';

/** What an error of storage means for the person. */
export function storageState(error: unknown): Exclude<StorageState, 'ok'> {
  const name = error instanceof DOMException || error instanceof Error ? error.name : '';
  if (name === 'QuotaExceededError') return 'full';
  if (name === 'NotFoundError' || name === 'InvalidStateError') return 'evicted';
  return 'unavailable';
}
