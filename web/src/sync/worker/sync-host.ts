// The leading worker: one runner per open store (and per store whose queue still holds edits), shared by every tab of this person. Maps what
// tabs have open to numbers of the sessions, and what sessions say back to tabs.
import { newMutationId, newRecordId } from '../ids';
import type { EditAnswer, EditOp, QueueEntry, Row, SyncStatus } from '../types';
import type { PageMessage, PagePatch, WorkerUser } from '../worker-protocol';
import type { CoreError, CoreModule } from './core-session';
import { forgetToken } from './http';
import type { Host, TabPort } from './leadership';
import { Persistence } from './persistence';
import { StoreRunner } from './store-runner';

/** Own edits that can be taken back, of this browser's life. */
const UNDO_MAX = 200;
/** A screen that moves from one store to another and back must not reconnect. */
const IDLE_STORE_MS = 30_000;

interface Opened {
  port: TabPort;
  key: string;
  store: string;
  number: number;
  kind: 'page' | 'record';
}

interface StoreEntry {
  runner: StoreRunner;
  ready: Promise<void>;
  status: Partial<SyncStatus>;
  queue: QueueEntry[];
  idle: ReturnType<typeof setTimeout> | undefined;
}

interface UndoStep {
  store: string;
  ops: EditOp[];
}

type EditMessage = Extract<PageMessage, { t: 'edit' }>;

export interface HostOptions {
  user: WorkerUser;
  secure: boolean;
  core: CoreModule;
  persistence: Persistence | null;
  generation: number;
  client: string;
  /** What this browser cannot do here, in words. */
  missing: string[];
  failed(error: unknown): void;
}

export class SyncHost implements Host {
  readonly #options: HostOptions;
  readonly #stores = new Map<string, StoreEntry>();
  readonly #opened = new Map<string, Opened>();
  readonly #byNumber = new Map<number, Opened>();
  readonly #tabs = new Map<string, TabPort>();
  readonly #tabStore = new Map<string, string | null>();
  /** Edits whose author tab waits: mutation -> how it was made. */
  readonly #edits = new Map<string, { port: TabPort; store: string; undoable: boolean; step: 'edit' | 'undo' | 'redo' }>();
  readonly #queued = new Set<string>();
  #undo: UndoStep[] = [];
  #redo: UndoStep[] = [];
  #waitingSteps: (() => void)[] = [];
  #next = 1;
  #online = true;
  #storage: SyncStatus['storage'];
  #ended = false;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#storage = options.persistence ? 'ok' : 'unavailable';
    this.#online = self.navigator.onLine;
  }

  /** Stores whose edits wait must connect even when no screen shows them. */
  async resume(): Promise<void> {
    for (const store of (await this.#options.persistence?.storesWithEntries().catch(() => [])) ?? []) this.#entry(store);
  }

  end(): void {
    this.#ended = true;
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
        this.#tellQueue();
        break;
      case 'open-page':
      case 'open-record':
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
        this.#edit(port, message);
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
        this.#step(port, message.t, message.request);
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
      queue: (entries) => this.#queue(store, entries),
      queued: (text) => this.#toldQueued(text),
      answered: (text) => this.#toldAnswered(text),
      rejected: (text) => this.#toldRejected(text),
      storage: (state) => this.#setStorage(state),
      superseded: () => this.end(),
      needsSignIn: () => this.#everyTab({ t: 'needs-sign-in' }),
      failed: (error) => this.#options.failed(error),
    });
    entry = { runner, ready: Promise.resolve(), status: {}, queue: [], idle: undefined };
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
      if (used.has(store) || entry.queue.length > 0) {
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

  #open(port: TabPort, message: Extract<PageMessage, { t: 'open-page' | 'open-record' }>): void {
    this.#tabs.set(port.tab, port);
    const key = this.#key(port, message.key);
    const before = this.#opened.get(key);
    if (before) this.#close(key, before);
    const opened: Opened = {
      port,
      key: message.key,
      store: message.store,
      number: this.#next,
      kind: message.t === 'open-page' ? 'page' : 'record',
    };
    this.#next += 1;
    this.#opened.set(key, opened);
    this.#byNumber.set(opened.number, opened);
    const { runner, ready } = this.#wake(message.store);
    void ready.then(() =>
      runner.run(() => {
        if (this.#byNumber.get(opened.number) !== opened) return;
        const error =
          message.t === 'open-page'
            ? runner.session.command({ cmd: 'openPage', page: opened.number, spec: message.spec })
            : runner.session.command({
                cmd: 'watch',
                watch: opened.number,
                collection: message.collection,
                id: message.id ?? '',
              });
        if (error) this.#tellError(error);
      }),
    );
  }

  #close(key: string, opened: Opened): void {
    this.#opened.delete(key);
    this.#byNumber.delete(opened.number);
    const entry = this.#stores.get(opened.store);
    entry?.runner.run(() => {
      if (opened.kind === 'page') entry.runner.session.command({ cmd: 'closePage', page: opened.number });
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
    const parsed = JSON.parse(text) as Row | null | 'loading';
    opened.port.post({ t: 'record', key: opened.key, row: parsed === 'loading' ? undefined : parsed });
  }

  // --- edits ---------------------------------------------------------------------------------------------------------

  #edit(port: TabPort, message: EditMessage): void {
    // Posted again until confirmed: the first time counts.
    if (this.#queued.has(message.mutation)) {
      port.post({ t: 'queued', mutation: message.mutation });
      return;
    }
    if (this.#edits.has(message.mutation)) return;
    this.#make(port, message.store, message.mutation, message.ops, message.all, message.undoable, 'edit');
  }

  #make(
    port: TabPort,
    store: string,
    mutation: string,
    ops: EditOp[],
    all: boolean,
    undoable: boolean,
    step: 'edit' | 'undo' | 'redo',
  ): void {
    this.#edits.set(mutation, { port, store, undoable, step });
    const { runner, ready } = this.#wake(store);
    void ready.then(() => {
      const error = runner.run(() => runner.session.command({ cmd: 'edit', mutation, mode: all ? 'all' : 'each', ops }));
      if (!error) return;
      this.#edits.delete(mutation);
      port.post({ t: 'rejected', mutation, code: error.code, message: error.message });
    });
  }

  #step(port: TabPort, direction: 'undo' | 'redo', request: string): void {
    // An edit that is not durable yet is not on the stack yet: what undoes it waits for it.
    if ([...this.#edits].some(([mutation, made]) => made.undoable && !this.#queued.has(mutation))) {
      this.#waitingSteps.push(() => this.#step(port, direction, request));
      return;
    }
    const step = (direction === 'undo' ? this.#undo : this.#redo).pop();
    port.post({ t: 'reply', request, ok: step !== undefined });
    if (step) this.#make(port, step.store, newMutationId(), this.#redrawn(step.ops), false, true, direction);
  }

  /** A removed id never comes back: what is inserted again gets a new one, and the steps that name the old one follow it. */
  #redrawn(ops: EditOp[]): EditOp[] {
    const drawn = new Map(ops.filter((op) => op.op === 'insert').map((op) => [op.id, newRecordId()]));
    if (drawn.size === 0) return ops;
    const renamed = (list: EditOp[]): EditOp[] => list.map((op) => ({ ...op, id: drawn.get(op.id) ?? op.id }));
    for (const step of [...this.#undo, ...this.#redo]) step.ops = renamed(step.ops);
    return renamed(ops);
  }

  #toldQueued(text: string): void {
    this.#takeQueued(text);
    this.#runWaitingSteps();
  }

  #runWaitingSteps(): void {
    const steps = this.#waitingSteps;
    this.#waitingSteps = [];
    for (const step of steps) step();
  }

  #takeQueued(text: string): void {
    const { mutation, inverse } = JSON.parse(text) as { mutation: string; inverse: EditOp[] | null };
    const made = this.#edits.get(mutation);
    this.#queued.add(mutation);
    if (this.#queued.size > 10_000) this.#queued.delete(this.#queued.values().next().value ?? '');
    made?.port.post({ t: 'queued', mutation });
    if (!made?.undoable || !inverse || inverse.length === 0) return;
    const step = { store: made.store, ops: inverse };
    if (made.step === 'undo') {
      this.#redo.push(step);
    } else {
      if (made.step === 'edit') this.#redo = [];
      this.#undo.push(step);
      if (this.#undo.length > UNDO_MAX) this.#undo.shift();
    }
  }

  #toldAnswered(text: string): void {
    const { mutation, ops } = JSON.parse(text) as { mutation: string; ops: EditAnswer['ops'] };
    const made = this.#edits.get(mutation);
    this.#edits.delete(mutation);
    made?.port.post({ t: 'answered', mutation, answer: { ops } });
    this.#runWaitingSteps();
  }

  #toldRejected(text: string): void {
    const { mutation, code, message } = JSON.parse(text) as { mutation: string; code: string; message: string };
    const made = this.#edits.get(mutation);
    this.#edits.delete(mutation);
    made?.port.post({ t: 'rejected', mutation, code, message });
    this.#runWaitingSteps();
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

  #setStorage(state: SyncStatus['storage']): void {
    if (state === this.#storage) return;
    this.#storage = state;
    for (const port of this.#tabs.values()) this.#tellStatus(port);
  }

  #tellError(error: CoreError): void {
    for (const entry of this.#stores.values()) entry.status.lastError = error;
    for (const port of this.#tabs.values()) this.#tellStatus(port);
  }

  #status(store: string, text: string): void {
    const entry = this.#stores.get(store);
    if (!entry) return;
    entry.status = JSON.parse(text) as Partial<SyncStatus>;
    if (entry.status.connection === 'sign-in') this.#everyTab({ t: 'needs-sign-in' });
    for (const port of this.#tabs.values()) this.#tellStatus(port);
  }

  #queue(store: string, text: string): void {
    const entry = this.#stores.get(store);
    if (!entry) return;
    entry.queue = (JSON.parse(text) as QueueEntry[]).map((one) => ({ ...one, store }));
    this.#tellQueue();
    this.#rest();
  }

  #tellQueue(): void {
    const entries = [...this.#stores.values()].flatMap((entry) => entry.queue).toSorted((a, b) => a.madeAt - b.madeAt);
    this.#everyTab({ t: 'queue', entries });
    for (const port of this.#tabs.values()) this.#tellStatus(port);
  }

  /** The connection of the store that the tab shows; counts over all stores. */
  #tellStatus(port: TabPort): void {
    const current = this.#tabStore.get(port.tab) ?? null;
    const own = (current !== null ? this.#stores.get(current) : undefined)?.status ?? {};
    const all = [...this.#stores.values()].flatMap((entry) => entry.queue);
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
      lastError: null,
      ...own,
      waiting: all.filter((entry) => entry.state === 'waiting' || entry.state === 'sent').length,
      parked: all.filter((entry) => entry.state === 'parked').length,
      missing: this.#options.missing,
      storage: this.#storage,
    };
    port.post({ t: 'status', status });
  }
}
