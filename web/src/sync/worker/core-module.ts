// The WebAssembly module and its border (wasm/exports.cpp): loads the file, copies bytes in and out, names the events. The only file that
// touches the module's memory. Memory may grow in any call, so views are made anew after each.
import moduleUrl from '../syncstore.wasm?url';
import type { CoreConfig, CoreError, CoreModule, CoreSession, Effect } from './core-session';

interface Exports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  ss_allocate(size: number): number;
  ss_free(pointer: number): void;
  ss_open(bytes: number, size: number, generation: number, seedHigh: number, seedLow: number): number;
  ss_close(handle: number): void;
  ss_bytes(handle: number, event: number, bytes: number, size: number, now: number): number;
  ss_event(handle: number, event: number, number: number, now: number): number;
  ss_edit(handle: number, entry: number, all: number, bytes: number, size: number, now: number): number;
  ss_open_page(handle: number, page: number, bytes: number, size: number, now: number): number;
  ss_watch(handle: number, watch: number, bytes: number, size: number, now: number): number;
  ss_output(): number;
}

const BYTES_EVENT = { restoreCache: 1, restoreEntry: 2, restoreKept: 3, ticket: 4, socketMessage: 5, exchangeAnswered: 6 } as const;
const EVENT = {
  start: 1, stop: 2, ticketFailed: 3, socketOpened: 4, socketClosed: 5, exchangeFailed: 6, timer: 7, networkOnline: 8,
  networkOffline: 9, queueWritten: 10, queueNotWritten: 11, cacheWritten: 12, cacheNotWritten: 13, discard: 14, retryNow: 15,
  signedIn: 16, refresh: 17, closePage: 18, releasePage: 19, unwatch: 20, takeEffects: 21,
} as const;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

class WasmSession implements CoreSession {
  readonly #wasm: Exports;
  readonly #handle: number;

  constructor(wasm: Exports, config: CoreConfig) {
    this.#wasm = wasm;
    const seed = crypto.getRandomValues(new Uint32Array(2));
    const names = encoder.encode(`${config.store}\n${config.user}\n${config.client}`);
    this.#handle = this.#lend(names, (pointer, size) =>
      wasm.ss_open(pointer, size, config.generation, seed[0] ?? 0, seed[1] ?? 0),
    );
    if (this.#handle === 0) throw new Error('the session could not be opened');
  }

  restoreCache(frames: Uint8Array): void {
    this.#bytes(BYTES_EVENT.restoreCache, frames);
  }
  restoreEntry(bytes: Uint8Array): boolean {
    return this.#bytes(BYTES_EVENT.restoreEntry, bytes) === 0;
  }
  restoreKept(bytes: Uint8Array): void {
    this.#bytes(BYTES_EVENT.restoreKept, bytes);
  }
  start(): void {
    this.#event(EVENT.start);
  }
  stop(): void {
    this.#event(EVENT.stop);
  }
  ticket(ticket: string): void {
    this.#bytes(BYTES_EVENT.ticket, encoder.encode(ticket));
  }
  ticketFailed(httpStatus: number): void {
    this.#event(EVENT.ticketFailed, httpStatus);
  }
  socketOpened(): void {
    this.#event(EVENT.socketOpened);
  }
  socketMessage(frame: Uint8Array): void {
    this.#bytes(BYTES_EVENT.socketMessage, frame);
  }
  socketClosed(code: number): void {
    this.#event(EVENT.socketClosed, code);
  }
  exchangeAnswered(frames: Uint8Array): void {
    this.#bytes(BYTES_EVENT.exchangeAnswered, frames);
  }
  exchangeFailed(httpStatus: number): void {
    this.#event(EVENT.exchangeFailed, httpStatus);
  }
  timer(): void {
    this.#event(EVENT.timer);
  }
  networkHint(online: boolean): void {
    this.#event(online ? EVENT.networkOnline : EVENT.networkOffline);
  }
  queueWritten(write: number, ok: boolean): void {
    this.#event(ok ? EVENT.queueWritten : EVENT.queueNotWritten, write);
  }
  cacheWritten(write: number, ok: boolean): void {
    this.#event(ok ? EVENT.cacheWritten : EVENT.cacheNotWritten, write);
  }
  edit(mutation: string, ops: string, all: boolean): CoreError | null {
    return this.#edit(0, `${mutation}\n${ops}`, all);
  }
  discard(entry: number): CoreError | null {
    return this.#answer(this.#event(EVENT.discard, entry));
  }
  sendAgain(entry: number, ops: string | null): CoreError | null {
    // The core gives the entry a new id itself.
    return this.#edit(entry, `${NIL}\n${ops ?? ''}`, false);
  }
  retryNow(): void {
    this.#event(EVENT.retryNow);
  }
  signedIn(): void {
    this.#event(EVENT.signedIn);
  }
  refresh(): void {
    this.#event(EVENT.refresh);
  }
  openPage(page: number, spec: string): CoreError | null {
    return this.#answer(
      this.#lend(encoder.encode(spec), (pointer, size) =>
        this.#wasm.ss_open_page(this.#handle, page, pointer, size, Date.now()),
      ),
    );
  }
  closePage(page: number): void {
    this.#event(EVENT.closePage, page);
  }
  releasePage(page: number): void {
    this.#event(EVENT.releasePage, page);
  }
  watch(watch: number, collection: string, id: string | null): CoreError | null {
    return this.#answer(
      this.#lend(encoder.encode(`${collection}\n${id ?? ''}`), (pointer, size) =>
        this.#wasm.ss_watch(this.#handle, watch, pointer, size, Date.now()),
      ),
    );
  }
  unwatch(watch: number): void {
    this.#event(EVENT.unwatch, watch);
  }

  takeEffects(): Effect[] {
    this.#event(EVENT.takeEffects);
    return unpackEffects(this.#output());
  }

  #edit(entry: number, text: string, all: boolean): CoreError | null {
    return this.#answer(
      this.#lend(encoder.encode(text), (pointer, size) =>
        this.#wasm.ss_edit(this.#handle, entry, all ? 1 : 0, pointer, size, Date.now()),
      ),
    );
  }

  #event(event: number, number = 0): number {
    return this.#wasm.ss_event(this.#handle, event, number, Date.now());
  }

  #bytes(event: number, bytes: Uint8Array): number {
    return this.#lend(bytes, (pointer, size) => this.#wasm.ss_bytes(this.#handle, event, pointer, size, Date.now()));
  }

  #lend(bytes: Uint8Array, use: (pointer: number, size: number) => number): number {
    const pointer = this.#wasm.ss_allocate(bytes.length);
    if (pointer === 0) throw new Error('out of memory');
    new Uint8Array(this.#wasm.memory.buffer, pointer, bytes.length).set(bytes);
    const result = use(pointer, bytes.length);
    this.#wasm.ss_free(pointer);
    return result;
  }

  #output(): Uint8Array<ArrayBuffer> {
    const pointer = this.#wasm.ss_output();
    const size = new DataView(this.#wasm.memory.buffer).getUint32(pointer, true);
    return new Uint8Array(this.#wasm.memory.buffer, pointer + 4, size).slice();
  }

  #answer(result: number): CoreError | null {
    if (result === 0) return null;
    const [code = 'internal', field = '', message = ''] = decoder.decode(this.#output()).split('\n');
    return { code, message: field ? `${field}: ${message}` : message };
  }
}

const NIL = '00000000-0000-0000-0000-000000000000';

/** Layout: core/session/client_effects.hpp, pack_effects. */
export function unpackEffects(packed: Uint8Array<ArrayBuffer>): Effect[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const effects: Effect[] = [];
  let at = 0;
  const part = (): Uint8Array<ArrayBuffer> => {
    const size = view.getUint32(at, true);
    const bytes = packed.slice(at + 4, at + 4 + size);
    at += 4 + size;
    return bytes;
  };
  while (at < packed.length) {
    const kind = view.getUint8(at);
    const number = Number(view.getBigUint64(at + 1, true));
    at += 9;
    const text = decoder.decode(part());
    effects.push({ kind, number, text, bytes: part() });
  }
  return effects;
}

export async function loadCoreModule(url: string = moduleUrl): Promise<CoreModule> {
  const imports = {
    env: { emscripten_notify_memory_growth: () => undefined },
    wasi_snapshot_preview1: {
      proc_exit: (code: number) => {
        throw new WebAssembly.RuntimeError(`exit ${code}`);
      },
    },
  };
  const { instance } = await WebAssembly.instantiateStreaming(fetch(url), imports);
  const wasm = instance.exports as unknown as Exports;
  wasm._initialize();
  return { open: (config) => new WasmSession(wasm, config) };
}
