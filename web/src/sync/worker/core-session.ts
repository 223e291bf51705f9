// One store's session in the WebAssembly module, as the worker sees it: events in, effects out. Implemented by core-module.ts; names
// follow core/session/client_session.hpp.
import type { EditOp, PageSpec, QueueEntry } from '../types';

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
  queueRead: 20,
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

/** core/session/client_commands.hpp */
export type Command =
  | { cmd: 'edit'; mutation: string; mode: 'each' | 'all'; ops: EditOp[] }
  | { cmd: 'discard'; number: number }
  | { cmd: 'sendAgain'; number: number; ops?: EditOp[] }
  | { cmd: 'openQueue'; window: number; state: QueueEntry['state']; from: number; size: number }
  | { cmd: 'closeQueue'; window: number }
  | { cmd: 'readQueue'; request: number; after: number }
  | { cmd: 'retryNow' | 'refresh' | 'signedIn' }
  | { cmd: 'openPage'; page: number; spec: PageSpec }
  | { cmd: 'closePage' | 'releasePage'; page: number }
  | { cmd: 'watch'; watch: number; collection: string; id: string }
  | { cmd: 'unwatch'; watch: number };

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

  /** null = taken. An edit that cannot be made is told as the effect `rejected`. */
  command(command: Command): CoreError | null;

  takeEffects(): Effect[];
  /** Frees the session's memory; nothing may be called after. */
  close(): void;
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
  /** What its memory takes of this machine; it grows with the rows and never shrinks. */
  bytes(): number;
}
