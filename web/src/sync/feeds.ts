// A live page or record as React reads it: an immutable snapshot that changes identity only when something shown changed; rows keep
// their identity while they do not change, so only changed rows render. Opened by the first reader, closed after the last.
import type { FieldMark, LivePage, PageSpec, Row } from './types';
import type { PagePatch } from './worker-protocol';

/** Leaving a screen and coming back at once must not close and open. */
const CLOSE_MS = 250;

export function savedKey(store: string, collection: string, id: string, field: string): string {
  return `${store}\n${collection}\n${id}\n${field}`;
}

interface FeedActions {
  open(): void;
  close(): void;
  release(): void;
}

abstract class Feed<T> {
  readonly key: string;
  protected readonly store: string;
  protected readonly collection: string;
  protected readonly saved: ReadonlyMap<string, number>;
  protected readonly actions: FeedActions;
  readonly #listeners = new Set<() => void>();
  #closing: ReturnType<typeof setTimeout> | undefined;
  #opened = false;
  protected snapshot: T;

  constructor(
    key: string,
    store: string,
    collection: string,
    saved: ReadonlyMap<string, number>,
    actions: FeedActions,
    initial: T,
  ) {
    this.key = key;
    this.store = store;
    this.collection = collection;
    this.saved = saved;
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

  /** The row with "saved" beside the fields that were just confirmed. */
  protected withSaved(row: Row): Row {
    let marks: Record<string, FieldMark> | null = null;
    const now = Date.now();
    for (const field of Object.keys(row.fields)) {
      if (row.marks[field]) continue;
      const until = this.saved.get(savedKey(this.store, this.collection, row.id, field));
      if (until !== undefined && until > now) {
        marks ??= { ...row.marks };
        marks[field] = 'saved';
      }
    }
    return marks ? { ...row, marks } : row;
  }

  protected touches(keys: string[], id: string): boolean {
    const prefix = savedKey(this.store, this.collection, id, '');
    return keys.some((key) => key.startsWith(prefix));
  }

  abstract marksChanged(keys: string[]): void;
  abstract reset(): void;
}

export class PageFeed extends Feed<LivePage> {
  readonly #spec: PageSpec;
  /** As told by the worker, without "saved". */
  #rows = new Map<string, Row>();
  #order: string[] = [];

  constructor(key: string, store: string, spec: PageSpec, saved: ReadonlyMap<string, number>, actions: FeedActions) {
    super(key, store, spec.collection, saved, actions, PageFeed.#loading(spec, actions));
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
      release: actions.release,
    };
  }

  apply(patch: PagePatch): void {
    const shown = new Map(this.snapshot.rows.map((row) => [row.id, row]));
    const changed = new Set<string>();
    for (const row of patch.rows) {
      this.#rows.set(row.id, row);
      changed.add(row.id);
    }
    if (patch.order) {
      this.#order = patch.order;
      const kept = new Set(patch.order);
      for (const id of this.#rows.keys()) if (!kept.has(id)) this.#rows.delete(id);
    }
    const rows: Row[] = [];
    for (const id of this.#order) {
      const row = this.#rows.get(id);
      if (!row) continue;
      const before = shown.get(id);
      rows.push(before && !changed.has(id) ? before : this.withSaved(row));
    }
    this.publish({
      state: patch.state,
      rows: changed.size === 0 && !patch.order ? this.snapshot.rows : rows,
      total: patch.total,
      page: patch.page,
      pages: patch.pages,
      size: patch.size,
      clamped: patch.clamped,
      entered: patch.entered,
      moved: patch.moved,
      release: this.actions.release,
    });
  }

  marksChanged(keys: string[]): void {
    if (!this.#order.some((id) => this.touches(keys, id))) return;
    const rows = this.snapshot.rows.map((row) => {
      const told = this.#rows.get(row.id);
      return told && this.touches(keys, row.id) ? this.withSaved(told) : row;
    });
    this.publish({ ...this.snapshot, rows });
  }

  reset(): void {
    this.#rows.clear();
    this.#order = [];
    this.publish(PageFeed.#loading(this.#spec, this.actions));
  }
}

export class RecordFeed extends Feed<Row | null | undefined> {
  #row: Row | null | undefined;

  constructor(key: string, store: string, collection: string, saved: ReadonlyMap<string, number>, actions: FeedActions) {
    super(key, store, collection, saved, actions, undefined);
  }

  apply(row: Row | null | undefined): void {
    this.#row = row;
    this.publish(row ? this.withSaved(row) : row);
  }

  marksChanged(keys: string[]): void {
    if (this.#row && this.touches(keys, this.#row.id)) this.publish(this.withSaved(this.#row));
  }

  reset(): void {
    this.#row = undefined;
    this.publish(undefined);
  }
}
