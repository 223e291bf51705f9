import { IDBFactory, IDBKeyRange, IDBObjectStore } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { browserClears, closesByForce, stillDeletes, watchOpened } from './cleared-browser.fixture';
import { storageState } from './database';
import { Persistence, Superseded } from './persistence';

const bytes = (...list: number[]) => new Uint8Array(list);
let users = 0;
const newUser = () => `user-${(users += 1)}`;

async function led(user: string): Promise<Persistence> {
  const persistence = await Persistence.open(user);
  await persistence.claim();
  return persistence;
}

/** Of a leader with two edits in storage. */
async function ledWithEdits(user: string): Promise<{ persistence: Persistence; cleared: () => number }> {
  const persistence = await led(user);
  let cleared = 0;
  persistence.cleared = () => {
    cleared += 1;
  };
  await persistence.writeQueue('a', [{ number: 1, bytes: bytes(1) }, { number: 2, bytes: bytes(2) }]);
  return { persistence, cleared: () => cleared };
}

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory());
  vi.stubGlobal('IDBKeyRange', IDBKeyRange);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** The next edit that is stored finds no room, the one after it does. */
function noRoomForOneEdit(): void {
  const { put } = IDBObjectStore.prototype;
  let full = true;
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function limited(this: IDBObjectStore, ...parts) {
    if (full && this.name === 'queue') {
      full = false;
      throw new DOMException('no room', 'QuotaExceededError');
    }
    return put.apply(this, parts);
  });
}

describe('what this browser keeps', () => {
  it('gives back in order what was written, per store', async () => {
    const user = newUser();
    const first = await led(user);
    await first.writeQueue('a', [{ number: 2, bytes: bytes(2) }, { number: 1, bytes: bytes(1) }]);
    await first.writeQueue('b', [{ number: 1, bytes: bytes(9) }]);
    await first.writeQueue('a', [{ number: 1, bytes: null }]);
    await first.appendCache('a', bytes(5));
    await first.appendCache('a', bytes(6));
    first.close();
    const second = await led(user);
    expect(await second.storesWithEntries()).toEqual(['a', 'b']);
    const stored = await second.load('a');
    expect(stored.entries).toEqual([bytes(2)]);
    expect(stored.cache).toEqual([bytes(5, 6)]);
  });

  it('erases thousands together, and nothing that stands between them', async () => {
    const persistence = await led(newUser());
    const erased = [7, 1, 2, 3, 6, 9].map((number) => ({ number, bytes: null }));
    await persistence.writeQueue('a', [1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => ({ number, bytes: bytes(number) })));
    await persistence.writeQueue('b', [{ number: 2, bytes: bytes(20) }]);
    const single = vi.spyOn(IDBObjectStore.prototype, 'delete');
    await persistence.writeQueue('a', erased);
    expect(single).toHaveBeenCalledTimes(3);
    expect((await persistence.load('a')).entries).toEqual([bytes(4), bytes(5), bytes(8)]);
    expect((await persistence.load('b')).entries).toEqual([bytes(20)]);
  });

  it('takes nothing more from a leader that was replaced', async () => {
    const user = newUser();
    const old = await led(user);
    const young = await led(user);
    await expect(old.writeQueue('a', [{ number: 1, bytes: bytes(1) }])).rejects.toBeInstanceOf(Superseded);
    await young.writeQueue('a', [{ number: 1, bytes: bytes(2) }]);
    expect((await young.load('a')).entries).toEqual([bytes(2)]);
  });

  it('stores waiting edits again when the browser cleared them under a running page', async () => {
    const opened = watchOpened();
    const user = newUser();
    const { persistence, cleared } = await ledWithEdits(user);
    await persistence.writeQueue('a', [{ number: 1, bytes: null }]);
    browserClears(opened);
    await persistence.writeQueue('a', [{ number: 3, bytes: bytes(3) }]);
    expect(cleared()).toBe(1);
    persistence.close();
    const after = await led(user);
    expect((await after.load('a')).entries).toEqual([bytes(2), bytes(3)]);
  });

  it.each([['by its name', 'UnknownError'], ['without a reason', null]])('stores an edit again whose write the browser ended by clearing its data, %s', async (_, reason) => {
    const opened = watchOpened();
    const user = newUser();
    const { persistence, cleared } = await ledWithEdits(user);
    const { put } = IDBObjectStore.prototype;
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function cleared(this: IDBObjectStore, ...parts) {
      const request = put.apply(this, parts);
      if (opened.length > 0) queueMicrotask(() => browserClears(opened, 0, reason));
      return request;
    });
    await persistence.writeQueue('a', [{ number: 3, bytes: bytes(3) }, { number: 1, bytes: null }]);
    expect(cleared()).toBe(1);
    persistence.close();
    expect((await (await led(user)).load('a')).entries).toEqual([bytes(2), bytes(3)]);
  });

  it('opens a new database as soon as the browser has deleted the old one', async () => {
    const opened = watchOpened();
    const user = newUser();
    const { persistence } = await ledWithEdits(user);
    await persistence.writeKept('a', bytes(8));
    const again = new Promise<void>((resolve) => {
      persistence.cleared = resolve;
    });
    const refused = browserClears(opened, 3);
    // Nobody writes meanwhile: that the connection closed says it.
    await again;
    expect(refused()).toBe(3);
    persistence.close();
    const stored = await (await led(user)).load('a');
    expect(stored.entries).toEqual([bytes(1), bytes(2)]);
    expect(stored.kept).toEqual(bytes(8));
  });

  it('is read at the start although the browser opens the database only at the third try', async () => {
    const user = newUser();
    const first = await led(user);
    await first.writeQueue('a', [{ number: 1, bytes: bytes(1) }]);
    first.close();
    const refused = stillDeletes(2);
    const second = await led(user);
    expect(refused()).toBe(2);
    expect((await second.load('a')).entries).toEqual([bytes(1)]);
  });

  it('is read at the start although the browser closes the database once more', async () => {
    const user = newUser();
    const first = await led(user);
    await first.writeQueue('a', [{ number: 1, bytes: bytes(1) }]);
    await first.clientId(() => 'one');
    first.close();
    const opened = watchOpened();
    const second = await Persistence.open(user);
    closesByForce(opened);
    expect(await second.claim()).toBe(2);
    closesByForce(opened);
    expect(await second.clientId(() => 'another')).toBe('one');
    closesByForce(opened);
    expect(await second.storesWithEntries()).toEqual(['a']);
    closesByForce(opened);
    expect((await second.load('a')).entries).toEqual([bytes(1)]);
  });

  it('stores everything again in a database that was emptied without a word', async () => {
    const opened = watchOpened();
    const user = newUser();
    const { persistence, cleared } = await ledWithEdits(user);
    const emptied = opened[0]!.transaction(['meta', 'queue'], 'readwrite');
    emptied.objectStore('meta').clear();
    emptied.objectStore('queue').clear();
    await persistence.check();
    expect(cleared()).toBe(1);
    expect((await persistence.load('a')).entries).toEqual([bytes(1), bytes(2)]);
  });

  it('says nothing of a connection that was lost while everything is still there', async () => {
    const opened = watchOpened();
    const user = newUser();
    const { persistence, cleared } = await ledWithEdits(user);
    await persistence.appendCache('a', bytes(7));
    closesByForce(opened);
    await persistence.writeQueue('a', [{ number: 3, bytes: bytes(3) }]);
    await persistence.appendCache('a', bytes(8));
    const stored = await persistence.load('a');
    expect(stored.entries).toEqual([bytes(1), bytes(2), bytes(3)]);
    expect(stored.cache).toEqual([bytes(7, 8)]);
    expect(cleared()).toBe(0);
  });

  it('leaves what another leader began after the data was cleared to that one', async () => {
    const opened = watchOpened();
    const user = newUser();
    const old = await led(user);
    await old.claim();
    await old.writeQueue('a', [{ number: 1, bytes: bytes(1) }]);
    browserClears(opened, 1);
    const young = await led(user);
    await expect(old.writeQueue('a', [{ number: 2, bytes: bytes(2) }])).rejects.toBeInstanceOf(Superseded);
    await young.writeQueue('a', [{ number: 1, bytes: bytes(9) }]);
    expect((await young.load('a')).entries).toEqual([bytes(9)]);
  });

  it('opens nothing again after it was closed by a sign-out', async () => {
    const user = newUser();
    const persistence = await led(user);
    persistence.close();
    await expect(persistence.writeQueue('a', [{ number: 1, bytes: bytes(1) }])).rejects.toBeInstanceOf(Superseded);
  });

  it('gives up the cache for an edit when there is no room for both', async () => {
    const user = newUser();
    const persistence = await led(user);
    await persistence.appendCache('a', bytes(7));
    noRoomForOneEdit();
    await persistence.writeQueue('a', [{ number: 1, bytes: bytes(1) }]);
    const stored = await persistence.load('a');
    expect(stored.entries).toEqual([bytes(1)]);
    expect(stored.cache).toEqual([]);
  });

  it('takes nothing behind a cache that was given up, until it is written anew', async () => {
    const user = newUser();
    const persistence = await led(user);
    await persistence.load('a');
    await persistence.appendCache('a', bytes(7));
    noRoomForOneEdit();
    await persistence.writeQueue('a', [{ number: 1, bytes: bytes(1) }]);
    const failed = await persistence.appendCache('a', bytes(8)).then(() => null, (error: unknown) => error);
    expect(storageState(failed)).toBe('full');
    expect((await persistence.load('a')).cache).toEqual([]);
    await persistence.replaceCache('a', bytes(9));
    await persistence.appendCache('a', bytes(10));
    const stored = (await persistence.load('a')).cache.flatMap((piece) => [...piece]);
    expect(stored).toEqual([...bytes(9), ...bytes(10)]);
  });

  it('lets what waits be read and sent when not even the new leader can be written down', async () => {
    const user = newUser();
    const first = await led(user);
    await first.writeQueue('a', [{ number: 1, bytes: bytes(1) }]);
    first.close();
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('no room', 'QuotaExceededError');
    });
    const second = await Persistence.open(user);
    expect(await second.claim()).toBe(1);
    expect(second.full).toBe(true);
    expect((await second.load('a')).entries).toEqual([bytes(1)]);
    put.mockRestore();
    await second.writeQueue('a', [{ number: 1, bytes: null }]);
    expect((await second.load('a')).entries).toEqual([]);
  });

  it('says that it is full when giving up the cache did not help', async () => {
    const persistence = await led(newUser());
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('no room', 'QuotaExceededError');
    });
    const failed = await persistence.writeQueue('a', [{ number: 1, bytes: bytes(1) }]).then(() => null, (error: unknown) => error);
    expect(storageState(failed)).toBe('full');
  });
});
