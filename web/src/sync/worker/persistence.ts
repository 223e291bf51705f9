// What survives in this browser, per person: queue entries, cached frames, records kept beside the queue. IndexedDB, one database per
// user. Every write of a leader carries its generation and checks it in the same transaction, so a leader that was replaced while it
// slept writes nothing more. Bytes are the core's own, with checksums; nothing is interpreted here.
const VERSION = 1;
/** Small appends are joined until a blob has this size: thousands of tiny rows make IndexedDB slow to read at start. */
const BLOB_BYTES = 256 * 1024;
const REPLACE_BLOB_BYTES = 1024 * 1024;

export class Superseded extends Error {
  constructor() {
    super('another tab leads');
    this.name = 'Superseded';
  }
}

export interface QueueWrite {
  number: number;
  /** null = erase */
  bytes: Uint8Array | null;
}

export interface StoredStore {
  entries: Uint8Array[];
  cache: Uint8Array[];
  kept: Uint8Array | null;
}

interface Blob {
  key: number;
  bytes: Uint8Array;
}

function request<T>(open: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    open.addEventListener('success', () => resolve(open.result));
    open.addEventListener('error', () => reject(open.error ?? new Error('storage failed')));
  });
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve());
    transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('storage aborted')));
    transaction.addEventListener('error', () => reject(transaction.error ?? new Error('storage failed')));
  });
}

export function databaseName(user: string): string {
  return `syncstore-${user}`;
}

export class Persistence {
  readonly #database: IDBDatabase;
  #generation = 0;
  /** The last, still growing blob of a store's cache. */
  readonly #tails = new Map<string, Blob>();

  private constructor(database: IDBDatabase) {
    this.#database = database;
  }

  static async open(user: string): Promise<Persistence> {
    const open = indexedDB.open(databaseName(user), VERSION);
    open.addEventListener('upgradeneeded', () => {
      const database = open.result;
      database.createObjectStore('meta');
      database.createObjectStore('queue');
      database.createObjectStore('cache');
      database.createObjectStore('kept');
    });
    const database = await request(open);
    // Another tab signs out and erases: let it.
    database.addEventListener('versionchange', () => database.close());
    return new Persistence(database);
  }

  close(): void {
    this.#database.close();
  }

  static async erase(user: string): Promise<void> {
    await request(indexedDB.deleteDatabase(databaseName(user)));
  }

  /** This worker leads from now on; the former leader's later writes fail. */
  async claim(): Promise<number> {
    const transaction = this.#database.transaction('meta', 'readwrite', { durability: 'strict' });
    const meta = transaction.objectStore('meta');
    const former = (await request(meta.get('generation'))) as number | undefined;
    this.#generation = (former ?? 0) + 1;
    meta.put(this.#generation, 'generation');
    await finished(transaction);
    return this.#generation;
  }

  /** Random identity of this browser for this user; made once. */
  async clientId(make: () => string): Promise<string> {
    const transaction = this.#database.transaction('meta', 'readwrite', { durability: 'strict' });
    const meta = transaction.objectStore('meta');
    let id = (await request(meta.get('client'))) as string | undefined;
    if (!id) {
      id = make();
      meta.put(id, 'client');
    }
    await finished(transaction);
    return id;
  }

  async storesWithEntries(): Promise<string[]> {
    const keys = await request(this.#database.transaction('queue').objectStore('queue').getAllKeys());
    return [...new Set(keys.map((key) => String((key as [string, number])[0])))];
  }

  async load(store: string): Promise<StoredStore> {
    const transaction = this.#database.transaction(['queue', 'cache', 'kept']);
    const range = IDBKeyRange.bound([store], [store, []]);
    const [entries, cache, keys, kept] = await Promise.all([
      request<Uint8Array[]>(transaction.objectStore('queue').getAll(range)),
      request<Uint8Array[]>(transaction.objectStore('cache').getAll(range)),
      request(transaction.objectStore('cache').getAllKeys(range)),
      request<Uint8Array | undefined>(transaction.objectStore('kept').get(store)),
    ]);
    const last = cache.at(-1);
    const lastKey = keys.at(-1) as [string, number] | undefined;
    if (last && lastKey) this.#tails.set(store, { key: lastKey[1], bytes: last });
    return { entries, cache, kept: kept ?? null };
  }

  /** Durable when it settles. */
  async writeQueue(store: string, writes: QueueWrite[]): Promise<void> {
    await this.#write(['queue'], 'strict', (transaction) => {
      const queue = transaction.objectStore('queue');
      for (const write of writes) {
        if (write.bytes) queue.put(write.bytes, [store, write.number]);
        else queue.delete([store, write.number]);
      }
    });
  }

  async writeKept(store: string, bytes: Uint8Array): Promise<void> {
    await this.#write(['kept'], 'strict', (transaction) => {
      if (bytes.length > 0) transaction.objectStore('kept').put(bytes, store);
      else transaction.objectStore('kept').delete(store);
    });
  }

  async appendCache(store: string, bytes: Uint8Array): Promise<void> {
    const tail = this.#tails.get(store);
    const joined = tail && tail.bytes.length < BLOB_BYTES ? join(tail.bytes, bytes) : bytes;
    const key = tail ? (joined === bytes ? tail.key + 1 : tail.key) : 0;
    await this.#write(['cache'], 'relaxed', (transaction) => {
      transaction.objectStore('cache').put(joined, [store, key]);
    });
    this.#tails.set(store, { key, bytes: joined });
  }

  async replaceCache(store: string, bytes: Uint8Array): Promise<void> {
    let last: Blob | null = null;
    await this.#write(['cache'], 'relaxed', (transaction) => {
      const cache = transaction.objectStore('cache');
      cache.delete(IDBKeyRange.bound([store], [store, []]));
      for (let at = 0, key = 0; at < bytes.length; at += REPLACE_BLOB_BYTES, key += 1) {
        last = { key, bytes: bytes.slice(at, at + REPLACE_BLOB_BYTES) };
        cache.put(last.bytes, [store, key]);
      }
    });
    if (last) this.#tails.set(store, last);
    else this.#tails.delete(store);
  }

  async #write(
    stores: string[],
    durability: IDBTransactionDurability,
    change: (transaction: IDBTransaction) => void,
  ): Promise<void> {
    const transaction = this.#database.transaction(['meta', ...stores], 'readwrite', { durability });
    const done = finished(transaction);
    // The rejection is handled below, after the generation was read.
    done.catch(() => undefined);
    const current = (await request(transaction.objectStore('meta').get('generation'))) as number | undefined;
    if (current !== this.#generation) {
      transaction.abort();
      throw new Superseded();
    }
    change(transaction);
    await done;
  }
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

/** What an error of storage means for the person. */
export function storageState(error: unknown): 'full' | 'evicted' | 'unavailable' {
  const name = error instanceof DOMException || error instanceof Error ? error.name : '';
  if (name === 'QuotaExceededError') return 'full';
  if (name === 'NotFoundError' || name === 'InvalidStateError') return 'evicted';
  return 'unavailable';
}
