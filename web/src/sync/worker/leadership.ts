// One leader among the tabs of a person: the worker that holds the Web Lock. Others pass their page's messages to it over a
// BroadcastChannel and keep what their page has open, to tell the next leader. A leader that does not answer for a second while a tab
// is visible loses the lock. Without Web Locks (no secure context) every tab leads itself.
import type { PageMessage, WorkerMessage } from '../worker-protocol';

const PING_MS = 500;
/** Two unanswered pings: about a second. */
const SILENCE_MS = 1_000;

/** The leader's end of one tab. */
export interface TabPort {
  readonly tab: string;
  post(message: WorkerMessage): void;
}

/** What leads: created when this worker becomes the leader, ended when it loses the lock. */
export interface Host {
  receive(port: TabPort, message: PageMessage): void;
  tabGone(tab: string): void;
  end(): void;
}

type ChannelMessage =
  | { t: 'to-leader'; tab: string; message: PageMessage }
  | { t: 'to-tab'; tab: string; messages: WorkerMessage[] }
  | { t: 'leader'; leader: string }
  | { t: 'ping'; tab: string }
  | { t: 'pong'; tab: string };

type Init = Extract<PageMessage, { t: 'init' }>;

export class Leadership {
  /** How this tab introduces itself, with the store it shows now: a host that starts later hears the present, not the past. */
  #init: Init;
  readonly #toPage: (messages: WorkerMessage[]) => void;
  readonly #makeHost: () => Promise<Host>;
  readonly #channel: BroadcastChannel | null;
  readonly #ports = new Map<string, TabPort>();
  readonly #heard = new Map<string, number>();
  readonly #open = new Map<string, PageMessage>();
  readonly #edits = new Map<string, PageMessage>();
  /** Asked and not answered: asked again of the next leader. */
  readonly #requests = new Map<string, PageMessage>();
  /** What is to be told when this turn ends, in one message for each tab. */
  readonly #outgoing = new Map<string, WorkerMessage[]>();
  #host: Host | null = null;
  /** Holds the lock; the host may still be starting. */
  #leading = false;
  #visible: boolean;
  #lastPong = performance.now();
  #stealing = false;
  #release: (() => void) | null = null;

  constructor(init: Init, toPage: (messages: WorkerMessage[]) => void, makeHost: () => Promise<Host>) {
    this.#init = init;
    this.#toPage = toPage;
    this.#makeHost = makeHost;
    this.#visible = init.visible;
    this.#channel = init.secure ? new BroadcastChannel(init.channel) : null;
    this.#channel?.addEventListener('message', (event: MessageEvent<ChannelMessage>) => this.#heardMessage(event.data));
  }

  start(): void {
    if (!this.#init.secure) {
      void this.#lead();
      return;
    }
    this.#ask(false);
    setInterval(() => this.#watch(), PING_MS);
    // A leader that is already there hears of this tab.
    this.#hello();
  }

  /** From this tab's own page. */
  fromPage(message: PageMessage): void {
    this.#remember(message);
    if (this.#host) this.#host.receive(this.#ownPort(), message);
    else this.#channel?.postMessage({ t: 'to-leader', tab: this.#init.tab, message } satisfies ChannelMessage);
  }

  #remember(message: PageMessage): void {
    switch (message.t) {
      case 'open-page':
      case 'open-record':
      case 'open-queue':
        this.#open.set(message.key, message);
        break;
      case 'close':
        this.#open.delete(message.key);
        break;
      case 'edit':
        this.#edits.set(message.mutation, message);
        break;
      case 'current-store':
        this.#init = { ...this.#init, store: message.store };
        break;
      case 'visible':
        this.#visible = message.visible;
        this.#lastPong = performance.now();
        break;
      default:
        if ('request' in message) this.#requests.set(message.request, message);
        break;
    }
  }

  /** What whoever leads has to know of this tab. */
  #asked(): PageMessage[] {
    return [this.#init, ...this.#open.values(), ...this.#edits.values(), ...this.#requests.values()];
  }

  #ask(steal: boolean): void {
    const options: LockOptions = steal ? { steal: true } : { mode: 'exclusive' };
    navigator.locks
      .request(`syncstore-leader-${this.#init.channel}`, options, async () => {
        await this.#lead();
        await new Promise<void>((release) => {
          this.#release = release;
        });
      })
      .catch(() => {
        // Stolen: another tab found this one silent. It goes on as a follower.
        this.#resign();
        this.#ask(false);
        this.#hello();
      });
  }

  async #lead(): Promise<void> {
    this.#stealing = false;
    this.#leading = true;
    this.#host = await this.#makeHost();
    this.#channel?.postMessage({ t: 'leader', leader: this.#init.tab } satisfies ChannelMessage);
    const own = this.#ownPort();
    for (const message of this.#asked()) this.#host.receive(own, message);
  }

  #resign(): void {
    this.#leading = false;
    this.#host?.end();
    this.#host = null;
    this.#release?.();
    this.#ports.clear();
    this.#heard.clear();
    this.#lastPong = performance.now();
  }

  #ownPort(): TabPort {
    return this.#port(this.#init.tab);
  }

  #port(tab: string): TabPort {
    let port = this.#ports.get(tab);
    if (!port) {
      port = { tab, post: (message) => this.#post(tab, message) };
      this.#ports.set(tab, port);
    }
    return port;
  }

  #post(tab: string, message: WorkerMessage): void {
    const waiting = this.#outgoing.get(tab);
    if (waiting) {
      waiting.push(message);
      return;
    }
    const messages = [message];
    this.#outgoing.set(tab, messages);
    queueMicrotask(() => {
      this.#outgoing.delete(tab);
      if (tab === this.#init.tab) this.#deliver(messages);
      else this.#channel?.postMessage({ t: 'to-tab', tab, messages } satisfies ChannelMessage);
    });
  }

  #deliver(messages: WorkerMessage[]): void {
    for (const message of messages) {
      if (message.t === 'queued' || message.t === 'answered' || message.t === 'rejected') this.#edits.delete(message.mutation);
      if (message.t === 'reply') this.#requests.delete(message.request);
    }
    this.#toPage(messages);
  }

  /** Tells the leader, whoever it is, what this tab's page has open. */
  #hello(): void {
    for (const message of this.#asked()) {
      this.#channel?.postMessage({ t: 'to-leader', tab: this.#init.tab, message } satisfies ChannelMessage);
    }
  }

  #heardMessage(message: ChannelMessage): void {
    switch (message.t) {
      case 'to-leader':
        if (!this.#host) return;
        this.#heard.set(message.tab, performance.now());
        this.#host.receive(this.#port(message.tab), message.message);
        break;
      case 'to-tab':
        if (message.tab === this.#init.tab && !this.#host) {
          this.#lastPong = performance.now();
          this.#deliver(message.messages);
        }
        break;
      case 'leader':
        this.#lastPong = performance.now();
        if (!this.#host) this.#hello();
        break;
      case 'ping':
        if (!this.#leading) return;
        this.#heard.set(message.tab, performance.now());
        this.#channel?.postMessage({ t: 'pong', tab: message.tab } satisfies ChannelMessage);
        break;
      case 'pong':
        if (message.tab === this.#init.tab) this.#lastPong = performance.now();
        break;
    }
  }

  #watch(): void {
    if (this.#leading) {
      // A closed tab says nothing: what it had open is closed for it.
      for (const [tab, heard] of this.#heard) {
        if (performance.now() - heard < 60_000) continue;
        this.#heard.delete(tab);
        this.#ports.delete(tab);
        this.#host?.tabGone(tab);
      }
      return;
    }
    this.#channel?.postMessage({ t: 'ping', tab: this.#init.tab } satisfies ChannelMessage);
    if (!this.#visible || this.#stealing) return;
    if (performance.now() - this.#lastPong > SILENCE_MS + PING_MS) {
      this.#stealing = true;
      this.#ask(true);
    }
  }
}
