import type { Page } from '@playwright/test';
import { allSent, cell, editCell, editsOffline, expect, isLive, openPage, pill, startsOffline, test, waitsStored } from './fixtures';

const NO_ROOM = 'This browser has no room left';

/** What a full browser answers to every write. A quota set from outside is looked at only now and then. */
async function fills(page: Page): Promise<void> {
  await page.workers()[0]?.evaluate(() => {
    const { put } = IDBObjectStore.prototype;
    const full = (): never => {
      throw new DOMException('no room', 'QuotaExceededError');
    };
    Object.assign(self, { empties: () => Reflect.defineProperty(IDBObjectStore.prototype, 'put', { value: put }) });
    Reflect.defineProperty(IDBObjectStore.prototype, 'put', { value: full });
  });
}

async function empties(page: Page): Promise<void> {
  await page.workers()[0]?.evaluate(() => (self as unknown as { empties: () => void }).empties());
}

test('a browser without room says so before an edit is made, and refuses it with what was typed still there', async ({ shop, profile }) => {
  const { id } = shop.product(1);
  const context = await profile(shop.editor, shop);
  const first = await openPage(context, shop.adminProducts);
  await isLive(first);
  await startsOffline(first);
  const page = await openPage(context, shop.adminProducts);
  await isLive(page);
  await fills(page);
  await first.close();
  await isLive(page);
  await expect(page.getByText(NO_ROOM, { exact: false })).toBeVisible();
  // With a connection the server keeps it.
  await editCell(page, id, 'price', '11.75');
  await allSent(page);
  await expect.poll(async () => (await shop.read(id))['price']).toBe('11.75');

  await context.setOffline(true);
  await expect(pill(page)).not.toHaveAttribute('data-connection', 'live');
  await cell(page, id, 'price').dblclick();
  const input = page.locator(`[data-record="${id}"] input[data-field="price"]`);
  await input.fill('12.25');
  await input.press('Enter');
  await expect(page.getByText('Not saved: This browser has no room left to keep it', { exact: false }).first()).toBeVisible();
  await expect(input).toHaveValue('12.25');
  await expect(pill(page)).toHaveAttribute('data-queued', '0');
  // With room again the same words are taken.
  await empties(page);
  await input.press('Enter');
  await expect(pill(page)).toHaveAttribute('data-queued', '1');
  await context.setOffline(false);
  await isLive(page);
  await allSent(page);
  expect((await shop.read(id))['price']).toBe('12.25');
});

test('a form that a full browser cannot keep stands as it was typed', async ({ shop, profile }) => {
  const { id } = shop.product(4);
  const context = await profile(shop.editor, shop);
  const page = await openPage(context, `${shop.adminProducts}/${id}`);
  await isLive(page);
  await fills(page);
  await context.setOffline(true);
  await expect(pill(page)).not.toHaveAttribute('data-connection', 'live');
  await page.getByLabel('Title').fill('Typed in a full browser');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('alert').filter({ hasText: NO_ROOM })).toBeVisible();
  await expect(page.getByLabel('Title')).toHaveValue('Typed in a full browser');
  await expect(pill(page)).toHaveAttribute('data-queued', '0');
  await empties(page);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(pill(page)).toHaveAttribute('data-queued', '1');
  await context.setOffline(false);
  await allSent(page);
  await expect.poll(async () => (await shop.read(id))['title']).toBe('Typed in a full browser');
});

test('what the browser cleared while no page was open is noticed at the start and said', async ({ shop, profile }) => {
  const { id } = shop.product(5);
  const context = await profile(shop.editor, shop);
  const beside = await context.newPage();
  await beside.goto(`${shop.server.url}/health`);
  const page = await openPage(context, shop.adminProducts);
  await editsOffline(page, id, 'price', '21.5');
  await page.close();
  // A worker that still ends would store what waits again.
  await expect.poll(() => beside.evaluate(async () => (await navigator.locks.query()).held?.length)).toBe(0);
  const browser = await context.newCDPSession(beside);
  await browser.send('Storage.clearDataForOrigin', { origin: shop.server.url, storageTypes: 'indexeddb,cache_storage,service_workers' });
  await context.setOffline(false);
  const back = await openPage(context, shop.adminProducts);
  await expect(back.getByText('The browser had cleared what it kept here while no page was open: 1 edit that waited is gone.', { exact: false })).toBeVisible();
  await isLive(back);
  await allSent(back);
  expect((await shop.read(id))['price']).toBe('9.5');
});

const STORED_AGAIN = 'The browser had cleared what it kept here. Edits that wait were stored again at once';

async function clears(page: Page, storageTypes: string): Promise<void> {
  const browser = await page.context().newCDPSession(page);
  await browser.send('Storage.clearDataForOrigin', { origin: new URL(page.url()).origin, storageTypes });
}

/** The one edit that waits outlives this page and is sent later. */
async function outlivesReload(page: Page, read: () => Promise<unknown>): Promise<void> {
  await page.reload();
  await waitsStored(page);
  await page.context().setOffline(false);
  await isLive(page);
  await allSent(page);
  expect(await read()).toBe('31.75');
}

test('what waits is stored again at once when the browser clears its data, and survives a reload', async ({ shop, profile }) => {
  const { id } = shop.product(2);
  const context = await profile(shop.editor, shop);
  const page = await openPage(context, shop.adminProducts);
  await editsOffline(page, id, 'price', '31.75');
  await clears(page, 'indexeddb');
  await expect(page.getByText(STORED_AGAIN, { exact: false })).toBeVisible();
  await outlivesReload(page, async () => (await shop.read(id))['price']);
});

test('an edit that is being stored while the browser clears its data is stored before the page says so', async ({ shop, profile }) => {
  const { id } = shop.product(3);
  const context = await profile(shop.editor, shop);
  const page = await openPage(context, shop.adminProducts);
  await isLive(page);
  await startsOffline(page);
  await context.setOffline(true);
  await expect(pill(page)).not.toHaveAttribute('data-connection', 'live');
  await cell(page, id, 'price').dblclick();
  const input = page.locator(`[data-record="${id}"] input[data-field="price"]`);
  await input.fill('31.75');
  // Storing takes so long that whoever believes the page too early has time to reload it.
  await page.workers()[0]?.evaluate(() => {
    const { put } = IDBObjectStore.prototype;
    function slow(this: IDBObjectStore, ...parts: [unknown, IDBValidKey?]): IDBRequest {
      const until = performance.now() + 1_500;
      while (this.name === 'queue' && performance.now() < until);
      return put.apply(this, parts);
    }
    Reflect.defineProperty(IDBObjectStore.prototype, 'put', { value: slow });
  });
  await input.press('Enter');
  // Shown as waiting from here on; mostly it is still being stored.
  await expect(pill(page)).toHaveAttribute('data-queued', '1');
  await clears(page, 'indexeddb');
  await expect(page.getByText(STORED_AGAIN, { exact: false })).toBeVisible();
  await outlivesReload(page, async () => (await shop.read(id))['price']);
});
