// The outbox with hundreds of entries: bounded lists with exact numbers, and what people can do with each entry.
import { readFileSync } from 'node:fs';
import type { BrowserContext, Page } from '@playwright/test';
import { allSent, cell, editCell, expect, isLive, openPage, pill, test, type Shop } from './fixtures';
import { breaksNoRule, fitsTheWindow, visit } from './screens';

/** Edits as a screen posts them, many at once: through the page's own worker. */
async function postEdits(page: Page, shop: Shop, count: number, op: (n: number) => Record<string, unknown>): Promise<void> {
  const edits = Array.from({ length: count }, (_, n) => op(n));
  await page.evaluate(({ store, ops }) => {
    const { syncWorker } = window as unknown as { syncWorker: Worker };
    for (const one of ops) {
      syncWorker.postMessage({ t: 'edit', store, mutation: crypto.randomUUID(), all: false, undoable: false, madeAt: Date.now(), ops: [one] });
    }
  }, { store: shop.id, ops: edits });
}

async function withWorker(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const Real = window.Worker;
    window.Worker = class extends Real {
      constructor(...parts: ConstructorParameters<typeof Worker>) {
        super(...parts);
        Object.assign(window, { syncWorker: this });
      }
    };
  });
}

async function offline(page: Page): Promise<void> {
  await isLive(page);
  await page.context().setOffline(true);
  await expect(pill(page)).not.toHaveAttribute('data-connection', 'live');
}

const section = (page: Page, state: string) => page.locator(`[data-outbox="${state}"]`);

test('hundreds of waiting edits are listed in pieces with an exact number, exported whole, and drain', async ({ shop, profile }) => {
  const context = await profile(shop.editor, shop);
  await withWorker(context);
  const page = await openPage(context, shop.adminProducts);
  await offline(page);
  await postEdits(page, shop, 600, (n) => ({ op: 'add', collection: 'products', id: shop.product(1 + (n % 30)).id, field: 'inventory', amount: 1 }));
  await expect(pill(page)).toHaveAttribute('data-queued', '600');
  await visit(page, '/outbox');
  const waiting = section(page, 'waiting');
  await expect(waiting).toHaveAttribute('data-total', '600');
  await expect(waiting.locator('[data-entry]')).toHaveCount(25);
  await expect(page.getByText('Sent, not answered yet')).toHaveCount(0);
  await waiting.getByLabel('Rows').selectOption('100');
  await expect(waiting.locator('[data-entry]')).toHaveCount(100);
  await waiting.getByRole('button', { name: 'Last page' }).click();
  await expect(waiting.locator('[data-entry]').last()).toHaveAttribute('data-entry', '600');
  // By keyboard: the focus goes on to the entry in its place.
  const last = waiting.locator('[data-entry="600"]').getByRole('button', { name: 'Discard' });
  await last.focus();
  await page.keyboard.press('Enter');
  await expect(waiting).toHaveAttribute('data-total', '599');
  await expect(waiting.locator('[data-entry="599"]').getByRole('button', { name: 'Discard' })).toBeFocused();
  await expect(pill(page)).toHaveAttribute('data-queued', '599');

  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export' }).click()]);
  const { edits } = JSON.parse(readFileSync(await file.path(), 'utf8')) as { edits: { store: string; number: number }[] };
  expect(edits.map((one) => one.number)).toEqual(Array.from({ length: 599 }, (_, n) => n + 1));
  expect(new Set(edits.map((one) => one.store))).toEqual(new Set([shop.id]));

  await context.setOffline(false);
  await isLive(page);
  await allSent(page);
  await expect(page.getByRole('heading', { name: 'The outbox is empty' })).toBeVisible();
  // 600 over 30 products, one of them discarded.
  let stock = 0;
  for (let n = 1; n <= 30; n += 1) stock += Number((await shop.read(shop.product(n).id))['inventory']);
  expect(stock).toBe(30 * 100 + 599);
});

test('refused edits are changed, sent again and discarded one by one from a long list, on a phone too', async ({ shop, profile }) => {
  const context = await profile(shop.editor, shop, { phone: true });
  await withWorker(context);
  const page = await openPage(context, shop.adminProducts);
  await isLive(page);
  // Below the floor of stock: the server refuses each.
  await postEdits(page, shop, 120, (n) => ({ op: 'add', collection: 'products', id: shop.product(1 + (n % 30)).id, field: 'inventory', amount: -1000 - n }));
  await visit(page, '/outbox');
  const refused = section(page, 'parked');
  await expect(refused).toHaveAttribute('data-total', '120');
  await allSent(page);
  await expect(refused.locator('[data-entry]')).toHaveCount(25);
  await fitsTheWindow(page, 'outbox with refused edits');
  await breaksNoRule(page, 'outbox with refused edits');

  const first = refused.locator('[data-entry]').first();
  const product = shop.product(1).id;
  await first.getByRole('button', { name: 'Edit' }).click();
  await first.getByLabel('New change of Stock').fill('-30');
  await first.getByRole('button', { name: 'Send again' }).click();
  await expect(refused).toHaveAttribute('data-total', '119');
  await expect.poll(async () => (await shop.read(product))['inventory']).toBe(70);

  const second = refused.locator('[data-entry]').first();
  const number = await second.getAttribute('data-entry');
  await second.getByRole('button', { name: 'Send again' }).click();
  // Refused again: it stands at the end now.
  await expect(refused.locator(`[data-entry="${number}"]`)).toHaveCount(0);
  await expect(refused).toHaveAttribute('data-total', '119');
  await refused.locator('[data-entry]').first().getByRole('button', { name: 'Discard' }).click();
  await expect(refused).toHaveAttribute('data-total', '118');

  // It survives the tab, and stands beside its field as well.
  await page.reload();
  await expect(section(page, 'parked')).toHaveAttribute('data-total', '118');
});

test('a refused new product is mended in the outbox: later edits of it are in it already', async ({ shop, profile }) => {
  const context = await profile(shop.editor, shop);
  await withWorker(context);
  const page = await openPage(context, shop.adminProducts);
  await offline(page);
  const id = '06D4KX2M9QZ71';
  await postEdits(page, shop, 1, () => ({ op: 'insert', collection: 'products', id, fields: { title: 'Bowl', sku: shop.product(3).sku, status: 'Active', price: '4' } }));
  await expect(pill(page)).toHaveAttribute('data-queued', '1');
  await context.setOffline(false);
  await visit(page, '/outbox');
  const refused = section(page, 'parked');
  await expect(refused).toHaveAttribute('data-total', '1');
  // An edit of what is not there for the server goes into the refused insert.
  await postEdits(page, shop, 1, () => ({ op: 'set', collection: 'products', id, field: 'price', to: '6.5' }));
  await refused.getByRole('button', { name: 'Edit' }).click();
  await refused.getByLabel('New value of SKU').fill('BOWL-1');
  await refused.getByRole('button', { name: 'Send again' }).click();
  await expect(page.getByRole('heading', { name: 'The outbox is empty' })).toBeVisible();
  const made = await shop.read(id);
  expect(made['sku']).toBe('BOWL-1');
  expect(made['price']).toBe('6.5');
});

test('an edited product that older data does not know is inserted again, with the edit in it', async ({ lonelyShop: shop, profile }) => {
  const context = await profile(shop.editor, shop);
  await shop.server.kill();
  const copy = shop.server.copyData();
  await shop.server.start();
  // Sold best: it stands first.
  const { id } = await shop.add(61, { sales_amount: '200000' });
  const page = await openPage(context, shop.adminProducts);
  await expect(cell(page, id, 'price')).toHaveText('9.50');
  await offline(page);
  await editCell(page, id, 'price', '31.5');
  await expect(pill(page)).toHaveAttribute('data-queued', '1');

  await shop.server.kill();
  shop.server.replaceData(copy);
  await shop.server.start();
  await context.setOffline(false);
  await visit(page, '/outbox');
  const refused = section(page, 'parked');
  await expect(refused).toHaveAttribute('data-total', '1');
  await isLive(page);
  await refused.getByRole('button', { name: 'Insert it again' }).click();
  await expect(page.getByRole('heading', { name: 'The outbox is empty' })).toBeVisible();
  await allSent(page);
  expect(await shop.read(id)).toMatchObject({ title: 'Mug 61', sku: 'MUG-61', price: '31.5', sales_amount: '200000' });
});

test('an edit waits while nobody answers, however often the browser asks', async ({ lonelyShop: shop, profile }) => {
  const context = await profile(shop.editor, shop);
  const page = await openPage(context, shop.adminProducts);
  await isLive(page);
  let asked = 0;
  context.on('request', (request) => {
    if (request.url().endsWith('/api/sync/exchange')) asked += 1;
  });
  // The browser believes that it has a network: after some failures it polls.
  await shop.server.kill();
  await expect(pill(page)).not.toHaveAttribute('data-connection', 'live');
  await editCell(page, shop.product(1).id, 'price', '3.25');
  await expect.poll(() => asked, { timeout: 90_000 }).toBeGreaterThan(0);
  await visit(page, '/outbox');
  await expect(section(page, 'waiting')).toHaveAttribute('data-total', '1');
  await expect(section(page, 'sent')).toHaveCount(0);
  await shop.server.start();
  await page.getByRole('button', { name: 'Retry now' }).click();
  await allSent(page);
  await expect.poll(async () => (await shop.read(shop.product(1).id))['price']).toBe('3.25');
});
