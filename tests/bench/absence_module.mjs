// The browser's module comes back after 90 days, under node: what long_absence recorded, taken as the web app's worker takes it.
//   absence_module.mjs RECORDING    prints JSON
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CoreSession, EFFECT, EVENT, loadModule, splitParts } from './core_session.mjs';
import { ROOT } from './lib.mjs';

const ROUNDS = 5;
const [recording] = process.argv.slice(2);
const module = new Uint8Array(readFileSync(process.env.SYNCSTORE_WASM ?? join(ROOT, 'build/wasm/syncstore.wasm')));
const [head, cache, ...rest] = splitParts(new Uint8Array(readFileSync(recording)));
const { entries, ...config } = JSON.parse(new TextDecoder().decode(head));
const frames = rest.slice(entries);

async function comeBack() {
  const session = new CoreSession(await loadModule(module), config);
  const restoring = performance.now();
  session.event(EVENT.restoreCache, 0, cache);
  for (const entry of rest.slice(0, entries)) session.event(EVENT.restoreEntry, 0, entry);
  const restoreMs = performance.now() - restoring;
  session.event(EVENT.start);
  session.event(EVENT.ticket, 0, new TextEncoder().encode('ticket'));
  session.event(EVENT.socketOpened);
  session.command({ cmd: 'openPage', page: 1, spec: { collection: 'products', page: 1, size: 25, sort: '-sales_amount', filter: {}, query: '' } });
  let told = session.effects();
  const applying = performance.now();
  for (const frame of frames) told = told.concat(session.frame(frame));
  const applyMs = performance.now() - applying;
  const status = JSON.parse(told.findLast(({ kind }) => kind === EFFECT.status).text);
  const page = JSON.parse(told.findLast(({ kind }) => kind === EFFECT.page).text);
  session.close();
  if (status.connection !== 'live' || status.waiting !== entries || status.resyncs !== 0) throw new Error(JSON.stringify(status));
  return { restoreMs, applyMs, products: page.total };
}

const rounds = [];
for (let round = 0; round < ROUNDS; round += 1) rounds.push(await comeBack());
const middle = (name) => Number(rounds.map((one) => one[name]).toSorted((a, b) => a - b)[ROUNDS >> 1].toFixed(1));
console.log(JSON.stringify({
  frames: frames.length, bytes: frames.reduce((sum, frame) => sum + frame.length, 0), products: rounds[0].products,
  restore_ms: middle('restoreMs'), apply_ms: middle('applyMs'), apply_ms_all: rounds.map((one) => Number(one.applyMs.toFixed(1))),
}));
