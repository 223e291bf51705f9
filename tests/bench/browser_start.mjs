// Starts of the app in a browser, by the page's own clock: from the start of the navigation to the first shown page (<html data-ready>)
// and to its painting, with a network and without one.
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CHROMIUM, SCREEN, WORK, fromWeb, median, openLive, round } from './lib.mjs';

const { chromium } = fromWeb('@playwright/test');

async function launch(directory) {
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
}

/** After a (re)load: when the page was ready, and that it shows the whole catalogue from what is stored here. */
async function ready(page, products) {
  await page.waitForFunction(() => window.paintedAt !== undefined, undefined, { timeout: 120_000 });
  const total = await page.locator('[data-total]').getAttribute('data-total');
  const mark = await page.locator('[data-connection]').first().getAttribute('data-connection');
  if (total !== String(products) || mark === 'live') throw new Error(`total ${total}, ${mark}`);
  return page.evaluate(() => ({
    ready: window.readyAt, painted: window.paintedAt, html: performance.getEntriesByType('navigation')[0].responseEnd,
    parsed: performance.getEntriesByType('navigation')[0].domInteractive, rows: document.querySelectorAll('tr[data-record]').length,
  }));
}

/**
 * One profile filled from the server with the store at `path`, then without network: `reloads` of its page, then `starts` of the browser
 * itself. Stops the server. `online` is the empty profile's first page and its whole catalogue, with the network.
 */
export async function measureStarts({ server, path, person, products, reloads = 5, starts = 3 }) {
  const directory = mkdtempSync(join(WORK, 'profile-'));
  let context = await launch(directory);
  let page = await openLive(context, server, person, path);
  await page.locator(`[data-total="${products}"]`).waitFor({ state: 'attached', timeout: 120_000 });
  const online = await page.evaluate(() => ({ first: window.readyAt, whole: performance.now() }));
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  // What arrived is stored at most once a second: the profile is filled when its size stands still for longer than that.
  await page.waitForFunction(async () => {
    const { indexedDB } = (await navigator.storage.estimate()).usageDetails;
    if (indexedDB !== window.storedBytes) Object.assign(window, { storedBytes: indexedDB, storedAt: performance.now() });
    return indexedDB > 1_000_000 && performance.now() - window.storedAt > 3_000;
  });
  const stored = await page.evaluate(() => window.storedBytes);
  await context.setOffline(true);
  await server.stop();
  const again = [];
  for (let n = 0; n < reloads; n += 1) {
    await page.reload();
    again.push(await ready(page, products));
  }
  await context.close();
  const anew = [];
  for (let n = 0; n < starts; n += 1) {
    context = await launch(directory);
    await context.setOffline(true);
    page = await context.newPage();
    await page.goto(server.url + path);
    anew.push(await ready(page, products));
    await context.close();
  }
  rmSync(directory, { recursive: true, force: true });
  const middle = (runs, key) => round(median(runs.map((run) => run[key])), 0);
  return {
    runs: reloads, ready: middle(again, 'ready'), painted: middle(again, 'painted'), html: middle(again, 'html'), parsed: middle(again, 'parsed'),
    all: again.map((run) => round(run.ready, 0)), cold_ready: middle(anew, 'ready'), cold: anew.map((run) => round(run.ready, 0)), rows: again[0].rows,
    online_first: round(online.first, 0), online_whole: round(online.whole, 0), stored_mb: round(stored / 1e6),
  };
}
