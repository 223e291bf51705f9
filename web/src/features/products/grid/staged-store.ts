// Where staged changes are kept: in this browser, per person and store, until they are sent or taken back. Every window of the person
// reads and writes the same ones.
import { useSyncExternalStore } from 'react';
import { stagedKey } from '../../../ui/staged-note';
import { countStaged, readStaged, type Staged } from './staging';

/** Some pages full of changes; far below what the browser's storage holds. */
export const STAGED_MAX_CELLS = 5_000;

export class StagedStore {
  readonly #key: string;
  readonly #listeners = new Set<() => void>();
  #text: string | null = null;
  #staged: Staged = {};
  /** False when the browser keeps nothing: what is staged lasts as long as the page. */
  kept = true;

  constructor(user: string, store: string) {
    this.#key = stagedKey(user, store);
    this.#read();
  }

  /** Another window may have written since. */
  #read(): void {
    if (!this.kept) return;
    try {
      const text = window.localStorage.getItem(this.#key);
      if (text === this.#text) return;
      this.#text = text;
      this.#staged = readStaged(text);
    } catch {
      this.kept = false;
    }
  }

  #write(): void {
    if (!this.kept) return;
    try {
      this.#text = Object.keys(this.#staged).length > 0 ? JSON.stringify(this.#staged) : null;
      if (this.#text === null) window.localStorage.removeItem(this.#key);
      else window.localStorage.setItem(this.#key, this.#text);
    } catch {
      this.kept = false;
    }
  }

  readonly get = (): Staged => this.#staged;

  /** False when it would be more than can be staged: nothing is changed then. */
  update(change: (staged: Staged) => Staged): boolean {
    this.#read();
    const next = change(this.#staged);
    if (next === this.#staged) return true;
    if (countStaged(next) > Math.max(STAGED_MAX_CELLS, countStaged(this.#staged))) return false;
    this.#staged = next;
    this.#write();
    this.#tell();
    return true;
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  readonly #elsewhere = (event: StorageEvent): void => {
    if (event.key !== null && event.key !== this.#key) return;
    const before = this.#staged;
    this.#read();
    if (this.#staged !== before) this.#tell();
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    if (this.#listeners.size === 0) window.addEventListener('storage', this.#elsewhere);
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) window.removeEventListener('storage', this.#elsewhere);
    };
  };
}

const stores = new Map<string, StagedStore>();

/** The same one for as long as the page lives: answers to what was sent arrive after the screen was left, too. */
export function stagedStore(user: string, store: string): StagedStore {
  const key = JSON.stringify([user, store]);
  let found = stores.get(key);
  if (!found) {
    found = new StagedStore(user, store);
    stores.set(key, found);
  }
  return found;
}

export function useStaged(store: StagedStore): Staged {
  return useSyncExternalStore(store.subscribe, store.get);
}
