// 20,000 edits made at once without network in one browser: how long until each is stored, whether the page stays responsive meanwhile,
// what they add to a start without network, how long an export takes, and how soon the server has them all when the network is back. Its
// own copy of the demo data: every edit is a real one of another product.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CHROMIUM, Client, SCREEN, Server, WORK, fromWeb, median, openLive, round, save } from './lib.mjs';

const { chromium } = fromWeb('@playwright/test');
const EDITS = Number(process.argv[2] ?? 20_000);
const STARTS = 5;
const STORE = 'games';
const PATH = `/s/${STORE}/products`;

const server = new Server({ demo: true, directory: mkdtempSync(join(WORK, 'data-')) });
await server.start();
const person = server.person('editor');
const program = await new Client(server.url).signIn(person.user, person.password);
const ids = [];
for (let cursor = ''; cursor !== null && ids.length < EDITS;) {
  const page = await program.call('GET', `/api/products?storeId=${STORE}&size=200&cursor=${cursor}`);
  ids.push(...page.data.map((each) => each.id));
  cursor = page.next;
}
const edited = ids.slice(0, EDITS);

const profile = mkdtempSync(join(WORK, 'profile-'));
const context = await chromium.launchPersistentContext(profile, { ...CHROMIUM, ...SCREEN });
await context.addInitScript(() => {
  const Real = window.Worker;
  window.Worker = class extends Real {
    constructor(...rest) {
      super(...rest);
      window.syncWorker = this;
    }
  };
  window.longTasks = [];
  new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((each) => each.duration))).observe({ type: 'longtask' });
  new MutationObserver(() => {
    const queued = document.querySelector('[data-queued]')?.getAttribute('data-queued');
    if (window.readyAt === undefined && document.documentElement.hasAttribute('data-ready')) window.readyAt = performance.now();
    if (queued !== undefined && queued !== null) window.queued = Number(queued);
    if (window.queued === 0 && window.onlineAt !== undefined && window.drainedAt === undefined) window.drainedAt = performance.now();
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-ready', 'data-queued'] });
});

const page = await openLive(context, server, person, PATH);
await page.locator(`[data-total="${ids.length >= EDITS ? 26_688 : ids.length}"]`).waitFor({ state: 'attached', timeout: 120_000 });
await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
await page.waitForFunction(async () => {
  const { indexedDB } = (await navigator.storage.estimate()).usageDetails;
  if (indexedDB !== window.storedBytes) Object.assign(window, { storedBytes: indexedDB, storedAt: performance.now() });
  return indexedDB > 1_000_000 && performance.now() - window.storedAt > 3_000;
});

async function starts(queued) {
  const times = [];
  for (let n = 0; n < STARTS; n += 1) {
    await page.reload();
    await page.waitForFunction(() => window.readyAt !== undefined, undefined, { timeout: 120_000 });
    await page.waitForFunction((count) => window.queued === count, queued, { timeout: 120_000 });
    times.push(await page.evaluate(() => window.readyAt));
  }
  return times;
}

await context.setOffline(true);
const empty = await starts(0);

const made = await page.evaluate(async ({ store, records }) => {
  const waiting = new Set();
  let stored;
  const all = new Promise((resolve) => { stored = resolve; });
  window.syncWorker.addEventListener('message', ({ data }) => {
    for (const each of data) {
      if (each.t === 'queued' && waiting.delete(each.mutation) && waiting.size === 0) stored();
      if (each.t === 'rejected') throw new Error(`${each.code} ${each.message}`);
    }
  });
  const uuid = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    let time = Date.now();
    for (let at = 5; at >= 0; at -= 1) {
      bytes[at] = time % 256;
      time = Math.floor(time / 256);
    }
    bytes[6] = (bytes[6] & 0x0f) | 0x70;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  };
  window.longTasks = [];
  const begun = performance.now();
  for (const id of records) {
    const mutation = uuid();
    waiting.add(mutation);
    window.syncWorker.postMessage({
      t: 'edit', store, mutation, all: false, undoable: false, madeAt: Date.now(),
      ops: [{ op: 'add', collection: 'products', id, field: 'inventory', amount: 7 }],
    });
  }
  const posted = performance.now() - begun;
  await all;
  return { posted, stored: performance.now() - begun, longTasks: window.longTasks };
}, { store: STORE, records: edited });
await page.waitForFunction((count) => window.queued === count, edited.length, { timeout: 120_000 });

await page.goto(`${server.url}/outbox`);
await page.locator(`[data-outbox="waiting"][data-total="${edited.length}"]`).waitFor({ timeout: 120_000 });
const exportBegun = performance.now();
const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export' }).click()]);
const exported = JSON.parse(readFileSync(await file.path(), 'utf8')).edits;
const exportMs = performance.now() - exportBegun;
if (new Set(exported.map((each) => each.ops[0].id)).size !== edited.length) throw new Error(`the export has ${exported.length} edits`);
await page.goto(`${server.url}${PATH}`);

const full = await starts(edited.length);

const before = new Map();
const sample = edited.filter((_, at) => at % Math.ceil(EDITS / 40) === 0);
for (const id of sample) before.set(id, (await program.call('GET', `/api/products/${id}?storeId=${STORE}`)).data.inventory);
await page.evaluate(() => { window.onlineAt = undefined; });
await context.setOffline(false);
await page.evaluate(() => { window.onlineAt = performance.now(); });
await page.waitForFunction(() => window.drainedAt !== undefined, undefined, { timeout: 300_000 });
const drained = await page.evaluate(() => window.drainedAt - window.onlineAt);
let wrong = 0;
for (const [id, stock] of before) {
  const now = (await program.call('GET', `/api/products/${id}?storeId=${STORE}`)).data.inventory;
  if (Number(now) !== Number(stock ?? 0) + 7) wrong += 1;
}
await context.close();
await server.remove();
rmSync(profile, { recursive: true, force: true });
if (wrong !== 0) throw new Error(`${wrong} of ${before.size} records are not as edited once`);

save('queue_stress', {
  edits: edited.length, stored_ms: round(made.stored, 0), per_edit_ms: round(made.stored / edited.length, 3),
  posted_ms: round(made.posted, 0), longest_task_ms: round(Math.max(0, ...made.longTasks), 0),
  export_ms: round(exportMs, 0), start_empty: round(median(empty), 0), start_full: round(median(full), 0),
  longer: round(median(full) - median(empty), 0), all_empty: empty.map((each) => round(each, 0)), all_full: full.map((each) => round(each, 0)),
  drained_ms: round(drained, 0),
});
