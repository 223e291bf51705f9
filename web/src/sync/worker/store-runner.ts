// Runs one store's session: carries out its effects (socket, HTTP, timer, storage) and answers with events, in order. Decides nothing: what
// to do is the core's; what a tab hears is the host's.
import type { CoreSession, Effect } from './core-session';
import { EFFECT } from './core-session';
import { fetchTicket, post } from './http';
import { storageState, type StorageState } from './database';
import type { Persistence, QueueWrite } from './persistence';
import { Superseded } from './persistence';

/** A first catch-up of 100,000 records on a slow line. */
const EXCHANGE_MS = 60_000;
const TIMER_MS_MAX = 2_147_483_647;

export interface RunnerEvents {
  status(status: string): void;
  page(page: number, patch: string): void;
  record(watch: number, row: string): void;
  queue(window: number, patch: string): void;
  queued(text: string): void;
  answered(text: string): void;
  rejected(text: string): void;
  /** How the last write of edits, or of what is only cached, ended. */
  storage(what: 'edits' | 'cache', state: StorageState): void;
  superseded(): void;
  needsSignIn(): void;
  failed(error: unknown): void;
}

export class StoreRunner {
  readonly store: string;
  readonly #session: CoreSession;
  readonly #persistence: Persistence | null;
  readonly #events: RunnerEvents;
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writes: QueueWrite[] = [];
  /** Storage does one thing at a time, so what is stored is always a prefix of what was asked. */
  #storing: Promise<void> = Promise.resolve();
  /** Changes of the queue that wait for their turn in storage; those that come meanwhile go with them, in one transaction. */
  #joining: { writes: QueueWrite[]; commits: number[] } | null = null;
  #ended = false;
  #running = false;
  #read: string | null = null;

  constructor(store: string, session: CoreSession, persistence: Persistence | null, events: RunnerEvents) {
    this.store = store;
    this.#session = session;
    this.#persistence = persistence;
    this.#events = events;
  }

  async start(online: boolean): Promise<void> {
    if (this.#persistence) {
      try {
        const stored = await this.#persistence.load(this.store);
        if (stored.kept) this.#session.restoreKept(stored.kept);
        for (const blob of stored.cache) this.#session.restoreCache(blob);
        for (const entry of stored.entries) this.#session.restoreEntry(entry);
      } catch (error) {
        this.#events.storage('edits', storageState(error));
      }
    }
    this.run(() => {
      if (!online) this.#session.networkHint(false);
      this.#session.start();
    });
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#closeSocket(1000);
    this.#session.close();
  }

  /** One event or command; then whatever it caused. */
  run<T>(event: () => T): T | null {
    if (this.#ended) return null;
    try {
      const result = event();
      // Effects may answer at once (a timer of now): nested runs only queue theirs.
      if (!this.#running) {
        this.#running = true;
        try {
          for (let turn = this.#session.takeEffects(); turn.length > 0; turn = this.#session.takeEffects()) {
            for (const effect of turn) this.#carryOut(effect);
          }
        } finally {
          this.#running = false;
        }
      }
      return result;
    } catch (error) {
      this.#ended = true;
      this.#events.failed(error);
      return null;
    }
  }

  #carryOut(effect: Effect): void {
    switch (effect.kind) {
      case EFFECT.fetchTicket:
        void this.#ticket();
        break;
      case EFFECT.connect:
        this.#connect();
        break;
      case EFFECT.send:
        if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(effect.bytes);
        break;
      case EFFECT.close:
        this.#closeSocket(effect.number);
        break;
      case EFFECT.exchange:
        void this.#exchange(effect.bytes);
        break;
      case EFFECT.setTimer:
        this.#setTimer(effect.number);
        break;
      case EFFECT.writeEntry:
        this.#writes.push({ number: effect.number, bytes: effect.bytes });
        break;
      case EFFECT.eraseEntry:
        this.#writes.push({ number: effect.number, bytes: null });
        break;
      case EFFECT.commitQueue:
        this.#commitQueue(effect.number);
        break;
      case EFFECT.appendCache:
        this.#store('cache', (p) => p.appendCache(this.store, effect.bytes), (ok) => this.#session.cacheWritten(effect.number, ok));
        break;
      case EFFECT.replaceCache:
        this.#store('cache', (p) => p.replaceCache(this.store, effect.bytes), (ok) => this.#session.cacheWritten(effect.number, ok));
        break;
      case EFFECT.writeKept:
        this.#store('edits', (p) => p.writeKept(this.store, effect.bytes), () => undefined, () => effect.bytes.length > 0);
        break;
      default:
        this.#tell(effect);
    }
  }

  #tell(effect: Effect): void {
    switch (effect.kind) {
      case EFFECT.status:
        this.#events.status(effect.text);
        break;
      case EFFECT.page:
        this.#events.page(effect.number, effect.text);
        break;
      case EFFECT.record:
        this.#events.record(effect.number, effect.text);
        break;
      case EFFECT.queue:
        this.#events.queue(effect.number, effect.text);
        break;
      case EFFECT.queueRead:
        this.#read = effect.text;
        break;
      case EFFECT.queued:
        this.#events.queued(effect.text);
        break;
      case EFFECT.answered:
        this.#events.answered(effect.text);
        break;
      case EFFECT.rejected:
        this.#events.rejected(effect.text);
        break;
      default:
        break;
    }
  }

  async #ticket(): Promise<void> {
    const answer = await fetchTicket();
    if (typeof answer === 'number') {
      if (answer === 401) this.#events.needsSignIn();
      this.run(() => this.#session.ticketFailed(answer));
    } else {
      this.run(() => this.#session.ticket(answer));
    }
  }

  #connect(): void {
    this.#closeSocket(1000);
    const scheme = self.location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://${self.location.host}/ws`, 'syncstore.v1');
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    const current = (): boolean => this.#socket === socket;
    socket.addEventListener('open', () => {
      if (current()) this.run(() => this.#session.socketOpened());
    });
    socket.addEventListener('message', (event: MessageEvent<ArrayBuffer | string>) => {
      const { data } = event;
      if (current() && typeof data !== 'string') this.run(() => this.#session.socketMessage(new Uint8Array(data)));
    });
    socket.addEventListener('close', (event) => {
      if (!current()) return;
      this.#socket = null;
      if (event.code === 4401 || event.code === 4403) this.#events.needsSignIn();
      this.run(() => this.#session.socketClosed(event.code));
    });
  }

  #closeSocket(code: number): void {
    const socket = this.#socket;
    this.#socket = null;
    // Browsers accept 1000 and 3000 to 4999 only.
    socket?.close(code >= 3000 && code < 5000 ? code : 1000);
  }

  async #exchange(frames: Uint8Array<ArrayBuffer>): Promise<void> {
    const answer = await post('/api/sync/exchange', 'application/octet-stream', frames, EXCHANGE_MS);
    if (answer.status === 401) this.#events.needsSignIn();
    if (answer.status === 200) this.run(() => this.#session.exchangeAnswered(answer.body));
    else this.run(() => this.#session.exchangeFailed(answer.status));
  }

  #setTimer(at: number): void {
    clearTimeout(this.#timer);
    if (at === 0) return;
    const wait = Math.min(Math.max(0, at - Date.now()), TIMER_MS_MAX);
    this.#timer = setTimeout(() => this.run(() => this.#session.timer()), wait);
  }

  #commitQueue(write: number): void {
    const writes = this.#writes;
    this.#writes = [];
    if (this.#joining) {
      this.#joining.writes.push(...writes);
      this.#joining.commits.push(write);
      return;
    }
    const joined = { writes, commits: [write] };
    const close = (): void => {
      if (this.#joining === joined) this.#joining = null;
    };
    this.#store('edits', (p) => {
      close();
      return p.writeQueue(this.store, joined.writes);
    }, (ok) => {
      close();
      for (const commit of joined.commits) this.#session.queueWritten(commit, ok);
    }, () => joined.writes.some((one) => one.bytes !== null));
    this.#joining = joined;
  }

  /** `adds`: erasing works in a full browser too and proves no room. */
  #store(what: 'edits' | 'cache', work: (persistence: Persistence) => Promise<void>, done: (ok: boolean) => void, adds = (): boolean => true): void {
    const persistence = this.#persistence;
    // What is asked after this is not stored before it.
    this.#joining = null;
    this.#storing = this.#storing.then(async () => {
      let ok = false;
      try {
        if (!persistence) {
          // Nothing survives this tab here, and the status says so; edits still go out.
          ok = true;
        } else if (!this.#ended) {
          await work(persistence);
          ok = true;
          if (adds()) this.#events.storage(what, 'ok');
        }
      } catch (error) {
        if (error instanceof Superseded) {
          this.#events.superseded();
          return;
        }
        this.#events.storage(what, storageState(error));
      }
      this.run(() => done(ok));
    });
  }

  /** Once all that was asked of storage until now has been done, or has failed. */
  stored(): Promise<void> {
    return this.#storing;
  }

  /** Unanswered and refused entries after this number, as JSON; null when this store has ended. */
  readQueue(after: number): string | null {
    this.#read = null;
    this.run(() => this.#session.command({ cmd: 'readQueue', request: 0, after }));
    return this.#read;
  }

  // --- commands of screens, passed on ------------------------------------------------------------------------------

  get session(): CoreSession {
    return this.#session;
  }
}
