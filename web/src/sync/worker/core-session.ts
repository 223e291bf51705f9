// One store's session in the WebAssembly module, as the worker sees it: events in, effects out. Implemented by core-module.ts; names
// follow core/session/client_session.hpp.

export const EFFECT = {
  fetchTicket: 1,
  connect: 2,
  send: 3,
  close: 4,
  exchange: 5,
  setTimer: 6,
  writeEntry: 7,
  eraseEntry: 8,
  commitQueue: 9,
  appendCache: 10,
  replaceCache: 11,
  writeKept: 12,
  status: 13,
  page: 14,
  record: 15,
  queue: 16,
  queued: 17,
  answered: 18,
  rejected: 19,
} as const;

export interface Effect {
  kind: number;
  number: number;
  text: string;
  /** A copy: the module's memory may move. */
  bytes: Uint8Array<ArrayBuffer>;
}

export interface CoreError {
  code: string;
  message: string;
}

export interface CoreSession {
  restoreCache(frames: Uint8Array): void;
  /** false: damaged, nothing restored. */
  restoreEntry(bytes: Uint8Array): boolean;
  restoreKept(bytes: Uint8Array): void;

  start(): void;
  stop(): void;
  ticket(ticket: string): void;
  ticketFailed(httpStatus: number): void;
  socketOpened(): void;
  socketMessage(frame: Uint8Array): void;
  socketClosed(code: number): void;
  exchangeAnswered(frames: Uint8Array): void;
  exchangeFailed(httpStatus: number): void;
  timer(): void;
  networkHint(online: boolean): void;
  queueWritten(write: number, ok: boolean): void;
  cacheWritten(write: number, ok: boolean): void;

  /** `ops`: JSON array of EditOp. null = taken. */
  edit(mutation: string, ops: string, all: boolean): CoreError | null;
  discard(entry: number): CoreError | null;
  /** `ops` null: the entry's own again. */
  sendAgain(entry: number, ops: string | null): CoreError | null;
  retryNow(): void;
  signedIn(): void;
  refresh(): void;
  /** `spec`: JSON of PageSpec. */
  openPage(page: number, spec: string): CoreError | null;
  closePage(page: number): void;
  releasePage(page: number): void;
  /** `id` null: the record of a singleton collection. */
  watch(watch: number, collection: string, id: string | null): CoreError | null;
  unwatch(watch: number): void;

  takeEffects(): Effect[];
}

export interface CoreConfig {
  store: string;
  user: string;
  client: string;
  generation: number;
}

/** The module; a trap in it throws WebAssembly.RuntimeError and ends the worker. */
export interface CoreModule {
  open(config: CoreConfig): CoreSession;
}
