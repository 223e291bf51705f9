// The page's sync state: live pages, records, queue, status, and the actions on them. Hooks read it; nothing here sorts or filters.
import { base32, newMutationId } from './ids';
import { Observable } from './observable';
import { session } from './session';
import { keepWaiting, noteKept } from './waiting-note';
import { PageFeed, QueueFeed, RecordFeed, type FeedActions } from './feeds';
import type {
  EditAnswer,
  EditHandle,
  EditOp,
  EditOptions,
  PageSpec,
  QueueEntry,
  SyncError,
  SyncStatus,
} from './types';
import { WorkerLink } from './worker-link';
import type { OpenMessage, WorkerMessage } from './worker-protocol';

/** Counts that move with every edit are shown at most so often; anything else at once. */
const COUNTS_MS = 50;

export const INITIAL_STATUS: SyncStatus = {
  connection: 'starting',
  offlineSince: null,
  waiting: 0,
  unstored: 0,
  parked: 0,
  queues: [],
  conflicts: 0,
  lastChangeAt: null,
  saveP50Ms: null,
  saveP95Ms: null,
  saves: 0,
  nextRetryAt: null,
  cachedAsOf: null,
  missing: [],
  moduleBytes: null,
  storage: 'ok',
  lostEdits: 0,
  role: 'none',
  restarts: 0,
  resyncs: 0,
  loadedRows: 0,
  rowsToLoad: 0,
  lastError: null,
};

interface OpenEdit {
  queued: PromiseWithResolve<void>;
  answered: PromiseWithResolve<EditAnswer>;
  notTaken: PromiseWithResolve<SyncError>;
}

interface PromiseWithResolve<T> {
  promise: Promise<T>;
  resolve: (value: T) => void;
}

function promiseWithResolve<T>(): PromiseWithResolve<T> {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

export class SyncClient {
  readonly status = new Observable<SyncStatus>(INITIAL_STATUS);
  readonly #pages = new Map<string, PageFeed>();
  readonly #records = new Map<string, RecordFeed>();
  readonly #queues = new Map<string, QueueFeed>();
  readonly #exports = new Map<string, string[]>();
  readonly #edits = new Map<string, OpenEdit>();
  readonly #requests = new Map<string, (ok: boolean, message: string) => void>();
  #nextRequest = 1;
  /** As the worker told it last. */
  #told = INITIAL_STATUS;
  #shownAt = 0;
  #later: ReturnType<typeof setTimeout> | undefined;
  readonly link: WorkerLink;

  constructor() {
    this.link = new WorkerLink((message) => this.#receive(message));
  }

  // --- live pages and records: opened by the first reader, closed by the last

  page(store: string, spec: PageSpec): PageFeed {
    const key = JSON.stringify(['p', store, spec]);
    return this.#feed(this.#pages, { t: 'open-page', key, store, spec }, (actions) => new PageFeed(key, spec, actions));
  }

  record(store: string, collection: string, id: string | null): RecordFeed {
    const key = JSON.stringify(['r', store, collection, id]);
    return this.#feed(this.#records, { t: 'open-record', key, store, collection, id }, (actions) => new RecordFeed(key, actions));
  }

  queueList(store: string, state: QueueEntry['state'], from: number, size: number): QueueFeed {
    const key = JSON.stringify(['q', store, state, from, size]);
    return this.#feed(this.#queues, { t: 'open-queue', key, store, state, from, size }, (actions) => new QueueFeed(key, actions));
  }

  #feed<F>(feeds: Map<string, F>, open: OpenMessage, make: (actions: FeedActions) => F): F {
    const { key } = open;
    let feed = feeds.get(key);
    if (!feed) {
      feed = make({
        open: () => this.link.open(key, open),
        close: () => {
          this.link.close(key);
          feeds.delete(key);
        },
        release: () => this.link.send({ t: 'release', key }),
      });
      feeds.set(key, feed);
    }
    return feed;
  }

  /** Every waiting and refused edit as JSON, in pieces. */
  async exportQueue(): Promise<string[]> {
    const pieces: string[] = [];
    let opened = '';
    await this.request((request) => {
      opened = request;
      this.#exports.set(request, pieces);
      return { t: 'export-queue', request };
    }).finally(() => this.#exports.delete(opened));
    return pieces;
  }

  // --- edits

  edit(store: string, ops: EditOp[], options: EditOptions = {}): EditHandle {
    const mutation = newMutationId();
    const open: OpenEdit = { queued: promiseWithResolve(), answered: promiseWithResolve(), notTaken: promiseWithResolve() };
    this.#edits.set(mutation, open);
    this.link.edit({
      t: 'edit',
      store,
      mutation,
      ops,
      all: options.mode === 'all',
      undoable: options.undoable ?? true,
      madeAt: Date.now(),
    });
    this.#tellStatus(true);
    return { mutation, queued: open.queued.promise, answered: open.answered.promise, notTaken: open.notTaken.promise };
  }

  /** Settles when the worker has done it; rejects with its words. */
  request(make: (request: string) => Parameters<WorkerLink['send']>[0]): Promise<void> {
    const request = base32(BigInt(this.#nextRequest));
    this.#nextRequest += 1;
    return new Promise((resolve, reject) => {
      this.#requests.set(request, (ok, message) => (ok ? resolve() : reject(new Error(message))));
      this.link.send(make(request));
    });
  }

  /** Somebody else's data starts empty. */
  reset(): void {
    this.#told = INITIAL_STATUS;
    this.status.set(INITIAL_STATUS);
    for (const feed of [...this.#pages.values(), ...this.#records.values(), ...this.#queues.values()]) feed.reset();
  }

  /** An edit waits from the moment it is made; the worker counts it only once it has it, and a worker that failed counts none. */
  #tellStatus(onlyCounts: boolean): void {
    const told = this.#told;
    const shown = this.status.get();
    const { unconfirmed } = this.link;
    const waiting = Math.max(told.waiting, unconfirmed);
    const same = (waiting === 0) === (shown.waiting === 0) && (unconfirmed === 0) === (shown.unstored === 0);
    const wait = this.#shownAt + COUNTS_MS - performance.now();
    if (onlyCounts && same && wait > 0) {
      this.#later ??= setTimeout(() => this.#tellStatus(false), wait);
      return;
    }
    clearTimeout(this.#later);
    this.#later = undefined;
    this.#shownAt = performance.now();
    this.status.set({ ...told, waiting, unstored: unconfirmed, restarts: told.restarts + this.link.restarts });
    const { userId } = session.get();
    if (userId === null) return;
    keepWaiting(userId, waiting);
    if (told.moduleBytes !== null && (told.storage === 'ok' || told.storage === 'evicted')) noteKept(userId);
  }

  #receive(message: WorkerMessage): void {
    switch (message.t) {
      case 'status':
        this.#told = message.status;
        this.#tellStatus(message.status.connection === this.status.get().connection);
        break;
      case 'page':
        this.#pages.get(message.key)?.apply(message.page);
        break;
      case 'record':
        this.#records.get(message.key)?.apply(message.row);
        break;
      case 'queue':
        this.#queues.get(message.key)?.apply(message.list);
        break;
      case 'exported': {
        const pieces = this.#exports.get(message.request);
        if (message.first) pieces?.splice(0);
        if (message.text) pieces?.push(message.text);
        break;
      }
      case 'queued':
        this.#edits.get(message.mutation)?.queued.resolve();
        this.#tellStatus(true);
        break;
      case 'answered': {
        const open = this.#edits.get(message.mutation);
        this.#edits.delete(message.mutation);
        open?.queued.resolve();
        open?.answered.resolve(message.answer);
        this.#tellStatus(true);
        break;
      }
      case 'rejected': {
        const open = this.#edits.get(message.mutation);
        this.#edits.delete(message.mutation);
        open?.queued.resolve();
        open?.notTaken.resolve({ code: message.code, message: message.message });
        open?.answered.resolve({ ops: [{ status: 'refused', code: message.code, message: message.message }] });
        this.#told = { ...this.#told, lastError: { code: message.code, message: message.message } };
        this.#tellStatus(false);
        break;
      }
      case 'reply':
        this.#requests.get(message.request)?.(message.ok, message.message ?? '');
        this.#requests.delete(message.request);
        break;
      default:
        break;
    }
  }
}

let instance: SyncClient | null = null;

export function syncClient(): SyncClient {
  instance ??= new SyncClient();
  return instance;
}
