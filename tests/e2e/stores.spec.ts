import type { Page } from '@playwright/test';
import { cell, editCell, allSent, expect, isLive, openPage, Shop, test } from './fixtures';

/** A second store on the same server, whose products are told from the first one's by their titles; the first one's editor edits both. */
async function besides(shop: Shop): Promise<Shop> {
  const other = await Shop.open(shop.server, shop.admin, `${shop.id}-b`, 0);
  for (let n = 1; n <= 12; n += 1) await other.add(n, { title: `Jug ${n}`, sku: `JUG-${n}` });
  await shop.admin.must('POST', `/api/people?storeId=${other.id}`, { name: shop.editor, role: 'editor' });
  return other;
}

/** Whatever is drawn, at every change of it: a row under the name of another store is kept as a finding. */
async function watchRows(page: Page, shop: Shop, other: Shop): Promise<() => Promise<string[]>> {
  await page.evaluate(([mugs, jugs]) => {
    const found: string[] = [];
    Object.assign(window, { foreignRows: found });
    new MutationObserver(() => {
      const name = document.querySelector('.store-button strong')?.textContent ?? '';
      for (const row of document.querySelectorAll('[data-record]')) {
        const text = row.textContent ?? '';
        if ((name === mugs && text.includes('Jug')) || (name === jugs && text.includes('Mug'))) found.push(`${name}: ${text.slice(0, 40)}`);
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  }, [shop.name, other.name] as const);
  return () => page.evaluate(() => (window as unknown as { foreignRows: string[] }).foreignRows);
}

const go = (page: Page, path: string): Promise<void> => page.evaluate((to) => {
  history.pushState(null, '', to);
  dispatchEvent(new PopStateEvent('popstate'));
}, path);

test('from one store to another and back at once never shows a row of the other', async ({ shop, profile }) => {
  const other = await besides(shop);
  const page = await openPage(await profile(shop.editor, shop), shop.adminProducts);
  await isLive(page);
  const foreign = await watchRows(page, shop, other);
  for (let round = 0; round < 8; round += 1) {
    await go(page, other.adminProducts);
    await go(page, shop.adminProducts);
    await go(page, other.adminProducts);
    const last = round % 2 === 0 ? shop : other;
    await go(page, last.adminProducts);
    await expect(page.locator('[data-total]').first()).toHaveAttribute('data-total', String(last.products.length));
    await expect(cell(page, last.product(1).id, 'title')).toBeVisible();
  }
  expect(await foreign()).toEqual([]);
});

test('an edit made right before the store is left is saved in its own store, and live changes go on in both', async ({ shop, profile }) => {
  const other = await besides(shop);
  const page = await openPage(await profile(shop.editor, shop), shop.adminProducts);
  await isLive(page);
  await editCell(page, shop.product(2).id, 'price', '41');
  await go(page, other.adminProducts);
  await editCell(page, other.product(2).id, 'price', '42');
  await go(page, shop.adminProducts);
  await expect(cell(page, shop.product(2).id, 'price')).toHaveText('41.00');
  await allSent(page);
  await expect.poll(async () => [(await shop.read(shop.product(2).id))['price'], (await other.read(other.product(2).id))['price']]).toEqual(['41', '42']);
  await shop.change(shop.product(3).id, { price: '43' });
  await expect(cell(page, shop.product(3).id, 'price')).toHaveText('43.00');
  await go(page, other.adminProducts);
  await other.change(other.product(3).id, { price: '44' });
  await expect(cell(page, other.product(3).id, 'price')).toHaveText('44.00');
});

test('a store without access, an unknown one and a closed one say which it is', async ({ shop, profile }) => {
  const foreign = await Shop.open(shop.server, shop.admin, `${shop.id}-c`, 1);
  const page = await openPage(await profile(shop.editor, shop), shop.adminProducts);
  await go(page, foreign.adminProducts);
  await expect(page.getByRole('main')).toContainText(/no access|not .* yours|no such store/i);
  await expect(page.locator('[data-record]')).toHaveCount(0);
  await go(page, '/admin/nowhere-at-all/products');
  await expect(page.getByRole('main')).toContainText(/no access|no such store|no store/i);
  await shop.admin.must('PUT', `/api/stores/${shop.id}`, { is_active: false });
  await go(page, shop.adminProducts);
  await expect(page.getByRole('main')).toContainText(/deactivated/i);
});
