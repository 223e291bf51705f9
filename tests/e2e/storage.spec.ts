import { allSent, cell, editCell, editsOffline, expect, isLive, openPage, pill, startsOffline, test } from './fixtures';

test('a browser without room says so before an edit is made, and closing asks while an edit would be lost', async ({ shop, profile }) => {
  const { id } = shop.product(1);
  const context = await profile(shop.editor, shop);
  const first = await openPage(context, shop.adminProducts);
  await isLive(first);
  await startsOffline(first);
  const page = await openPage(context, shop.adminProducts);
  await isLive(page);
  // What a full browser answers to every write. A quota set from outside is looked at only now and then.
  await page.workers()[0]?.evaluate(() => {
    const full = (): never => {
      throw new DOMException('no room', 'QuotaExceededError');
    };
    Reflect.defineProperty(IDBObjectStore.prototype, 'put', { value: full });
  });
  await first.close();
  await isLive(page);
  await expect(page.getByText('This browser has no room left', { exact: false })).toBeVisible();
  await context.setOffline(true);
  await expect(pill(page)).not.toHaveAttribute('data-connection', 'live');
  await editCell(page, id, 'price', '12.25');
  await expect(pill(page)).toHaveAttribute('data-queued', '1');
  await expect(page.getByText('This browser has no room left', { exact: false })).toBeVisible();
  // What the browser does when a tab is closed: an answer that is prevented becomes its question.
  const asks = await page.evaluate(() => !dispatchEvent(new Event('beforeunload', { cancelable: true })));
  expect(asks).toBe(true);
  await expect(page.getByText(/1 edit of this page waits\. This browser cannot keep it/)).toBeVisible();
  await context.setOffline(false);
  await isLive(page);
  await allSent(page);
  expect((await shop.read(id))['price']).toBe('12.25');
});

test('what waits is stored again at once when the browser clears its data, and survives a reload', async ({ shop, profile }) => {
  const { id } = shop.product(2);
  const context = await profile(shop.editor, shop);
  const page = await openPage(context, shop.adminProducts);
  await editsOffline(page, id, 'price', '31.75');
  const browser = await context.newCDPSession(page);
  await browser.send('Storage.clearDataForOrigin', { origin: shop.server.url, storageTypes: 'indexeddb' });
  await expect(page.getByText('The browser had cleared what it kept here.', { exact: false })).toBeVisible();
  await page.reload();
  await expect(pill(page)).toHaveAttribute('data-queued', '1');
  await context.setOffline(false);
  await isLive(page);
  await allSent(page);
  await expect(cell(page, id, 'price')).toHaveText('31.75');
  expect((await shop.read(id))['price']).toBe('31.75');
});
