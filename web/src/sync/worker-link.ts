// The page's end of its worker: starts it, passes messages, opens everything again in a new worker when the module failed, posts edits again
// until they are told `queued`. One per page.
import { loadSession, expireSession } from './session';
import { hasKept, waitingCounts } from './waiting-note';
import type { PageMessage, WorkerMessage, WorkerUser } from './worker-protocol';

/** An edit that nobody has confirmed for so long is posted again, so many of the oldest at a time: thousands made at once take a while. */
const REPOST_MS = 500;
const REPOSTED_MAX = 256;
const RESTART_MS_MAX = 30_000;

type EditMessage = Extract<PageMessage, { t: 'edit' }>;
type Listener = (message: WorkerMessage) => void;

export class WorkerLink {
  #worker: Worker | null = null;
  #user: WorkerUser | null = null;
  #store: string | null = null;
  #restarts = 0;
  #restartTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #tab = crypto.getRandomValues(new Uint32Array(2)).join('-');
  /** What is open now, to be opened again in a new worker. */
  readonly #open = new Map<string, PageMessage>();
  /** Edits that the worker has not confirmed as durable. */
  readonly #unconfirmed = new Map<string, EditMessage>();
  /** Since the last look. */
  #confirmed = 0;
  #repost: ReturnType<typeof setInterval> | undefined;
  readonly #listener: Listener;

  constructor(listener: Listener) {
    this.#listener = listener;
    document.addEventListener('visibilitychange', () =>
      this.#send({ t: 'visible', visible: document.visibilityState === 'visible' }),
    );
    globalThis.addEventListener('online', () => this.#send({ t: 'online', online: true }));
    globalThis.addEventListener('offline', () => this.#send({ t: 'online', online: false }));
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Edits handed over whose safety nobody has confirmed. */
  get unconfirmed(): number {
    return this.#unconfirmed.size;
  }

  /** Another person, or the first one: everything of the former one in this page ends. */
  setUser(user: WorkerUser | null, store: string | null): void {
    this.#store = store;
    if (user?.id === this.#user?.id && this.#worker) {
      this.#send({ t: 'signed-in' });
      return;
    }
    this.#stop();
    this.#user = user;
    this.#unconfirmed.clear();
    if (!user) return;
    // Some browsers ask the person: nobody waits for the answer.
    void navigator.storage?.persist?.().catch(() => false);
    this.#start();
  }

  open(key: string, message: PageMessage): void {
    this.#open.set(key, message);
    this.#send(message);
  }

  close(key: string): void {
    if (this.#open.delete(key)) this.#send({ t: 'close', key });
  }

  edit(message: EditMessage): void {
    this.#unconfirmed.set(message.mutation, message);
    this.#send(message);
    this.#repost ??= setInterval(() => this.#postAgain(), REPOST_MS);
  }

  #postAgain(): void {
    // As long as some are confirmed the others are on their way.
    const confirmed = this.#confirmed;
    this.#confirmed = 0;
    if (confirmed > 0) return;
    let posted = 0;
    for (const waiting of this.#unconfirmed.values()) {
      this.#send(waiting);
      posted += 1;
      if (posted === REPOSTED_MAX) return;
    }
  }

  send(message: PageMessage): void {
    if (message.t === 'current-store') this.#store = message.store;
    this.#send(message);
  }

  #send(message: PageMessage): void {
    this.#worker?.postMessage(message);
  }

  #start(): void {
    const user = this.#user;
    if (!user) return;
    const worker = new Worker(new URL('./worker/sync.worker.ts', import.meta.url), { type: 'module', name: 'syncstore' });
    this.#worker = worker;
    worker.addEventListener('message', (event: MessageEvent<WorkerMessage[]>) => {
      for (const message of event.data) this.#receive(worker, message);
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.#failed(worker, event.message);
    });
    this.#send({
      t: 'init',
      tab: this.#tab,
      user,
      secure: globalThis.isSecureContext && 'locks' in navigator,
      visible: document.visibilityState === 'visible',
      store: this.#store,
      channel: `syncstore-${user.id}`,
      kept: { before: hasKept(user.id), edits: waitingCounts.get()[user.id] ?? 0 },
    });
    for (const message of this.#open.values()) this.#send(message);
    for (const message of this.#unconfirmed.values()) this.#send(message);
  }

  #stop(): void {
    clearTimeout(this.#restartTimer);
    this.#worker?.terminate();
    this.#worker = null;
  }

  #failed(worker: Worker, message: string): void {
    if (worker !== this.#worker) return;
    console.error('The sync worker failed and starts again:', message);
    this.#stop();
    this.#restarts += 1;
    // At once the first time; a module that keeps failing must not keep the machine busy.
    const wait = this.#restarts === 1 ? 0 : Math.min(RESTART_MS_MAX, 250 * 2 ** Math.min(this.#restarts, 10));
    this.#restartTimer = setTimeout(() => this.#start(), wait);
  }

  #receive(worker: Worker, message: WorkerMessage): void {
    if (worker !== this.#worker) return;
    switch (message.t) {
      // An edit that this browser could not store is safe once it is answered.
      case 'queued':
      case 'answered':
      case 'rejected':
        if (this.#unconfirmed.delete(message.mutation)) this.#confirmed += 1;
        if (this.#unconfirmed.size === 0) {
          clearInterval(this.#repost);
          this.#repost = undefined;
        }
        break;
      case 'failed':
        this.#failed(worker, message.message);
        return;
      case 'needs-sign-in':
        // The worker met 401: ask once more before the person is asked to sign in.
        void loadSession().then((now) => {
          if (now.state === 'signed-in') this.#send({ t: 'signed-in' });
          else expireSession();
        });
        break;
      default:
        break;
    }
    this.#listener(message);
  }
}
