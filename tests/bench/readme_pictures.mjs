// The pictures of the README, taken from the demo: docs/pictures/*.webp. Run after a change that can be seen.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHROMIUM, ROOT, Server, fromWeb, openLive, signedIn } from './lib.mjs';

const { chromium } = fromWeb('@playwright/test');
const FOLDER = join(ROOT, 'docs', 'pictures');
mkdirSync(FOLDER, { recursive: true });
const server = new Server();
await server.start();
const browser = await chromium.launch(CHROMIUM);
const admin = await signedIn(server, 'admin');

async function context(width, height, dark) {
  return browser.newContext({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', deviceScaleFactor: width < 500 ? 2 : 1, locale: 'en-GB', timezoneId: 'Europe/London' });
}

/** Screens are flat: WebP keeps them sharp in a tenth of a PNG's bytes. */
async function save(page, name) {
  const png = (await page.screenshot()).toString('base64');
  const canvas = await browser.newPage();
  const webp = await canvas.evaluate(async (data) => {
    const picture = new Image();
    picture.src = `data:image/png;base64,${data}`;
    await picture.decode();
    const sheet = Object.assign(document.createElement('canvas'), { width: picture.width, height: picture.height });
    sheet.getContext('2d').drawImage(picture, 0, 0);
    return sheet.toDataURL('image/webp', 0.86).split(',')[1];
  }, png);
  await canvas.close();
  const bytes = Buffer.from(webp, 'base64');
  if (bytes.length > 150_000) throw new Error(`${name}: ${bytes.length} B`);
  writeFileSync(join(FOLDER, name), bytes);
  process.stderr.write(`${name} ${bytes.length} B\n`);
}

async function typePrice(page, id, text) {
  await page.locator(`tr[data-record="${id}"] [data-field=price]`).dblclick();
  await page.keyboard.press('Control+a');
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
}

const table = await openLive(await context(1280, 760, false), server, 'editor', '/admin/gifts/products');
const ids = await table.locator('tr[data-record]').evaluateAll((rows) => rows.map((row) => row.dataset.record));
const price = async (id) => (await admin.call('GET', `/api/products/${id}?storeId=gifts`)).data.price;
await typePrice(table, ids[2], '12.75');
await table.getByText('Saved', { exact: true }).first().waitFor();
await save(table, 'products.webp');

await table.context().setOffline(true);
await table.locator('[data-connection=live]').waitFor({ state: 'detached' });
await typePrice(table, ids[4], '14.95');
await typePrice(table, ids[9], '3.20');
await admin.call('PUT', `/api/products/${ids[4]}?storeId=gifts`, { price: '13.5' });
await table.getByText('Waiting to send (offline)').nth(1).waitFor();
await save(table, 'offline.webp');
await table.context().setOffline(false);
await table.locator('.difference').waitFor({ timeout: 30_000 });
await table.locator('[data-queued="0"]').waitFor({ timeout: 30_000 });
await save(table, 'conflict.webp');
await table.getByRole('button', { name: 'Keep theirs' }).click();
await table.locator('.difference').waitFor({ state: 'detached' });
if (await price(ids[4]) !== '13.5') throw new Error('the decision did not arrive');

const dashboard = await openLive(await context(1280, 460, true), server, 'viewer', '/s/gifts');
await save(dashboard, 'dashboard.webp');
const phone = await openLive(await context(360, 700, false), server, 'viewer', '/s/gifts/products');
await save(phone, 'phone.webp');
await browser.close();
await server.stop();
