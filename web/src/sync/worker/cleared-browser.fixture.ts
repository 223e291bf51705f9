// How a browser takes a site's data away, played with fake-indexeddb.
import { forceCloseDatabase, IDBFactory } from 'fake-indexeddb';
import { vi } from 'vitest';

/** The connections of this test. */
export function watchOpened(): IDBDatabase[] {
  const opened: IDBDatabase[] = [];
  const { open } = indexedDB;
  vi.spyOn(indexedDB, 'open').mockImplementation((...parts) => {
    const request = open.apply(indexedDB, parts);
    request.addEventListener('success', () => opened.push(request.result));
    return request;
  });
  return opened;
}

export function closesByForce(opened: IDBDatabase[]): void {
  for (const database of opened.splice(0)) forceCloseDatabase(database as unknown as Parameters<typeof forceCloseDatabase>[0]);
}

/** As fake-indexeddb ends a transaction by itself. */
interface Ending {
  ['_state']: string;
  ['_abort'](name: string | null): void;
}

/** While a browser still deletes what was there, it opens nothing. Answers how often it has refused. */
export function stillDeletes(times: number): () => number {
  let refused = 0;
  const { open } = indexedDB;
  vi.spyOn(indexedDB, 'open').mockImplementation((...parts) => {
    if (refused === times) return open.apply(indexedDB, parts);
    refused += 1;
    const request = Object.assign(new EventTarget(), { error: new DOMException('The connection was closed.', 'AbortError') });
    queueMicrotask(() => request.dispatchEvent(new Event('error')));
    return request as unknown as IDBOpenDBRequest;
  });
  return () => refused;
}

/** The browser takes the data of a site away: the database is gone, what is under way ends and its connections are closed by force. */
export function browserClears(opened: IDBDatabase[], refusals = 0, reason: string | null = 'UnknownError'): () => number {
  vi.stubGlobal('indexedDB', new IDBFactory());
  const refused = stillDeletes(refusals);
  for (const database of opened) {
    const { transactions } = (database as unknown as { ['_rawDatabase']: { transactions: Ending[] } })['_rawDatabase'];
    for (const each of transactions) if (each['_state'] !== 'finished') each['_abort'](reason);
  }
  closesByForce(opened);
  return refused;
}
