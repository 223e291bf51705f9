// A live page or record as React reads it: an immutable snapshot that changes identity only when something shown changed; rows keep
// their identity while they do not change, so only changed rows render. Opened by the first reader, closed after the last.
import type { LivePage, PageSpec, QueueEntry, QueueList, Row } from './types';
import type { PagePatch, QueuePatch } from './worker-protocol';

/** Leaving a screen and coming back at once must not close and open. */
const CLOSE_MS = 250;

const NO_ROW: Row = {
  id: '', fields: {}, marks: {}, reasons: {}, conflicts: {}, version: 0, changedAt: null, changedBy: null, foreign: {},
  removed: null, placed: true,
};

/** The core tells a removed row by its id alone: what was shown stays, greyed. */
function completed(row: Row, before: Row | null | undefined): Row {
  return row.removed ? { ...NO_ROW, ...before, ...row } : row;
}

/** `release` shows the exact page: of a page's feed only. */
export interface FeedActions {
  open(): void;
  close(): void;
  release(): void;
}

abstract class Feed<T> {
  readonly key: string;
  protected readonly actions: FeedActions;
  readonly #listeners = new Set<() => void>();
  #closing: ReturnType<typeof setTimeout> | undefined;
  #opened = false;
  protected snapshot: T;

  constructor(key: string, actions: FeedActions, initial: T) {
    this.key = key;
    this.actions = actions;
    this.snapshot = initial;
  }

  readonly get = (): T => this.snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    clearTimeout(this.#closing);
    if (!this.#opened) {
      this.#opened = true;
      this.actions.open();
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#closing = setTimeout(() => {
        if (this.#listeners.size > 0) return;
        this.#opened = false;
        this.actions.close();
      }, CLOSE_MS);
    };
  };

  protected publish(next: T): void {
    this.snapshot = next;
    for (const listener of [...this.#listeners]) listener();
  }

  abstract reset(): void;
}

export class PageFeed extends Feed<LivePage> {
  readonly #spec: PageSpec;
  #rows = new Map<string, Row>();
  #order: string[] = [];

  constructor(key: string, spec: PageSpec, actions: FeedActions) {
    super(key, actions, PageFeed.#loading(spec, actions));
    this.#spec = spec;
  }

  static #loading(spec: PageSpec, actions: FeedActions): LivePage {
    return {
      state: 'loading',
      rows: [],
      total: 0,
      page: spec.page,
      pages: 1,
      size: spec.size,
      clamped: false,
      entered: 0,
      moved: 0,
      partial: null,
      release: actions.release,
    };
  }

  apply(patch: PagePatch): void {
    for (const row of patch.rows) this.#rows.set(row.id, completed(row, this.#rows.get(row.id)));
    if (patch.order) {
      this.#order = patch.order;
      const kept = new Set(patch.order);
      for (const id of this.#rows.keys()) if (!kept.has(id)) this.#rows.delete(id);
    }
    const rows = this.#order.flatMap((id) => this.#rows.get(id) ?? []);
    this.publish({
      state: patch.state,
      rows: patch.rows.length === 0 && !patch.order ? this.snapshot.rows : rows,
      total: patch.total,
      page: patch.page,
      pages: patch.pages,
      size: patch.size,
      clamped: patch.clamped,
      entered: patch.entered,
      moved: patch.moved,
      partial: patch.partial ?? null,
      release: this.actions.release,
    });
  }

  reset(): void {
    this.#rows.clear();
    this.#order = [];
    this.publish(PageFeed.#loading(this.#spec, this.actions));
  }
}

export class RecordFeed extends Feed<Row | null | undefined> {
  constructor(key: string, actions: FeedActions) {
    super(key, actions, undefined);
  }

  #notHere = false;

  readonly isNotHere = (): boolean => this.#notHere;

  apply(row: Row | null | undefined | 'unknown'): void {
    this.#notHere = row === 'unknown';
    this.publish(row === 'unknown' ? null : row ? completed(row, this.snapshot) : row);
  }

  reset(): void {
    this.#notHere = false;
    this.publish(undefined);
  }
}

const NO_LIST: QueueList = { state: 'loading', total: 0, from: 0, entries: [] };

export class QueueFeed extends Feed<QueueList> {
  #entries = new Map<number, QueueEntry>();
  #order: number[] = [];

  constructor(key: string, actions: FeedActions) {
    super(key, actions, NO_LIST);
  }

  apply(patch: QueuePatch): void {
    for (const entry of patch.entries ?? []) this.#entries.set(entry.number, entry);
    if (patch.order) {
      this.#order = patch.order;
      const kept = new Set(patch.order);
      for (const number of this.#entries.keys()) if (!kept.has(number)) this.#entries.delete(number);
    }
    this.publish({ state: 'ready', total: patch.total, from: patch.from, entries: this.#order.flatMap((number) => this.#entries.get(number) ?? []) });
  }

  reset(): void {
    this.#entries.clear();
    this.#order = [];
    this.publish(NO_LIST);
  }
}
