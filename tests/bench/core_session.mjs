// The browser's module without a browser: sessions through the exports of wasm/exports.cpp, the same calls as the web app's worker makes.
// No import of node, so that a page can load it too.
export const EVENT = { restoreCache: 1, restoreEntry: 2, start: 4, ticket: 6, socketOpened: 8, socketMessage: 9, cacheWritten: 17 };
export const EFFECT = { fetchTicket: 1, connect: 2, send: 3, close: 4, appendCache: 10, replaceCache: 11, status: 13, page: 14 };

const NONE = new Uint8Array(0);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export async function loadModule(bytes) {
  const imports = {
    env: { emscripten_notify_memory_growth: () => undefined },
    wasi_snapshot_preview1: { proc_exit: (code) => { throw new Error(`exit ${code}`); } },
  };
  const { instance } = await WebAssembly.instantiate(bytes, imports);
  instance.exports._initialize();
  return instance.exports;
}

export class CoreSession {
  constructor(wasm, config) {
    this.wasm = wasm;
    this.now = 1_750_000_000_000;
    this.handle = wasm.ss_open(this.#lend(encoder.encode(JSON.stringify({ ...config, seed: '00000000000000aa' }))));
    if (this.handle === 0) throw new Error('no session');
  }

  event(event, number = 0, bytes = NONE) {
    if (this.wasm.ss_event(this.handle, event, number, this.#lend(bytes), this.now) !== 1) throw new Error(`event ${event}`);
  }

  command(command) {
    const size = this.wasm.ss_command(this.handle, this.#lend(encoder.encode(JSON.stringify(command))), this.now);
    if (size !== 0) throw new Error(decoder.decode(this.#output(size)));
  }

  effects() {
    const packed = this.#output(this.wasm.ss_effects(this.handle));
    const view = new DataView(packed.buffer);
    const effects = [];
    for (let at = 0; at < packed.length;) {
      const kind = view.getUint8(at);
      const number = Number(view.getBigUint64(at + 1, true));
      const textSize = view.getUint32(at + 9, true);
      const text = decoder.decode(packed.subarray(at + 13, at + 13 + textSize));
      at += 13 + textSize;
      const size = view.getUint32(at, true);
      effects.push({ kind, number, text, bytes: packed.subarray(at + 4, at + 4 + size) });
      at += 4 + size;
    }
    return effects;
  }

  /** One frame as the worker takes it: event, effects, and the answer that storage would give. */
  frame(bytes) {
    this.event(EVENT.socketMessage, 0, bytes);
    const told = this.effects();
    for (const { kind, number } of told) {
      if (kind === EFFECT.appendCache || kind === EFFECT.replaceCache) this.event(EVENT.cacheWritten, number);
    }
    return told;
  }

  close() { this.wasm.ss_close(this.handle); }

  #lend(bytes) {
    const pointer = this.wasm.ss_input(bytes.length);
    new Uint8Array(this.wasm.memory.buffer, pointer, bytes.length).set(bytes);
    return bytes.length;
  }

  #output(size) {
    return new Uint8Array(this.wasm.memory.buffer, this.wasm.ss_output(), size).slice();
  }
}

/** Brings a new session to the point where frames arrive, with the product table's first page open. */
export function begin(wasm, config) {
  const session = new CoreSession(wasm, config);
  session.event(EVENT.start);
  session.event(EVENT.ticket, 0, encoder.encode('ticket'));
  session.event(EVENT.socketOpened);
  session.command({ cmd: 'openPage', page: 1, spec: { collection: 'products', page: 1, size: 25, sort: '-sales_amount', filter: {}, query: '' } });
  return session;
}

/** A recording: u32 length + bytes, repeated; the first one is the configuration as JSON. */
export function readRecording(bytes) {
  const [config, ...frames] = splitParts(bytes);
  return { config: JSON.parse(decoder.decode(config)), frames };
}

export function splitParts(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts = [];
  for (let at = 0; at < bytes.length;) {
    const size = view.getUint32(at, true);
    parts.push(bytes.subarray(at + 4, at + 4 + size));
    at += 4 + size;
  }
  return parts;
}
