// From Enter in the admin table of one window to the changed cell in the seller's page of another: two profiles of one Chromium, the
// real server, 26,688 products. One clock: the machine's, read in both pages; the second page observes its own mutations.
import { CHROMIUM, SCREEN, Server, fromWeb, openLive, quantile, round, save } from './lib.mjs';

const { chromium } = fromWeb('@playwright/test');
const SAMPLES = Number(process.argv[2] ?? 120);
const STORE = 'games';
const server = new Server();
await server.start();
const browser = await chromium.launch(CHROMIUM);
const open = async (role, path) => openLive(await browser.newContext(SCREEN), server, role, path);
const admin = await open('editor', `/admin/${STORE}/products`);
const seller = await open('viewer', `/s/${STORE}/products`);
await admin.evaluate(() => {
  addEventListener('keydown', (event) => { if (event.key === 'Enter') window.pressedAt = Date.now(); }, true);
});
const ids = await seller.locator('tr[data-record]').evaluateAll((rows) => rows.map((row) => row.dataset.record));

const base = 100 + (Date.now() % 100_000) / 4;  // the directory is used again: a price must be new
const seen = [];
const painted = [];
for (let n = 0; n < SAMPLES + 5; n += 1) {
  const id = ids[n % ids.length];
  const shown = (base + n).toFixed(2);
  const input = admin.locator(`[data-record="${id}"] input[data-field="price"]`);
  await admin.locator(`[data-record="${id}"] [data-field="price"]`).first().dblclick();
  await input.fill(shown);
  const arrival = seller.evaluate(({ record, text }) => new Promise((resolve) => {
    const row = document.querySelector(`tr[data-record="${record}"]`);
    const observer = new MutationObserver(() => {
      if (row.querySelector('[data-field="price"]').textContent.replaceAll(',', '').trim() !== text) return;
      const at = Date.now();
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve({ at, paint: Date.now() }), 0));
    });
    observer.observe(row, { subtree: true, childList: true, characterData: true });
    window.watching = true;
  }), { record: id, text: shown });
  await seller.waitForFunction(() => window.watching);
  await input.press('Enter');
  const { at, paint } = await arrival;
  const pressed = await admin.evaluate(() => window.pressedAt);
  await seller.evaluate(() => { window.watching = false; });
  if (n < 5) continue;  // the first ones warm up code that is compiled late
  seen.push(at - pressed);
  painted.push(paint - pressed);
}
await browser.close();
await server.remove();
save('two_windows', {
  samples: seen.length, p50: quantile(seen, 0.5), p95: quantile(seen, 0.95), max: Math.max(...seen),
  painted_p50: quantile(painted, 0.5), painted_p95: quantile(painted, 0.95), mean: round(seen.reduce((a, b) => a + b, 0) / seen.length),
});
