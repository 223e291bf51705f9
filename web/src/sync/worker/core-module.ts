// The WebAssembly module and its border (wasm/exports.cpp): loads the file, copies bytes in and out, names the events. The only file that
// touches the module's memory. Memory may grow in any call, so views are made anew after each.
import moduleUrl from '../syncstore.wasm?url';
import type { Command, CoreConfig, CoreError, CoreModule, CoreSession, Effect } from './core-session';

interface Exports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  ss_input(size: number): number;
  ss_open(size: number): number;
  ss_close(handle: number): void;
  ss_event(handle: number, event: number, number: number, size: number, now: number): number;
  ss_command(handle: number, size: number, now: number): number;
  ss_effects(handle: number): number;
  ss_output(): number;
}

/** core/session/client_events.hpp */
const EVENT = {
  restoreCache: 1,
  restoreEntry: 2,
  restoreKept: 3,
  start: 4,
  stop: 5,
  ticket: 6,
  ticketFailed: 7,
  socketOpened: 8,
  socketMessage: 9,
  socketClosed: 10,
  exchangeAnswered: 11,
  exchangeFailed: 12,
  timer: 13,
  networkHint: 14,
  queueWritten: 15,
  queueFailed: 16,
  cacheWritten: 17,
  cacheFailed: 18,
} as const;

const NO_BYTES = new Uint8Array(0);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

class WasmSession implements CoreSession {
  readonly #wasm: Exports;
  readonly #handle: number;

  constructor(wasm: Exports, config: CoreConfig) {
    this.#wasm = wasm;
    const seed = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    this.#handle = wasm.ss_open(this.#lend(encoder.encode(JSON.stringify({ ...config, seed }))));
    if (this.#handle === 0) throw new Error('the session could not be opened');
  }

  restoreCache(frames: Uint8Array): void {
    this.#event(EVENT.restoreCache, 0, frames);
  }
  restoreEntry(bytes: Uint8Array): boolean {
    return this.#event(EVENT.restoreEntry, 0, bytes);
  }
  restoreKept(bytes: Uint8Array): void {
    this.#event(EVENT.restoreKept, 0, bytes);
  }
  start(): void {
    this.#event(EVENT.start);
  }
  stop(): void {
    this.#event(EVENT.stop);
  }
  ticket(ticket: string): void {
    this.#event(EVENT.ticket, 0, encoder.encode(ticket));
  }
  ticketFailed(httpStatus: number): void {
    this.#event(EVENT.ticketFailed, httpStatus);
  }
  socketOpened(): void {
    this.#event(EVENT.socketOpened);
  }
  socketMessage(frame: Uint8Array): void {
    this.#event(EVENT.socketMessage, 0, frame);
  }
  socketClosed(code: number): void {
    this.#event(EVENT.socketClosed, code);
  }
  exchangeAnswered(frames: Uint8Array): void {
    this.#event(EVENT.exchangeAnswered, 0, frames);
  }
  exchangeFailed(httpStatus: number): void {
    this.#event(EVENT.exchangeFailed, httpStatus);
  }
  timer(): void {
    this.#event(EVENT.timer);
  }
  networkHint(online: boolean): void {
    this.#event(EVENT.networkHint, online ? 1 : 0);
  }
  queueWritten(write: number, ok: boolean): void {
    this.#event(ok ? EVENT.queueWritten : EVENT.queueFailed, write);
  }
  cacheWritten(write: number, ok: boolean): void {
    this.#event(ok ? EVENT.cacheWritten : EVENT.cacheFailed, write);
  }

  command(command: Command): CoreError | null {
    const size = this.#lend(encoder.encode(JSON.stringify(command)));
    const answered = this.#wasm.ss_command(this.#handle, size, Date.now());
    return answered === 0 ? null : (JSON.parse(decoder.decode(this.#output(answered))) as CoreError);
  }

  takeEffects(): Effect[] {
    return unpackEffects(this.#output(this.#wasm.ss_effects(this.#handle)));
  }

  close(): void {
    this.#wasm.ss_close(this.#handle);
  }

  #event(event: number, number = 0, bytes: Uint8Array = NO_BYTES): boolean {
    return this.#wasm.ss_event(this.#handle, event, number, this.#lend(bytes), Date.now()) === 1;
  }

  /** Puts the argument of the next call into the module; answers its size. */
  #lend(bytes: Uint8Array): number {
    const pointer = this.#wasm.ss_input(bytes.length);
    new Uint8Array(this.#wasm.memory.buffer, pointer, bytes.length).set(bytes);
    return bytes.length;
  }

  #output(size: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#wasm.memory.buffer, this.#wasm.ss_output(), size).slice();
  }
}

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
  return { open: (config) => new WasmSession(wasm, config), bytes: () => wasm.memory.buffer.byteLength };
}
