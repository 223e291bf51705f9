import { IDBFactory, IDBKeyRange, IDBObjectStore } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SyncStatus } from '../types';
import type { WorkerMessage } from '../worker-protocol';
import { browserClears, watchOpened } from './cleared-browser.fixture';
import type { Command, CoreModule, CoreSession, Effect } from './core-session';
import { EFFECT } from './core-session';
import { Persistence } from './persistence';
import { SyncHost } from './sync-host';

/** A session that asks for each edit to be stored and says nothing else. */
class Session {
  #effects: Effect[] = [];
  #edits = 0;
  readonly stored: boolean[] = [];

  command(command: Command): null {
    if (command.cmd !== 'edit') return null;
    this.#edits += 1;
    const bytes = new Uint8Array([this.#edits]);
    this.#effects.push({ kind: EFFECT.writeEntry, number: this.#edits, text: '', bytes });
    this.#effects.push({ kind: EFFECT.commitQueue, number: this.#edits, text: '', bytes: new Uint8Array() });
    return null;
  }

  takeEffects(): Effect[] {
    return this.#effects.splice(0);
  }

  queueWritten(_: number, ok: boolean): void {
    this.stored.push(ok);
  }

  start(): void {}
  stop(): void {}
  close(): void {}
  networkHint(): void {}
}

const USER = { id: 'u', name: 'U' } as ConstructorParameters<typeof SyncHost>[0]['user'];

async function hostOf(): Promise<{ host: SyncHost; session: Session; told: SyncStatus['storage'][]; port: Parameters<SyncHost['receive']>[0] }> {
  const session = new Session();
  const core: CoreModule = { open: () => session as unknown as CoreSession, bytes: () => 0 };
  const persistence = await Persistence.open(USER.id);
  const generation = await persistence.claim();
  const host = new SyncHost({
    user: USER,
    secure: true, core, persistence, generation, client: 'c', missing: [], lost: null,
    failed: (error) => {
      throw error;
    },
  });
  const told: SyncStatus['storage'][] = [];
  const port = {
    tab: 't',
    post: (message: WorkerMessage) => {
      if (message.t === 'status') told.push(message.status.storage);
    },
  };
  return { host, session, told, port };
}

async function storedNow(): Promise<number> {
  const another = await Persistence.open(USER.id);
  const { entries } = await another.load('gifts');
  another.close();
  return entries.length;
}

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory());
  vi.stubGlobal('IDBKeyRange', IDBKeyRange);
  vi.stubGlobal('self', { navigator: { onLine: false } });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('data that the browser clears while an edit is being stored', () => {
  it('is said to be stored again only once that edit is', async () => {
    const opened = watchOpened();
    const { host, session, told, port } = await hostOf();
    host.receive(port, {
      t: 'init', tab: 't', user: USER, secure: true, visible: true, store: 'gifts', channel: 'c', kept: { before: false, edits: 0 },
    });
    // Cleared as soon as the edit is on its way to the queue; that what waits was stored again is looked at when it is said.
    const { put } = IDBObjectStore.prototype;
    let cleared = false;
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function clearing(this: IDBObjectStore, ...parts) {
      const request = put.apply(this, parts);
      if (!cleared && this.name === 'queue') {
        cleared = true;
        queueMicrotask(() => browserClears(opened));
      }
      return request;
    });
    const atWord = new Promise<boolean[]>((resolve) => {
      const post = port.post;
      port.post = (message) => {
        post(message);
        if (message.t === 'status' && message.status.storage === 'evicted') resolve([...session.stored]);
      };
    });
    host.receive(port, { t: 'edit', store: 'gifts', mutation: 'm', ops: [], all: false, undoable: false, madeAt: 0 });
    expect(await atWord).toEqual([true]);
    expect(await storedNow()).toBe(1);
    expect(told.at(-1)).toBe('evicted');
    host.end();
  });
});
