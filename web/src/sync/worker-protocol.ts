// What a page and its worker tell each other. Every tab has its own dedicated worker; the worker of the leading tab owns socket, replica
// and storage, the others pass these same messages on to it. Plain data only (structured clone).
import type { EditAnswer, EditOp, PageSpec, QueueEntry, Row, SyncStatus } from './types';

export interface WorkerUser {
  id: string;
  name: string;
}

/** What this browser is known to have kept for this person when the page was opened. */
export interface KeptHere {
  before: boolean;
  edits: number;
}

/** A live page or record that a tab shows; `key` is unique inside the tab. */
export type PageMessage =
  | { t: 'init'; tab: string; user: WorkerUser; secure: boolean; visible: boolean; store: string | null; channel: string; kept: KeptHere }
  | { t: 'open-page'; key: string; store: string; spec: PageSpec }
  | { t: 'open-record'; key: string; store: string; collection: string; id: string | null }
  | { t: 'open-queue'; key: string; store: string; state: QueueEntry['state']; from: number; size: number }
  | { t: 'release'; key: string }
  | { t: 'close'; key: string }
  | { t: 'edit'; store: string; mutation: string; ops: EditOp[]; all: boolean; undoable: boolean; madeAt: number }
  | { t: 'undo'; request: string }
  | { t: 'redo'; request: string }
  | { t: 'discard'; request: string; store: string; number: number }
  | { t: 'send-again'; request: string; store: string; number: number; mutation: string; ops: EditOp[] | null }
  | { t: 'export-queue'; request: string }
  | { t: 'retry-now' }
  | { t: 'refresh'; store: string }
  | { t: 'current-store'; store: string | null }
  | { t: 'signed-in' }
  | { t: 'online'; online: boolean }
  | { t: 'visible'; visible: boolean }
  /** Ends everything of this user in this tab; `erase`: cache and queue too. */
  | { t: 'sign-out'; request: string; erase: boolean };

export type OpenMessage = Extract<PageMessage, { t: 'open-page' | 'open-record' | 'open-queue' }>;

export type WorkerMessage =
  | { t: 'ready' }
  | { t: 'status'; status: SyncStatus }
  | { t: 'page'; key: string; page: PagePatch }
  /** unknown: not in this browser, and the server cannot be asked. */
  | { t: 'record'; key: string; row: Row | null | undefined | 'unknown' }
  | { t: 'queue'; key: string; list: QueuePatch }
  /** A piece of an export: entries as JSON, separated by commas. `first` begins it (again). */
  | { t: 'exported'; request: string; first: boolean; text: string }
  /** The edit is durable in this browser: the page stops posting it again. */
  | { t: 'queued'; mutation: string }
  | { t: 'answered'; mutation: string; answer: EditAnswer }
  /** The edit could not be taken at all (queue full, storage full, module failed). */
  | { t: 'rejected'; mutation: string; code: string; message: string }
  | { t: 'reply'; request: string; ok: boolean; message?: string }
  /** The credentials are gone; the page asks the person to sign in, queue and cache stay. */
  | { t: 'needs-sign-in' }
  /** The module failed: the page ends this worker, starts another and opens everything again. */
  | { t: 'failed'; message: string };

/** Only what differs, as for pages; entries by number. */
export interface QueuePatch {
  from: number;
  total: number;
  order?: number[];
  entries?: QueueEntry[];
}

/** Only what differs from what this key was told before: `order` when the shown order changed, `rows` that changed. */
export interface PagePatch {
  state: 'loading' | 'ready';
  order: string[] | null;
  rows: Row[];
  total: number;
  page: number;
  pages: number;
  size: number;
  clamped: boolean;
  entered: number;
  moved: number;
  partial?: { known: number; total: number; asOf: number };
}
