import { allSent, cell, editCell, expect, isLive, openPage, test, type Shop } from './fixtures';

const total = '[data-total]';

/** Five that differ in everything that can be filtered for. */
async function variety(shop: Shop): Promise<void> {
  await shop.change(shop.product(1).id, { category: 'Home > Mugs', price: '5', amazon_id: 'B01' });
  await shop.change(shop.product(2).id, { category: 'Home > Mugs', price: '15', amazon_id: 'B02', shopify_id: '77' });
  await shop.change(shop.product(3).id, { category: 'Garden', price: '25', amazon_id: 'B03' });
}

test('filters combine, stand in the address and are told in words', async ({ shop, profile }) => {
  await variety(shop);
  const page = await openPage(await profile(shop.editor, shop), shop.adminProducts);
  await isLive(page);
  await page.getByRole('button', { name: 'More filters' }).click();
  await page.getByRole('combobox', { name: 'Marketplace' }).selectOption('amazon');
  await expect(page.locator(total)).toHaveAttribute('data-total', '3');
  await page.getByRole('combobox', { name: 'Category' }).fill('Home > Mugs');
  await page.getByRole('combobox', { name: 'Category' }).press('Enter');
  await expect(page.locator(total)).toHaveAttribute('data-total', '2');
  await page.getByLabel(/^Price from/).fill('10');
  await page.getByLabel(/^Price from/).press('Enter');
  await expect(page.locator(total)).toHaveAttribute('data-total', '1');
  await expect(page).toHaveURL(/platform=amazon&category=Home\+%3E\+Mugs&min_price=10/);
  await page.keyboard.press('Escape');
  await page.reload();
  await expect(page.locator(total)).toHaveAttribute('data-total', '1');
  await page.getByRole('searchbox').fill('nowhere');
  await expect(page.getByText('Looked for listed on Amazon and category Home > Mugs and price from £10.00 and “nowhere” in title', { exact: false })).toBeVisible();
  await page.getByRole('searchbox').fill('');
  await page.getByRole('button', { name: 'Take away: price from £10.00' }).click();
  await expect(page.locator(total)).toHaveAttribute('data-total', '2');
  // Live: what comes to match is counted, what ceases to match goes.
  await shop.change(shop.product(4).id, { category: 'Home > Mugs', amazon_id: 'B04' });
  await expect(page.locator(total)).toHaveAttribute('data-total', '3');
  await page.getByRole('searchbox').fill('nowhere');
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await expect(page.locator(total)).toHaveAttribute('data-total', '30');
  await page.goto(`${shop.adminProducts}?sync=none`);
  await expect(page.locator(total)).toHaveAttribute('data-total', '30');
  await page.goto(`${shop.adminProducts}?sync=failed`);
  await expect(page.getByText('Looked for sync status Failed.')).toBeVisible();
});

test('each marketplace has a sign with words, and a legend tells what they mean', async ({ shop, profile }) => {
  await variety(shop);
  const { id } = shop.product(2);
  const page = await openPage(await profile(shop.editor, shop), shop.adminProducts);
  await isLive(page);
  const signs = cell(page, id, 'listings');
  await expect(signs.locator('[data-listing]')).toHaveCount(4);
  await expect(signs.locator('[data-listing="amazon:assumed"]')).toHaveAttribute('title', 'Amazon: Taken for synced');
  await expect(signs.locator('[data-listing="shopee:none"]')).toHaveAttribute('title', 'Shopee: Not listed');
  await shop.change(id, { shopify_id: null });
  await expect(signs.locator('[data-listing="shopify:none"]')).toHaveCount(1);
  await page.getByRole('button', { name: 'What the marketplace signs mean' }).click();
  for (const words of ['Error', 'Pending', 'Synced', 'Taken for synced', 'Not listed']) {
    await expect(page.locator('.listing-legend dt').getByText(words, { exact: true })).toBeVisible();
  }
  await page.getByRole('button', { name: 'Columns and density' }).click();
  await page.getByRole('checkbox', { name: 'Sync status' }).check();
  await page.getByRole('checkbox', { name: 'Last synced' }).check();
  await expect(cell(page, id, 'sync_status')).toHaveText('Not connected');
  await expect(cell(page, id, 'last_synced_at')).toHaveText('–');
});

test('a view is kept under a name, renamed and removed, in every window of its owner and in no other person’s', async ({ shop, profile }) => {
  await variety(shop);
  const context = await profile(shop.editor, shop);
  const first = await openPage(context, `${shop.adminProducts}?platform=amazon&sort=price`);
  const second = await openPage(context, shop.adminProducts);
  const stranger = await openPage(await profile('root', shop), shop.adminProducts);
  await isLive(first);
  await isLive(second);
  await first.getByRole('button', { name: 'Views', exact: true }).click();
  await first.getByLabel('Name of a new view').fill('On Amazon');
  await first.getByRole('button', { name: 'Keep view' }).click();
  await second.getByRole('button', { name: 'Views', exact: true }).click();
  await second.getByRole('button', { name: 'On Amazon', exact: true }).click();
  await expect(second).toHaveURL(/platform=amazon&sort=price/);
  await expect(second.locator(total)).toHaveAttribute('data-total', '3');
  await expect(second.getByRole('columnheader', { name: 'Sync status' })).toHaveCount(0);
  await first.getByRole('button', { name: 'Rename On Amazon' }).click();
  await first.getByLabel('New name of On Amazon').fill('Amazon by price');
  await first.getByRole('button', { name: 'Rename', exact: true }).click();
  await expect(second.getByRole('button', { name: 'Views: Amazon by price' })).toBeVisible();
  await stranger.getByRole('button', { name: 'Views', exact: true }).click();
  await expect(stranger.getByText('Keep what you filter and sort for often under a name.', { exact: false })).toBeVisible();
  await first.getByRole('button', { name: 'Remove the view Amazon by price' }).click();
  await allSent(first);
  await expect(second.getByRole('button', { name: 'Views', exact: true })).toBeVisible();
});

test('one search finds products, collections and categories, by keyboard and while they change', async ({ shop, profile }) => {
  await variety(shop);
  const made = (await shop.admin.must('POST', `/api/collections?storeId=${shop.id}`, { title: 'Zebra things' }))['data'] as { id: string };
  await shop.admin.must('POST', `/api/categories?storeId=${shop.id}`, { path: 'Zebra > Stripes' });
  await shop.change(shop.product(12).id, { collections: [made.id] });
  const page = await openPage(await profile(shop.editor, shop), shop.adminProducts);
  await isLive(page);
  await page.keyboard.press('Control+k');
  const search = page.getByRole('combobox', { name: 'Search or command' });
  await search.fill('zebra');
  await expect(page.getByRole('option', { name: /^Zebra things/ })).toBeVisible();
  await expect(page.getByRole('option', { name: /^Zebra > Stripes/ })).toBeVisible();
  // Live: a product that is renamed while the search stands.
  await shop.change(shop.product(13).id, { title: 'Zebra mug' });
  await expect(page.getByRole('option', { name: /^Zebra mug/ })).toBeVisible();
  await search.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/products/${shop.product(13).id}$`));
  await page.keyboard.press('Control+k');
  await search.fill('zebra things');
  await expect(page.getByRole('option', { name: /^Zebra things/ })).toBeVisible();
  await page.getByRole('option', { name: /^Zebra things/ }).click();
  await expect(page).toHaveURL(new RegExp(`collection=${made.id}`));
  await expect(page.locator(total)).toHaveAttribute('data-total', '1');
  await expect(page.getByRole('button', { name: 'Take away: collection Zebra things' })).toBeVisible();
  await page.keyboard.press('Control+k');
  await search.fill('B03');
  await expect(page.getByRole('option', { name: /Mug 3/ })).toHaveCount(0);
  await search.fill('MUG-3');
  await expect(page.getByRole('option', { name: /^Mug 3 · MUG-3/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.goto(shop.adminProducts);
  await editCell(page, shop.product(3).id, 'asin', 'B0ZEBRA99');
  await allSent(page);
  await page.keyboard.press('Control+k');
  await search.fill('b0zebra99');
  await expect(page.getByRole('option', { name: /B0ZEBRA99/ })).toBeVisible();
});
