// What survives in this browser, per person: queue entries, cached frames, records kept beside the queue. IndexedDB, one database per
// user. Every write of a leader carries its generation and checks it in the same transaction, so a leader that was replaced while it
// slept writes nothing more. Bytes are the core's own, with checksums; nothing is interpreted here.
// Edits come first: what only saves a download gives way when the browser has no room, and when the browser clears the database under a
// running page, the waiting edits are stored again at once.
import { databaseName, Emptied, finished, isTakenAway, join, openDatabase, request, runs, storageState, whileDeleted } from './database';

/** Small appends are joined until a blob has this size: thousands of tiny rows make IndexedDB slow to read at start. */
const BLOB_BYTES = 256 * 1024;
const REPLACE_BLOB_BYTES = 1024 * 1024;
/** Of one write or reading, when the browser takes the database away under it again and again. */
const ATTEMPTS = 3;

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

export class Persistence {
  readonly #user: string;
  #database: IDBDatabase;
  #generation = 0;
  /** The last, still growing blob of a store's cache. */
  readonly #tails = new Map<string, Blob>();
  /** Stores whose cache is gone under a running tab: what is appended would stand behind nothing and never be read. */
  readonly #holes = new Set<string>();
  /** What waits in the database, by store and number: stored again when the browser clears it. As many as the core's queue holds. */
  readonly #waiting = new Map<string, Map<number, Uint8Array>>();
  /** Likewise, by store: what no server may know any more. */
  readonly #kept = new Map<string, Uint8Array>();
  #client: string | null = null;
  #full = false;
  /** Closed on purpose: nothing is opened again. */
  #ended = false;
  #reopening: Promise<void> | null = null;
  /** Called after the browser had cleared the database and what waits was stored again. */
  cleared: () => void = () => undefined;

  private constructor(user: string, database: IDBDatabase) {
    this.#user = user;
    this.#database = database;
    this.#follow(database);
  }

  static async open(user: string): Promise<Persistence> {
    return new Persistence(user, await whileDeleted(() => openDatabase(user)));
  }

  #follow(database: IDBDatabase): void {
    // Another tab signs out and erases: let it.
    database.addEventListener('versionchange', () => this.close());
    // The browser closes it by itself only when it takes the data away.
    database.addEventListener('close', () => {
      if (database === this.#database) void this.#reopen().catch(() => undefined);
    });
  }

  /** After the connection was lost: a new one, and if what it led to is gone, everything that waits is stored again. */
  #reopen(): Promise<void> {
    if (this.#ended) return Promise.reject(new Superseded());
    this.#reopening ??= this.#tryToReopen().finally(() => {
      this.#reopening = null;
    });
    return this.#reopening;
  }

  async #tryToReopen(): Promise<void> {
    await whileDeleted(async () => {
      try {
        await this.#reopenOnce();
      } catch (error) {
        throw this.#ended ? new Superseded() : error;
      }
    });
  }

  async #reopenOnce(): Promise<void> {
    this.#database.close();
    const database = await openDatabase(this.#user);
    if (this.#ended) {
      database.close();
      throw new Superseded();
    }
    this.#database = database;
    this.#follow(database);
    // Nothing was written yet, so nothing can be gone.
    if (this.#generation === 0) return;
    const transaction = database.transaction(['meta', 'queue', 'kept'], 'readwrite', { durability: 'strict' });
    const done = finished(transaction);
    done.catch(() => undefined);
    const meta = transaction.objectStore('meta');
    const current = (await request(meta.get('generation'))) as number | undefined;
    // What was written stands with the generation that wrote it.
    if (current === this.#generation) return done;
    if (current !== undefined) {
      transaction.abort();
      throw new Superseded();
    }
    this.#cacheGone();
    meta.put(this.#generation, 'generation');
    if (this.#client !== null) meta.put(this.#client, 'client');
    for (const [store, entries] of this.#waiting) {
      for (const [number, bytes] of entries) transaction.objectStore('queue').put(bytes, [store, number]);
    }
    for (const [store, bytes] of this.#kept) transaction.objectStore('kept').put(bytes, store);
    await done;
    this.cleared();
  }

  static async erase(user: string): Promise<void> {
    await request(indexedDB.deleteDatabase(databaseName(user)));
  }

  close(): void {
    this.#ended = true;
    this.#database.close();
  }

  /** This worker leads from now on; the former leader's later writes fail. */
  async claim(): Promise<number> {
    try {
      return await this.#makingRoom(() => this.#again(() => this.#claim()));
    } catch (error) {
      if (storageState(error) !== 'full') throw error;
      // Not even this fits: what waits can still be read and sent, under the former leader's number.
      this.#full = true;
      const meta = this.#database.transaction('meta').objectStore('meta');
      this.#generation = ((await request(meta.get('generation'))) as number | undefined) ?? 0;
      return this.#generation;
    }
  }

  /** There was no room for anything when this worker began to lead. */
  get full(): boolean {
    return this.#full;
  }

  async #claim(): Promise<number> {
    const transaction = this.#database.transaction('meta', 'readwrite', { durability: 'strict' });
    const meta = transaction.objectStore('meta');
    const former = (await request(meta.get('generation'))) as number | undefined;
    const generation = (former ?? 0) + 1;
    meta.put(generation, 'generation');
    await finished(transaction);
    this.#generation = generation;
    return generation;
  }

  /** Random identity of this browser for this user; made once. */
  clientId(make: () => string): Promise<string> {
    return this.#again(() => this.#clientId(make));
  }

  async #clientId(make: () => string): Promise<string> {
    const transaction = this.#database.transaction('meta', 'readwrite', { durability: 'strict' });
    const meta = transaction.objectStore('meta');
    let id = (await request(meta.get('client'))) as string | undefined;
    if (!id) {
      id = make();
      if (!this.#full) meta.put(id, 'client');
    }
    await finished(transaction);
    this.#client = id;
    return id;
  }

  storesWithEntries(): Promise<string[]> {
    return this.#again(() => this.#storesWithEntries());
  }

  async #storesWithEntries(): Promise<string[]> {
    const queue = this.#database.transaction('queue').objectStore('queue');
    const stores: string[] = [];
    // From the first entry of one store to the first of the next: there may be thousands of each.
    for (let range: IDBKeyRange | null = null; ;) {
      const cursor: IDBCursor | null = await request(queue.openKeyCursor(range));
      if (!cursor) return stores;
      const [store] = cursor.key as [string, number];
      stores.push(store);
      range = IDBKeyRange.lowerBound([store, []]);
    }
  }

  /** What this browser keeps of a store; a queue that could not be read would look like an empty one. */
  load(store: string): Promise<StoredStore> {
    return this.#again(() => this.#load(store));
  }

  async #load(store: string): Promise<StoredStore> {
    const transaction = this.#database.transaction(['queue', 'cache', 'kept']);
    const range = IDBKeyRange.bound([store], [store, []]);
    const [entries, numbers, cache, keys, kept] = await Promise.all([
      request<Uint8Array[]>(transaction.objectStore('queue').getAll(range)),
      request(transaction.objectStore('queue').getAllKeys(range)),
      request<Uint8Array[]>(transaction.objectStore('cache').getAll(range)),
      request(transaction.objectStore('cache').getAllKeys(range)),
      request<Uint8Array | undefined>(transaction.objectStore('kept').get(store)),
    ]);
    const last = cache.at(-1);
    const lastKey = keys.at(-1) as [string, number] | undefined;
    if (last && lastKey) this.#tails.set(store, { key: lastKey[1], bytes: last });
    this.#waiting.set(store, new Map(entries.map((bytes, at) => [(numbers[at] as [string, number])[1], bytes])));
    if (kept) this.#kept.set(store, kept);
    return { entries, cache, kept: kept ?? null };
  }

  /** Durable when it settles. */
  async writeQueue(store: string, writes: QueueWrite[]): Promise<void> {
    // Of changes that waited together the last one of an entry counts.
    const last = new Map(writes.map((write) => [write.number, write.bytes]));
    await this.#makingRoom(() =>
      this.#write(['queue'], 'strict', (transaction) => {
        const queue = transaction.objectStore('queue');
        const erased: number[] = [];
        for (const [number, bytes] of last) {
          if (bytes) queue.put(bytes, [store, number]);
          else erased.push(number);
        }
        for (const [first, final] of runs(erased)) queue.delete(IDBKeyRange.bound([store, first], [store, final]));
      }),
    );
    const waiting = this.#waiting.get(store) ?? new Map<number, Uint8Array>();
    this.#waiting.set(store, waiting);
    for (const [number, bytes] of last) {
      if (bytes) waiting.set(number, bytes);
      else waiting.delete(number);
    }
  }

  /** An edit is worth more than a cache that can be fetched again. */
  async #makingRoom<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (storageState(error) !== 'full') throw error;
      const transaction = this.#database.transaction('cache', 'readwrite', { durability: 'strict' });
      transaction.objectStore('cache').clear();
      await finished(transaction);
      this.#cacheGone();
      return work();
    }
  }

  #cacheGone(): void {
    this.#tails.clear();
    for (const store of this.#waiting.keys()) this.#holes.add(store);
  }

  /** Not every browser says that it took the data away: whether it is still there is looked at now and then. */
  async check(): Promise<void> {
    await this.#write([], 'relaxed', () => undefined);
  }

  async writeKept(store: string, bytes: Uint8Array): Promise<void> {
    await this.#write(['kept'], 'strict', (transaction) => {
      if (bytes.length > 0) transaction.objectStore('kept').put(bytes, store);
      else transaction.objectStore('kept').delete(store);
    });
    if (bytes.length > 0) this.#kept.set(store, bytes);
    else this.#kept.delete(store);
  }

  /** Fails while the cache is gone: only all of it anew can be read again. */
  async appendCache(store: string, bytes: Uint8Array): Promise<void> {
    if (this.#holes.has(store)) throw new DOMException('The cache was given up for an edit.', 'QuotaExceededError');
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
    this.#holes.delete(store);
  }

  async #write(
    stores: string[],
    durability: IDBTransactionDurability,
    change: (transaction: IDBTransaction) => void,
  ): Promise<void> {
    await this.#again(() => this.#writeOnce(stores, durability, change));
  }

  /** `work`, once more when the browser took the database away under it. */
  async #again<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      await this.#reopening;
      try {
        return await work();
      } catch (error) {
        if (!isTakenAway(error) || attempt === ATTEMPTS) throw error;
      }
      await this.#reopen();
    }
  }

  async #writeOnce(
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
      throw current === undefined ? new Emptied() : new Superseded();
    }
    change(transaction);
    await done;
  }
}
