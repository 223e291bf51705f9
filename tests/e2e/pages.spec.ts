// A store whose products do not fit a browser: pages live on the server, and what was seen stays here.
import { allSent, cell, editCell, expect, isLive, isStored, openPage, pill, startsOffline, test } from './fixtures';
import { breaksNoRule, contrasts, fitsTheWindow } from './screens';

const KNOWN = /You see what this browser knows: 26 of 41 products, as of \d\d:\d\d\./;

test('two windows share a list that only the server has as a whole, and work goes on without a network', async ({ pagedShop: shop, profile }) => {
  const context = await profile(shop.editor, shop);
  const page = await openPage(context, `${shop.adminProducts}?size=25`);
  await isLive(page);
  const table = page.locator('[data-total]');
  await expect(table).toHaveAttribute('data-total', '40');
  await expect(table).toHaveAttribute('data-pages', '2');
  await expect(page.locator('[data-record]')).toHaveCount(25);

  const other = await openPage(await profile(shop.viewer, shop), `/s/${shop.id}/products?size=25&page=2`);
  await expect(cell(other, shop.product(26).id, 'price')).toHaveText('9.50');
  await shop.change(shop.product(26).id, { price: '12.25' });
  await expect(cell(other, shop.product(26).id, 'price')).toHaveText('12.25');
  await editCell(page, shop.product(3).id, 'price', '31.5');
  await other.getByRole('button', { name: 'Previous page' }).click();
  await expect(cell(other, shop.product(3).id, 'price')).toHaveText('31.50');

  // What belongs on the page now is counted, the shown rows stay where they are.
  await shop.add(41, { sales_amount: '200000' });
  await expect(table).toHaveAttribute('data-total', '41');
  await expect(page.getByRole('button', { name: /1 new/ })).toBeVisible();
  await expect(page.locator('tbody [data-record]').first()).toHaveAttribute('data-record', shop.product(1).id);

  // What came before this edit is in storage when the edit no longer has to be.
  await editCell(page, shop.product(4).id, 'price', '41.5');
  await isStored(page);
  await startsOffline(page);
  await context.setOffline(true);
  await expect(page.getByText(KNOWN)).toBeVisible();
  await editCell(page, shop.product(5).id, 'price', '55.5');
  await expect(pill(page)).toHaveAttribute('data-queued', '1');
  await page.reload();
  await expect(page.getByText(KNOWN)).toBeVisible();
  await expect(cell(page, shop.product(5).id, 'price')).toHaveText('55.50');
  await expect(cell(page, shop.product(3).id, 'price')).toHaveText('31.50');
  // Another order: of what is known, and a record that is not here says so.
  const cheap = await openPage(context, `${shop.adminProducts}?sort=price`);
  await expect(cheap.locator('[data-total]')).toHaveAttribute('data-total', '26');
  await breaksNoRule(cheap, 'the known rows');
  const unknown = await openPage(context, `${shop.adminProducts}/${shop.product(40).id}`);
  await expect(unknown.getByRole('heading', { name: 'This product is not in this browser' })).toBeVisible();
  await breaksNoRule(unknown, 'a record that is not here');

  await context.setOffline(false);
  await isLive(page);
  await allSent(page);
  await expect(page.getByText(KNOWN)).toHaveCount(0);
  await expect(cheap.locator('[data-total]')).toHaveAttribute('data-total', '41');
  await expect(unknown.getByLabel('Price')).toHaveValue('9.50');
  expect((await shop.read(shop.product(5).id))['price']).toBe('55.5');
});

test('a phone shows the same, in both themes', async ({ pagedShop: shop, profile }) => {
  for (const dark of [false, true]) {
    const context = await profile(shop.editor, shop, { phone: true, dark });
    const page = await openPage(context, `${shop.adminProducts}?size=25`);
    await isLive(page);
    await expect(page.locator('[data-total]')).toHaveAttribute('data-total', '40');
    await page.getByRole('button', { name: 'Next page' }).click();
    await expect(page.locator(`[data-record="${shop.product(40).id}"]`)).toBeVisible();
    await page.getByRole('button', { name: 'Previous page' }).click();
    await expect(page.locator(`[data-record="${shop.product(1).id}"]`)).toBeVisible();
    await context.setOffline(true);
    const known = page.getByText('You see what this browser knows: 40 products');
    await expect(known).toBeVisible();
    await fitsTheWindow(page, 'what is known');
    if (dark) await contrasts(page, 'what is known, dark');
    else await breaksNoRule(page, 'what is known');
  }
});
