// Bytes on the wire, taken from real links of the real server: the snapshots of both demo stores beside gzip of their rows as JSON, one
// changed field alone and in hundreds, an idle poll, an idle link. Keeps the frames of each store as a recording for the replays.
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { EFFECT, EVENT, CoreSession, loadModule } from './core_session.mjs';
import { ROOT, Server, WORK, round, save, signedIn } from './lib.mjs';

const KIND = { begin: 65, part: 66, end: 67, change: 69, keepalive: 72, check: 73 };
const server = new Server();
await server.start();
const client = await signedIn(server, 'editor');
const wasm = await loadModule(readFileSync(process.env.SYNCSTORE_WASM ?? join(ROOT, 'build/wasm/syncstore.wasm')));
const byKind = (frames, ...kinds) => frames.filter((frame) => kinds.includes(frame[0] & 0x7f));
const bytes = (frames) => frames.reduce((sum, frame) => sum + frame.length, 0);

/** A link as a browser has it; every frame that arrives is kept, `next` waits for one of a kind. */
async function follow(store) {
  const config = { store, user: client.user.id, client: randomUUID(), generation: 1 };
  const session = new CoreSession(wasm, config);
  const frames = [];
  const waiting = [];
  const { data } = await client.call('POST', '/api/session/ticket');
  session.event(EVENT.start);
  session.event(EVENT.ticket, 0, new TextEncoder().encode(data.ticket));
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/ws`, 'syncstore.v1');
  socket.binaryType = 'arraybuffer';
  const carryOut = (effects) => {
    for (const effect of effects) {
      if (effect.kind === EFFECT.send) socket.send(effect.bytes);
    }
  };
  socket.addEventListener('open', () => {
    session.event(EVENT.socketOpened);
    carryOut(session.effects());
  });
  socket.addEventListener('close', ({ code }) => { if (!socket.done) throw new Error(`closed ${code}`); });
  socket.addEventListener('message', (event) => {
    const frame = new Uint8Array(event.data);
    frames.push(frame);
    carryOut(session.frame(frame));
    for (const one of [...waiting]) {
      if (!one.ready(frame)) continue;
      waiting.splice(waiting.indexOf(one), 1);
      one.resolve(frame);
    }
  });
  const next = (ready) => new Promise((resolve) => { waiting.push({ ready, resolve }); });
  await next((frame) => frame[0] === KIND.change);  // the head is told once every collection has reached it
  return { config, frames, next, close: () => { socket.done = true; socket.close(); } };
}

function record(name, { config, frames }) {
  const parts = [new TextEncoder().encode(JSON.stringify(config)), ...frames];
  writeFileSync(join(WORK, name), Buffer.concat(parts.flatMap((part) => {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(part.length);
    return [size, part];
  })));
}

const figures = {};
for (const store of ['gifts', 'games']) {
  const link = await follow(store);
  const snapshot = bytes(byKind(link.frames, KIND.begin, KIND.part, KIND.end));
  const rows = [];
  let json = 0;
  let gzip = 0;
  for (const dataType of ['products', 'dashboard', 'store_info']) {
    const { data } = await client.call('GET', `/api/sync/snapshot?storeId=${store}&dataType=${dataType}`);
    rows.push(data.length);
    const text = JSON.stringify(data);
    json += text.length;
    gzip += gzipSync(text, { level: 6 }).length;
  }
  record(`${store}.recording`, link);
  link.close();
  figures[store] = { products: rows[0], snapshot, json, gzip, share: round(snapshot / gzip, 3), bytes_per_row: round(snapshot / rows[0]) };
}

const link = await follow('gifts');
const { data: page } = await client.call('GET', '/api/products?storeId=gifts&size=200');
const change = (frame) => (frame[0] & 0x7f) === KIND.change;
async function put(product, fields) {
  const arrived = link.next(change);
  await client.call('PUT', `/api/products/${product.id}?storeId=gifts`, fields);
  return (await arrived).length;
}
const base = 1 + (Date.now() % 100_000);  // the directory is used again: a value must be new
await put(page[0], { price: `${base}.25` });  // the author's name travels once
const alone = [];
for (let n = 1; n < 60; n += 1) alone.push(await put(page[n % page.length], n % 2 ? { price: `${base + n}.5` } : { page_views: base + n }));
figures.alone = { frames: alone.length, largest: Math.max(...alone), mean: round(alone.reduce((a, b) => a + b) / alone.length) };

// A program's message of 512 price changes reaches the others as few frames.
const { data: token } = await client.call('POST', '/api/session/ticket');
const program = new WebSocket(`${server.url.replace('http', 'ws')}/ws`, 'syncstore.v1.json');
const heard = (type) => new Promise((resolve, reject) => {
  const listen = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === 'error') reject(new Error(data));
    if (message.type !== type) return;
    program.removeEventListener('message', listen);
    resolve(message);
  };
  program.addEventListener('message', listen);
});
await heard('connected');
program.send(JSON.stringify({ type: 'auth', data: { ticket: token.ticket } }));
await heard('connected');
program.send(JSON.stringify({ type: 'selectStore', storeId: 'gifts', data: { dataTypes: ['dashboard'] } }));
await heard('bulk_update');
const many = [];
for (let n = 1; many.length < 512; n += 1) {
  const { data } = await client.call('GET', `/api/products?storeId=gifts&size=200&page=${n}`);
  many.push(...data.filter((one) => one.price !== undefined).slice(0, 512 - many.length));
}
const before = link.frames.length;
const receipt = heard('receipt');
program.send(JSON.stringify({
  type: 'mutate', storeId: 'gifts',
  data: { mutations: many.map(({ id, price }, n) => ({ id: randomUUID(), ops: [{ op: 'set', dataType: 'products', id, field: 'price', from: price, to: `${base + n}.75` }] })) },
}));
const applied = (await receipt).data.filter((one) => one.ops[0].status === 'applied').length;
await link.next((frame) => (frame[0] & 0x7f) === KIND.check);
const frames = byKind(link.frames.slice(before), KIND.change);
figures.hundreds = { changes: applied, frames: frames.length, bytes: bytes(frames), each: round(bytes(frames) / applied, 2) };
program.close();

// An idle poll, as programs do it and as the browser does it, headers included.
const headerBytes = (response) => [...response.headers].reduce((sum, [name, value]) => sum + name.length + value.length + 4, 19);
const current = await client.call('GET', '/api/sync/snapshot?storeId=gifts&dataType=dashboard');
const poll = `/api/sync/changes?storeId=gifts&since=${current.sequenceNumber}&epoch=${current.epoch}`;
const first = await client.raw('GET', poll);
const body = (await first.arrayBuffer()).byteLength;
const again = await client.raw('GET', poll, undefined, { 'If-None-Match': first.headers.get('etag') ?? '' });
await again.arrayBuffer();
figures.poll = { status: first.status, bytes: headerBytes(first) + body, body, again_status: again.status, again_bytes: headerBytes(again) };

// An idle link, per half minute and with frame headers (a client's frames are masked): the keepalive, the protocol's ping and its
// answer, and the ping with which a client ends a silence of 20 s, and its answer.
const begun = Date.now();
const keepalive = await link.next((frame) => (frame[0] & 0x7f) === KIND.keepalive);
const down = keepalive.length + 2 + 2 + 4;
const up = 6 + 8;
figures.idle = { keepalive: keepalive.length, waited_s: round((Date.now() - begun) / 1000), per_hour: 120 * (down + up) };
link.close();
await server.stop();
save('wire_bytes', figures);
