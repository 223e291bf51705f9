// Whether this browser keeps what it should, as one word for the person: told before an edit is made wherever it can be known before.
import type { SyncStatus } from '../types';
import type { StorageState } from './database';

/** Less room than some thousand waiting edits need. */
const ROOM_BYTES_MIN = 4 * 1024 * 1024;
const ROOM_EVERY_MS = 60_000;

export class StorageWatch {
  #edits: StorageState;
  #cache: StorageState;
  /** Stays for the life of the page: the person should learn of it whenever they look. */
  #evicted = false;
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly #changed: () => void;

  constructor(begins: StorageState, changed: () => void) {
    this.#edits = begins;
    this.#cache = begins;
    this.#changed = changed;
  }

  start(): void {
    void this.#look();
    this.#timer = setInterval(() => void this.#look(), ROOM_EVERY_MS);
  }

  end(): void {
    clearInterval(this.#timer);
  }

  /** How the last write of edits, or of what is only cached, ended. */
  wrote(what: 'edits' | 'cache', state: StorageState): void {
    const before = this.state();
    // That everything was stored again is known from `cleared` alone: a write that failed says only that it was not kept.
    const known = state === 'evicted' ? 'unavailable' : state;
    if (what === 'edits') this.#edits = known;
    else this.#cache = known;
    if (this.state() !== before) this.#changed();
  }

  /** The browser took everything away: under the page, and the waiting edits were stored again, or before it was opened. */
  cleared(): void {
    this.#evicted = true;
    this.#changed();
  }

  state(): SyncStatus['storage'] {
    if (this.#edits !== 'ok') return this.#edits;
    if (this.#cache === 'full') return 'tight';
    return this.#evicted ? 'evicted' : this.#cache;
  }

  async #look(): Promise<void> {
    const { quota, usage } = (await self.navigator.storage?.estimate?.().catch(() => null)) ?? {};
    if (quota === undefined || usage === undefined || this.#edits !== 'ok') return;
    if (quota - usage < ROOM_BYTES_MIN) this.wrote('cache', 'full');
    else if (this.#cache === 'full') this.wrote('cache', 'ok');
  }
}
