// Memory of one connection in the browser: the process of a page with the store of 26,688 products open, its worker and module in it,
// after it was used; beside it the process of an empty page of the same server. What the system says of the processes, not what
// the page believes of itself. `used` holds what the browser has not collected yet, which it does when the page rests for half a minute.
import { readFileSync } from 'node:fs';
import { CHROMIUM, SCREEN, Server, fromWeb, openLive, round, save, signedIn } from './lib.mjs';

const { chromium } = fromWeb('@playwright/test');
const PRODUCTS = 26_688;
const EDITS = 300;

/** What this process alone has written, in MB: the program's own pages are the browser's, whoever is first to map them. */
function memoryOf(pid) {
  const [, kb] = /^Private_Dirty:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
  return round(Number(kb) / 1024);
}

/** Time that the process has worked; 0 once it has ended. */
function ticks(pid) {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[11]);
  } catch {
    return 0;
  }
}

/** Which renderer holds this page: the one that works while the page counts. */
async function rendererOf(browser, page) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const before = processInfo.filter((one) => one.type === 'renderer').map(({ id }) => [id, ticks(id)]);
  await page.evaluate(() => {
    const until = performance.now() + 600;
    while (performance.now() < until);
  });
  await session.detach();
  const [[pid]] = before.map(([id, then]) => [id, ticks(id) - then]).sort((a, b) => b[1] - a[1]);
  return pid;
}

const server = new Server();
await server.start();
const browser = await chromium.launch(CHROMIUM);

const plain = await (await browser.newContext(SCREEN)).newPage();
await plain.goto(`${server.url}/health`);
const empty = memoryOf(await rendererOf(browser, plain));
await plain.context().close();

const context = await browser.newContext(SCREEN);
const page = await openLive(context, server, 'viewer', '/s/games/products');
await page.locator(`[data-total="${PRODUCTS}"]`).waitFor({ state: 'attached', timeout: 120_000 });
const pid = await rendererOf(browser, page);
const opened = memoryOf(pid);

// A stretch of work: pages, another order, a search, and what others change meanwhile.
const admin = await signedIn(server, 'admin');
const { data: some } = await admin.call('GET', `/api/products?storeId=games&size=50`);
const others = (async () => {
  for (let n = 0; n < EDITS; n += 1) await admin.call('PUT', `/api/products/${some[n % some.length].id}?storeId=games`, { page_views: 1_000 + n });
})();
const at = (number) => page.locator(`[data-page="${number}"]`).waitFor({ state: 'attached', timeout: 60_000 });
for (let number = 2; number <= 21; number += 1) {
  await page.getByRole('button', { name: 'Next page' }).click();
  await at(number);
}
await page.getByRole('button', { name: 'Title', exact: true }).click();
await at(1);
await page.getByRole('searchbox').fill('star');
await page.waitForFunction((all) => Number(document.querySelector('[data-total]')?.getAttribute('data-total')) < all, PRODUCTS);
await page.getByRole('searchbox').fill('');
await page.locator(`[data-total="${PRODUCTS}"]`).waitFor({ state: 'attached', timeout: 60_000 });
await others;
const used = memoryOf(pid);

await page.locator('[data-connection]').click();
const words = await page.locator('.pill-details').innerText();
const module = Number(/Memory\s+([\d.]+) MB/.exec(words)?.[1]);
const session = await context.newCDPSession(page);
await session.send('HeapProfiler.collectGarbage');
await session.send('Performance.enable');
const { metrics } = await session.send('Performance.getMetrics');
const heap = round(metrics.find((one) => one.name === 'JSHeapUsedSize').value / 1_048_576);
const rested = memoryOf(pid);
save('client_memory', { products: PRODUCTS, edits: EDITS, empty, opened, used, rested, module, heap });
await browser.close();
await server.remove();
