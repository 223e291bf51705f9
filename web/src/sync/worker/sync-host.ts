// The leading worker: one runner per open store (and per store whose queue still holds edits), shared by every tab of this person. Maps what
// tabs have open to numbers of the sessions, and what sessions say back to tabs.
import type { QueueCount, Row, SyncStatus } from '../types';
import type { OpenMessage, PageMessage, PagePatch, QueuePatch, WorkerUser } from '../worker-protocol';
import type { Command, CoreError, CoreModule } from './core-session';
import { forgetToken } from './http';
import type { Host, TabPort } from './leadership';
import type { NewEdit } from './own-edits';
import { OwnEdits } from './own-edits';
import { Persistence } from './persistence';
import { exportQueues } from './queue-export';
import { StorageWatch } from './storage-watch';
import { StoreRunner } from './store-runner';

/** A screen that moves from one store to another and back must not reconnect. */
const IDLE_STORE_MS = 30_000;
/** How soon it is noticed that the browser cleared what waits while nothing is written. */
const STORAGE_CHECK_MS = 5_000;

interface Opened {
  port: TabPort;
  key: string;
  store: string;
  number: number;
  kind: 'page' | 'record' | 'queue';
}

interface StoreEntry {
  runner: StoreRunner;
  ready: Promise<void>;
  status: Partial<SyncStatus>;
  waits: boolean;
  idle: ReturnType<typeof setTimeout> | undefined;
}

const KINDS = { 'open-page': 'page', 'open-record': 'record', 'open-queue': 'queue' } as const;

function openCommand(message: OpenMessage, number: number): Command {
  switch (message.t) {
    case 'open-page':
      return { cmd: 'openPage', page: number, spec: message.spec };
    case 'open-record':
      return { cmd: 'watch', watch: number, collection: message.collection, id: message.id ?? '' };
    case 'open-queue':
      return { cmd: 'openQueue', window: number, state: message.state, from: message.from, size: message.size };
  }
}

/** What waits in a store, as its session counts it; null when nothing does. */
function countOf(store: string, told: Partial<SyncStatus> & { sent?: number }): QueueCount | null {
  const { waiting = 0, sent = 0, parked = 0 } = told;
  return waiting + parked > 0 ? { store, waiting, sent, parked } : null;
}

export interface HostOptions {
  user: WorkerUser;
  secure: boolean;
  core: CoreModule;
  persistence: Persistence | null;
  generation: number;
  client: string;
  /** What this browser cannot do here, in words. */
  missing: string[];
  /** Edits that went with what the browser cleared while no page was open; null when nothing was. */
  lost: number | null;
  failed(error: unknown): void;
}

export class SyncHost implements Host {
  readonly #options: HostOptions;
  readonly #stores = new Map<string, StoreEntry>();
  readonly #opened = new Map<string, Opened>();
  readonly #byNumber = new Map<number, Opened>();
  readonly #tabs = new Map<string, TabPort>();
  readonly #tabStore = new Map<string, string | null>();
  readonly #edits: OwnEdits;
  #next = 1;
  #online = true;
  readonly #storage: StorageWatch;
  #ended = false;
  #checks: ReturnType<typeof setInterval> | undefined;

  constructor(options: HostOptions) {
    this.#options = options;
    const keeps = options.persistence ? (options.persistence.full ? 'full' : 'ok') : 'unavailable';
    this.#storage = new StorageWatch(keeps, () => {
      for (const port of this.#tabs.values()) this.#tellStatus(port);
    });
    if (options.lost !== null) this.#storage.cleared();
    if (options.persistence) options.persistence.cleared = () => void this.#cleared();
    this.#online = self.navigator.onLine;
    this.#edits = new OwnEdits((edit) => this.#make(edit));
  }

  /** Stores whose edits wait must connect even when no screen shows them. */
  async resume(): Promise<void> {
    for (const store of (await this.#options.persistence?.storesWithEntries().catch(() => [])) ?? []) this.#entry(store);
    this.#storage.start();
    // What is wrong shows at the next write; here only what can be mended is.
    this.#checks = setInterval(() => void this.#options.persistence?.check().catch(() => undefined), STORAGE_CHECK_MS);
  }

  end(): void {
    this.#ended = true;
    this.#storage.end();
    clearInterval(this.#checks);
    for (const { runner, idle } of this.#stores.values()) {
      clearTimeout(idle);
      runner.end();
    }
    this.#stores.clear();
    this.#options.persistence?.close();
  }

  tabGone(tab: string): void {
    for (const [key, opened] of this.#opened) if (opened.port.tab === tab) this.#close(key, opened);
    this.#tabs.delete(tab);
    this.#tabStore.delete(tab);
  }

  receive(port: TabPort, message: PageMessage): void {
    if (this.#ended) return;
    switch (message.t) {
      case 'init':
        this.#tabs.set(port.tab, port);
        this.#setStore(port, message.store);
        break;
      case 'open-page':
      case 'open-record':
      case 'open-queue':
        this.#open(port, message);
        break;
      case 'release':
        this.#with(port, message.key, (runner, number) => runner.session.command({ cmd: 'releasePage', page: number }));
        break;
      case 'close': {
        const key = this.#key(port, message.key);
        const opened = this.#opened.get(key);
        if (opened) this.#close(key, opened);
        break;
      }
      case 'edit':
        this.#edits.edit(port, message);
        break;
      case 'current-store':
        this.#setStore(port, message.store);
        break;
      default:
        this.#command(port, message);
    }
  }

  #command(port: TabPort, message: PageMessage): void {
    switch (message.t) {
      case 'undo':
      case 'redo':
        this.#edits.step(port, message.t, message.request);
        break;
      case 'discard':
        this.#answer(port, message.request, message.store, (runner) => runner.session.command({ cmd: 'discard', number: message.number }));
        break;
      case 'send-again':
        this.#answer(port, message.request, message.store, (runner) =>
          runner.session.command({
            cmd: 'sendAgain',
            number: message.number,
            ...(message.ops ? { ops: message.ops } : {}),
          }),
        );
        break;
      case 'export-queue':
        void exportQueues(port, message.request, [...this.#stores].map(([store, { runner, ready }]) => ({ store, runner, ready })));
        break;
      case 'retry-now':
        this.#all((runner) => runner.session.command({ cmd: 'retryNow' }));
        break;
      case 'refresh': {
        const { runner } = this.#entry(message.store);
        runner.run(() => runner.session.command({ cmd: 'refresh' }));
        break;
      }
      case 'signed-in':
        forgetToken();
        this.#all((runner) => runner.session.command({ cmd: 'signedIn' }));
        break;
      case 'online':
        this.#online = message.online;
        this.#all((runner) => runner.session.networkHint(message.online));
        break;
      case 'sign-out':
        void this.#signOut(port, message.request, message.erase);
        break;
      default:
        break;
    }
  }

  // --- stores --------------------------------------------------------------------------------------------------------

  #entry(store: string): StoreEntry {
    let entry = this.#stores.get(store);
    if (entry) return entry;
    const session = this.#options.core.open({
      store,
      user: this.#options.user.id,
      client: this.#options.client,
      generation: this.#options.generation,
    });
    const runner = new StoreRunner(store, session, this.#options.persistence, {
      status: (text) => this.#status(store, text),
      page: (number, patch) => this.#page(number, patch),
      record: (number, row) => this.#record(number, row),
      queue: (number, patch) => this.#queue(number, patch),
      queued: (text) => this.#edits.toldQueued(text),
      answered: (text) => this.#edits.toldAnswered(text),
      rejected: (text) => this.#edits.toldRejected(text),
      storage: (what, state) => this.#storage.wrote(what, state),
      superseded: () => this.end(),
      needsSignIn: () => this.#everyTab({ t: 'needs-sign-in' }),
      failed: (error) => this.#options.failed(error),
    });
    entry = { runner, ready: Promise.resolve(), status: {}, waits: false, idle: undefined };
    this.#stores.set(store, entry);
    entry.ready = runner.start(this.#online);
    return entry;
  }

  #all(command: (runner: StoreRunner) => void): void {
    for (const { runner } of this.#stores.values()) runner.run(() => command(runner));
  }

  #setStore(port: TabPort, store: string | null): void {
    this.#tabStore.set(port.tab, store);
    if (store) this.#wake(store);
    this.#tellStatus(port);
    this.#rest();
  }

  #wake(store: string): StoreEntry {
    const entry = this.#entry(store);
    clearTimeout(entry.idle);
    entry.idle = undefined;
    return entry;
  }

  /** Stores that no screen shows and whose queue is empty end after a while. */
  #rest(): void {
    const used = new Set([...this.#opened.values()].map((opened) => opened.store));
    for (const store of this.#tabStore.values()) if (store) used.add(store);
    for (const [store, entry] of this.#stores) {
      if (used.has(store) || countOf(store, entry.status) !== null) {
        clearTimeout(entry.idle);
        entry.idle = undefined;
        continue;
      }
      entry.idle ??= setTimeout(() => {
        this.#stores.delete(store);
        entry.runner.run(() => entry.runner.session.stop());
        entry.runner.end();
      }, IDLE_STORE_MS);
    }
  }

  // --- what tabs have open -------------------------------------------------------------------------------------------

  #key(port: TabPort, key: string): string {
    return `${port.tab}\n${key}`;
  }

  #open(port: TabPort, message: OpenMessage): void {
    this.#tabs.set(port.tab, port);
    const key = this.#key(port, message.key);
    const before = this.#opened.get(key);
    if (before) this.#close(key, before);
    const opened: Opened = {
      port,
      key: message.key,
      store: message.store,
      number: this.#next,
      kind: KINDS[message.t],
    };
    this.#next += 1;
    this.#opened.set(key, opened);
    this.#byNumber.set(opened.number, opened);
    const { runner, ready } = this.#wake(message.store);
    void ready.then(() =>
      runner.run(() => {
        if (this.#byNumber.get(opened.number) !== opened) return;
        const error = runner.session.command(openCommand(message, opened.number));
        if (!error) return;
        this.#tellError(error);
        // An address that names no record shows that there is none, instead of waiting for it.
        if (opened.kind === 'record') opened.port.post({ t: 'record', key: opened.key, row: null });
      }),
    );
  }

  #close(key: string, opened: Opened): void {
    this.#opened.delete(key);
    this.#byNumber.delete(opened.number);
    const entry = this.#stores.get(opened.store);
    entry?.runner.run(() => {
      if (opened.kind === 'page') entry.runner.session.command({ cmd: 'closePage', page: opened.number });
      else if (opened.kind === 'queue') entry.runner.session.command({ cmd: 'closeQueue', window: opened.number });
      else entry.runner.session.command({ cmd: 'unwatch', watch: opened.number });
    });
    this.#rest();
  }

  #with(port: TabPort, key: string, command: (runner: StoreRunner, number: number) => void): void {
    const opened = this.#opened.get(this.#key(port, key));
    const entry = opened && this.#stores.get(opened.store);
    if (entry) entry.runner.run(() => command(entry.runner, opened.number));
  }

  #page(number: number, text: string): void {
    const opened = this.#byNumber.get(number);
    if (!opened) return;
    const patch = JSON.parse(text) as Partial<PagePatch>;
    const page = { order: null, rows: [], ...patch } as PagePatch;
    opened.port.post({ t: 'page', key: opened.key, page });
  }

  #record(number: number, text: string): void {
    const opened = this.#byNumber.get(number);
    if (!opened) return;
    const parsed = JSON.parse(text) as Row | null | 'loading' | 'unknown';
    opened.port.post({ t: 'record', key: opened.key, row: parsed === 'loading' ? undefined : parsed });
  }

  // --- commands ------------------------------------------------------------------------------------------------------

  async #make({ store, mutation, ops, all }: NewEdit): Promise<CoreError | null> {
    const { runner, ready } = this.#wake(store);
    await ready;
    return runner.run(() => runner.session.command({ cmd: 'edit', mutation, mode: all ? 'all' : 'each', ops }));
  }

  #answer(port: TabPort, request: string, store: string, command: (runner: StoreRunner) => CoreError | null): void {
    const { runner, ready } = this.#entry(store);
    void ready.then(() => {
      const error = runner.run(() => command(runner));
      port.post({ t: 'reply', request, ok: !error, ...(error ? { message: error.message } : {}) });
    });
  }

  async #signOut(port: TabPort, request: string, erase: boolean): Promise<void> {
    this.#all((runner) => runner.session.stop());
    this.end();
    try {
      if (erase) await Persistence.erase(this.#options.user.id);
      port.post({ t: 'reply', request, ok: true });
    } catch {
      port.post({ t: 'reply', request, ok: false, message: 'This browser did not delete its copy. Clear the site data.' });
    }
  }

  // --- status --------------------------------------------------------------------------------------------------------

  #everyTab(message: Parameters<TabPort['post']>[0]): void {
    for (const port of this.#tabs.values()) port.post(message);
  }

  /** The browser took everything away: edits are stored again already, the rest comes from the server. */
  async #cleared(): Promise<void> {
    this.#storage.wrote('edits', 'ok');
    // The person may close the tab on these words: they have to hold for an edit as well whose write the browser ended by clearing.
    await Promise.all([...this.#stores.values()].map(({ runner }) => runner.stored()));
    if (this.#ended) return;
    this.#storage.cleared();
    this.#all((runner) => runner.session.command({ cmd: 'refresh' }));
  }

  #tellError(error: CoreError): void {
    for (const entry of this.#stores.values()) entry.status.lastError = error;
    for (const port of this.#tabs.values()) this.#tellStatus(port);
  }

  #status(store: string, text: string): void {
    const entry = this.#stores.get(store);
    if (!entry) return;
    entry.status = JSON.parse(text) as Partial<SyncStatus>;
    const waits = countOf(store, entry.status) !== null;
    if (waits !== entry.waits) {
      entry.waits = waits;
      this.#rest();
    }
    if (entry.status.connection === 'sign-in') this.#everyTab({ t: 'needs-sign-in' });
    for (const port of this.#tabs.values()) this.#tellStatus(port);
  }

  #queue(number: number, text: string): void {
    const opened = this.#byNumber.get(number);
    if (opened) opened.port.post({ t: 'queue', key: opened.key, list: JSON.parse(text) as QueuePatch });
  }

  /** The connection of the store that the tab shows; counts over all stores. */
  #tellStatus(port: TabPort): void {
    const current = this.#tabStore.get(port.tab) ?? null;
    const own = (current !== null ? this.#stores.get(current) : undefined)?.status ?? {};
    const queues = [...this.#stores].flatMap(([store, entry]) => countOf(store, entry.status) ?? []);
    const status: SyncStatus = {
      connection: 'starting',
      offlineSince: null,
      conflicts: 0,
      lastChangeAt: null,
      saveP50Ms: null,
      saveP95Ms: null,
      saves: 0,
      nextRetryAt: null,
      cachedAsOf: null,
      role: 'none',
      restarts: 0,
      resyncs: 0,
      loadedRows: 0,
      rowsToLoad: 0,
      lastError: null,
      ...own,
      unstored: 0,
      waiting: queues.reduce((sum, one) => sum + one.waiting, 0),
      parked: queues.reduce((sum, one) => sum + one.parked, 0),
      queues,
      missing: this.#options.missing,
      moduleBytes: this.#options.core.bytes(),
      storage: this.#storage.state(),
      lostEdits: this.#options.lost ?? 0,
    };
    port.post({ t: 'status', status });
  }
}
