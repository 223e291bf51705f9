// The contract between the sync room and the screens. Screens use only what is exported from '../../sync' (index.ts):
// these types, the hooks and the actions. Everything is live: a hook's answer changes when data, queue or connection change.
// Ids are strings (13 characters), money and decimals are decimal strings ("9.5"), counts numbers, times ms since 1970, flags booleans,
// absent null. No screen sorts or filters records: pages come sorted and filtered from the core.

/** Objects are of fields of the kind json. */
export type FieldValue = string | number | boolean | null | string[] | { [name: string]: unknown };

/** live: socket open and caught up. polling: no socket, HTTP every 30 s. sign-in: credentials gone, queue kept. update: app too old. */
export type ConnectionState = 'starting' | 'live' | 'reconnecting' | 'polling' | 'offline' | 'sign-in' | 'update';

/** What stands beside a field. `saved` lasts 2 s after the receipt (the sync room times it). */
export type FieldMark = 'clean' | 'saving' | 'saved' | 'queued' | 'refused' | 'conflict';

export interface SyncStatus {
  connection: ConnectionState;
  /** When the connection was lost; null while live. */
  offlineSince: number | null;
  /** Edits of this user in this browser that the server has not answered, all stores. */
  waiting: number;
  /** Of this page: made, and not yet known to be kept by this browser. */
  unstored: number;
  /** Refused edits that wait for a decision. */
  parked: number;
  /** The same by store, where there are any. */
  queues: QueueCount[];
  /** Open conflicts of the current store. */
  conflicts: number;
  lastChangeAt: number | null;
  /** Own saves: form to receipt, ms, of this page's life; null before the first. */
  saveP50Ms: number | null;
  saveP95Ms: number | null;
  saves: number;
  nextRetryAt: number | null;
  /** Whether this tab's data was read from the browser's cache and when it was last in step. */
  cachedAsOf: number | null;
  /** What this browser cannot do here, in words for people ("Works only while connected: ..."), empty when all is well. */
  missing: string[];
  /** Bytes of the module's memory, all stores and tabs of this person; null until it has started. */
  moduleBytes: number | null;
  /** tight: edits are kept, what is only cached is not. full: edits are taken while connected only. unavailable: they last as long as this
   * page. evicted: the browser cleared what it kept. */
  storage: 'ok' | 'tight' | 'full' | 'evicted' | 'unavailable';
  /** Edits that waited here and went with what the browser cleared while no page was open. */
  lostEdits: number;
  role: 'none' | 'viewer' | 'editor' | 'admin';
  /** Times the module or the base had to be rebuilt, resynchronisations after a digest difference. */
  restarts: number;
  resyncs: number;
  /** Of snapshots under way: rows that are here, and about how many there will be; 0 and 0 when all is here. */
  loadedRows: number;
  rowsToLoad: number;
  lastError: SyncError | null;
}

export interface QueueCount {
  store: string;
  waiting: number;
  /** Some of `waiting` may have reached the server already. */
  sent: number;
  parked: number;
}

export interface SyncError {
  code: string;
  message: string;
}

export interface RowConflict {
  /** Record id of the conflict. */
  id: string;
  mine: FieldValue;
  theirs: FieldValue;
  base: FieldValue;
  mineBy: string;
  mineAt: number | null;
  theirsBy: string;
  theirsAt: number | null;
}

export interface Row {
  id: string;
  /** By field name, as shown (base + own pending edits). */
  fields: Record<string, FieldValue>;
  /** Only fields whose mark is not `clean`. */
  marks: Record<string, FieldMark>;
  /** Reason per refused field. */
  reasons: Record<string, string>;
  /** Open conflicts by field name; key "" = about the whole record. */
  conflicts: Record<string, RowConflict>;
  version: number;
  changedAt: number | null;
  changedBy: string | null;
  /** By field: when and by whom the last foreign change arrived since the page was opened. */
  foreign: Record<string, { at: number; by: string | null }>;
  /** going: the own removal waits for the server's answer. */
  removed: { by: string | null; at: number | null; going?: boolean } | null;
  /** false: made here and not placed by the server's order yet. */
  placed: boolean;
  /** Edits of this record that the server refused. */
  refused?: QueueEntry[];
}

/** A text: equal to it, of lists: with it among the elements; '' = nothing there. Else all of what is named must hold. */
export type FilterValue = string | { min?: string; max?: string; not?: string; present?: true };

export interface PageSpec {
  collection: string;
  page: number;
  size: number;
  /** "-sales_amount" */
  sort: string;
  /** field -> wanted value, e.g. { status: 'Active' } */
  filter: Record<string, FilterValue>;
  query: string;
}

export interface LivePage {
  state: 'loading' | 'ready';
  rows: Row[];
  total: number;
  page: number;
  pages: number;
  size: number;
  /** The asked page no longer exists; `page` is the last one. */
  clamped: boolean;
  /** Rows that belong to this page now and are not shown ("3 new"), and shown rows that sort elsewhere now ("2 moved"). */
  entered: number;
  moved: number;
  /** The collection is not here as a whole and the server cannot be asked: what is shown is of the `known` records, as of `asOf` (ms). The
      collection has `total`, 0 when that was never told. Null: the page is exact. */
  partial: { known: number; total: number; asOf: number } | null;
  /** Show the exact page. */
  release(): void;
}

/** One operation by field names; `from` is filled in by the core from what is shown. */
export type EditOp =
  // from: what the person saw. The worker's own data may be older or empty for a moment, after a change of the leading tab.
  | { op: 'set'; collection: string; id: string; field: string; to: FieldValue; from?: FieldValue }
  | { op: 'add'; collection: string; id: string; field: string; amount: number; min?: number }
  // Without an id where the collection's key fields say it ("sales": its day).
  | { op: 'insert'; collection: string; id?: string; fields: Record<string, FieldValue> }
  | { op: 'list_add' | 'list_remove'; collection: string; id: string; field: string; value: string }
  | { op: 'remove'; collection: string; id: string };

export interface EditOptions {
  /** 'each' (default) or 'all' */
  mode?: 'each' | 'all';
  /** Can be undone with Ctrl+Z (default true). */
  undoable?: boolean;
}

/** Settles when the edit is durable in this browser (`queued`), and when the server answered. */
export interface EditHandle {
  mutation: string;
  queued: Promise<void>;
  answered: Promise<EditAnswer>;
  /** Settles only when the edit was not taken at all, because nobody can keep it: what was typed has to stay. */
  notTaken: Promise<SyncError>;
}

export interface EditAnswer {
  ops: { status: 'applied' | 'already' | 'conflict' | 'refused' | 'held'; code?: string; field?: string; message?: string; conflict?: string }[];
}

/** A piece of what waits in one store, oldest first; `total` is exact. */
export interface QueueList {
  state: 'loading' | 'ready';
  total: number;
  from: number;
  entries: QueueEntry[];
}

export interface QueueEntry {
  number: number;
  mutation: string;
  state: 'waiting' | 'sent' | 'acked' | 'parked';
  madeAt: number;
  ops: {
    op: 'set' | 'add' | 'insert' | 'remove' | 'list_add' | 'list_remove';
    collection: string;
    id: string;
    /** Title or name of the record as shown, for people. */
    recordTitle: string;
    field?: string;
    from?: FieldValue;
    to?: FieldValue;
    amount?: number;
    fields?: Record<string, FieldValue>;
    status?: 'applied' | 'already' | 'conflict' | 'refused' | 'held';
    code?: string;
    message?: string;
  }[];
}

export interface StoreAccess {
  id: string;
  name: string;
  role: 'viewer' | 'editor' | 'admin';
  currency: string;
  currencySymbol: string;
  isActive: boolean;
}

export interface Session {
  state: 'unknown' | 'signed-out' | 'signed-in' | 'offline-known';
  userId: string | null;
  userName: string | null;
  /** May create stores (admin of all stores). */
  installationAdmin: boolean;
  stores: StoreAccess[];
  /** Where pictures are loaded from; '' = from this server. */
  pictureBase: string;
  /** Nobody is known here and the server did not answer: signing in needs it. */
  unreachable?: boolean;
}

/** Errors of HTTP calls, already in words. */
export interface ApiError {
  status: number;
  code: string;
  detail: string;
  errors: { field: string; code: string; message: string; [key: string]: unknown }[];
  retryAfterS: number | null;
}

export type ApiResult<T> = { ok: true; data: T; body: Record<string, unknown> } | { ok: false; error: ApiError };

/*
Exports of index.ts:

  // hooks
  useSession(): Session
  useSyncStatus(): SyncStatus
  usePage(store: string, spec: PageSpec | null): LivePage
  usePages(store, specs): readonly LivePage[]                                                 // always exact, for figures and charts
  useRecord(store: string, collection: string, id: string | null): Row | null | undefined    // undefined = loading, null = none
  useNotHere(store: string, collection: string, id: string | null): boolean                  // the record may exist: this browser does not have it
  useSingleton(store: string, collection: 'store_info' | 'dashboard'): Row | null | undefined
  useWaitingHere(): { own: number; others: number }                                           // edits kept here, also of people not signed in
  useQueueList(store, state, from, size): QueueList                                           // of one store and state, oldest first

  // actions
  edit(store: string, ops: EditOp[], options?: EditOptions): EditHandle      // makes the mutation, shows it at once
  newRecordId(): string
  readPage(store, spec): Promise<LivePage>   readAll(store, spec): Promise<{ rows, total }>   // once, for an action; not followed
  undo(): Promise<boolean>   redo(): Promise<boolean>                        // own edits of this page's life; false = nothing to undo
  discardEntry(store, number): Promise<void>
  sendAgain(store, number, ops?: EditOp[]): Promise<void>
  exportQueue(): Promise<Blob>                                               // JSON of every waiting and parked edit
  retryNow(): void          refresh(store): void                             // reconnect / full resynchronisation
  setCurrentStore(store: string | null): void                                // remembered in this browser, restored at start
  currentStore(): string | null

  // session and HTTP
  signIn(user, password): Promise<ApiResult<Session>>
  signOut(choice: 'ask' | 'discard'): Promise<{ unsent: number } | null>     // 'ask' answers unsent > 0 without signing out
  setUp(token, user, password): Promise<ApiResult<Session>>
  api<T>(method, path, body?: unknown | Blob, headers?): Promise<ApiResult<T>>   // JSON, CSRF handled
  upload<T>(method, path, file, onProgress): Promise<ApiResult<T>>               // a file, with how much of it is sent
  start(): void                                                              // once, by app/main
*/
