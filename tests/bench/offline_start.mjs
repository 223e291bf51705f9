// A start without network: a profile that holds 26,688 products, network off, reload; from the start of the navigation to the first
// shown page (<html data-ready>), by the page's own clock.
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CHROMIUM, SCREEN, Server, WORK, fromWeb, median, openLive, round, save } from './lib.mjs';

const { chromium } = fromWeb('@playwright/test');
const RUNS = Number(process.argv[2] ?? 5);
const PATH = '/s/games/products';
const server = new Server();
await server.start();
const directory = mkdtempSync(join(WORK, 'profile-'));
const launch = async () => {
  const context = await chromium.launchPersistentContext(directory, { ...CHROMIUM, ...SCREEN });
  await context.addInitScript(() => {
    const look = () => {
      if (window.readyAt === undefined && document.documentElement.hasAttribute('data-ready')) {
        window.readyAt = performance.now();
        requestAnimationFrame(() => setTimeout(() => { window.paintedAt = performance.now(); }, 0));
      }
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-ready'] });
  });
  return context;
};

/** After a (re)load: when the page was ready, and that it shows the whole catalogue from what is stored here. */
async function ready(page) {
  await page.waitForFunction(() => window.paintedAt !== undefined, undefined, { timeout: 60_000 });
  const total = await page.locator('[data-total]').getAttribute('data-total');
  const mark = await page.locator('[data-connection]').first().getAttribute('data-connection');
  if (total !== '26688' || mark === 'live') throw new Error(`total ${total}, ${mark}`);
  return page.evaluate(() => ({
    ready: window.readyAt, painted: window.paintedAt, html: performance.getEntriesByType('navigation')[0].responseEnd,
    parsed: performance.getEntriesByType('navigation')[0].domInteractive, rows: document.querySelectorAll('tr[data-record]').length,
  }));
}

let context = await launch();
let page = await openLive(context, server, 'viewer', PATH);
await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
// What arrived is stored at most once a second: the profile is filled when its size stands still for longer than that.
await page.waitForFunction(async () => {
  const { indexedDB } = (await navigator.storage.estimate()).usageDetails;
  if (indexedDB !== window.storedBytes) Object.assign(window, { storedBytes: indexedDB, storedAt: performance.now() });
  return indexedDB > 1_000_000 && performance.now() - window.storedAt > 3_000;
});
await context.setOffline(true);
await server.stop();
const reloads = [];
for (let n = 0; n < RUNS; n += 1) {
  await page.reload();
  reloads.push(await ready(page));
}
await context.close();

// And a browser that was closed: the first page after its start.
const starts = [];
for (let n = 0; n < 3; n += 1) {
  context = await launch();
  await context.setOffline(true);
  page = await context.newPage();
  await page.goto(server.url + PATH);
  starts.push(await ready(page));
  await context.close();
}
rmSync(directory, { recursive: true, force: true });
const middle = (runs, key) => round(median(runs.map((run) => run[key])), 0);
save('offline_start', {
  runs: RUNS, ready: middle(reloads, 'ready'), painted: middle(reloads, 'painted'), html: middle(reloads, 'html'), parsed: middle(reloads, 'parsed'),
  all: reloads.map((run) => round(run.ready, 0)), cold_ready: middle(starts, 'ready'), cold: starts.map((run) => round(run.ready, 0)), rows: reloads[0].rows,
});
