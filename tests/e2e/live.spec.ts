import { allSent, cell, editCell, expect, isLive, openPage, test } from './fixtures';

test('an edit in the admin panel appears in the seller page of another profile', async ({ shop, profile }) => {
  const { id } = shop.product(3);
  const editor = await openPage(await profile(shop.editor, shop), shop.adminProducts);
  const seller = await openPage(await profile(shop.viewer, shop), `/s/${shop.id}/products`);
  await isLive(editor);
  await isLive(seller);
  await editCell(editor, id, 'price', '£1,299.00');
  await expect(cell(seller, id, 'price')).toHaveText('1,299.00');
  await expect(cell(editor, id, 'price')).toHaveText('1,299.00');
  await allSent(editor);
  expect((await shop.read(id))['price']).toBe('1299');
});

test('the save mark says Saved after the receipt and then goes', async ({ shop, profile }) => {
  const { id } = shop.product(2);
  const page = await openPage(await profile(shop.editor, shop), shop.adminProducts);
  await isLive(page);
  await editCell(page, id, 'title', 'Mug with a new name');
  const row = page.locator(`tr[data-record="${id}"]`);
  await expect(row.getByText('Saved', { exact: true })).toBeVisible();
  await expect(cell(page, id, 'title')).toHaveAttribute('data-sync', 'clean');
  await expect(row.getByText('Saved', { exact: true })).toHaveCount(0);
});

test('an acknowledged edit is still there after kill -9 and a restart', async ({ lonelyShop: shop, profile }) => {
  const { id } = shop.product(1);
  const page = await openPage(await profile(shop.editor, shop), shop.adminProducts);
  await isLive(page);
  await editCell(page, id, 'price', '77.25');
  await allSent(page);
  await shop.server.kill();
  await shop.server.start();
  await isLive(page);
  await expect(cell(page, id, 'price')).toHaveText('77.25');
  const other = await openPage(await profile(shop.viewer, shop), `/s/${shop.id}/products`);
  await expect(cell(other, id, 'price')).toHaveText('77.25');
});

test('two windows of one profile share one replica and one queue', async ({ shop, profile }) => {
  const context = await profile(shop.editor, shop);
  const first = await openPage(context, shop.adminProducts);
  const second = await openPage(context, shop.adminProducts);
  await isLive(first);
  await isLive(second);
  const { id } = shop.product(5);
  await editCell(second, id, 'sku', 'TWO-WINDOWS');
  await expect(cell(first, id, 'sku')).toHaveText('TWO-WINDOWS');
  // The window that held the connection goes: the other one takes over.
  await first.close();
  await editCell(second, id, 'sku', 'ONE-WINDOW');
  await allSent(second);
  await expect.poll(async () => (await shop.read(id))['sku']).toBe('ONE-WINDOW');
});

test('rows keep their place while others change, and new ones wait behind Show', async ({ shop, profile }) => {
  const page = await openPage(await profile(shop.viewer, shop), `/s/${shop.id}/products`);
  await isLive(page);
  const table = page.locator('[data-total]');
  await expect(table).toHaveAttribute('data-total', '30');
  const first = page.locator('tr[data-record]').first();
  await expect(first).toHaveAttribute('data-record', shop.product(1).id);
  await shop.change(shop.product(9).id, { sales_amount: '500000' });
  const made = await shop.add(31, { sales_amount: '900000' });
  await expect(cell(page, shop.product(9).id, 'sales_amount')).toHaveText('500,000.00');
  await expect(table).toHaveAttribute('data-total', '31');
  await expect(first).toHaveAttribute('data-record', shop.product(1).id);
  await page.getByRole('button', { name: /1 new.*Show/ }).click();
  await expect(first).toHaveAttribute('data-record', made.id);
  await expect(table).toHaveAttribute('data-held', '0');
});

test('when rows are removed until the last page vanishes, the page clamps and says so', async ({ shop, profile }) => {
  const page = await openPage(await profile(shop.viewer, shop), `/s/${shop.id}/products?page=2`);
  const table = page.locator('[data-total]');
  await expect(table).toHaveAttribute('data-pages', '2');
  await expect(table).toHaveAttribute('data-page', '2');
  for (let n = 26; n <= 30; n += 1) await shop.remove(shop.product(n).id);
  await expect(table).toHaveAttribute('data-page', '1');
  await expect(table).toHaveAttribute('data-pages', '1');
  await expect(table).toHaveAttribute('data-total', '25');
  await expect(page.getByText('Page 2 no longer exists: showing 1')).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`/s/${shop.id}/products$`));
});

test('a change by others does not move focus, and a changed field of an open form is named', async ({ shop, profile }) => {
  const { id } = shop.product(4);
  const page = await openPage(await profile(shop.editor, shop), `${shop.adminProducts}/${id}`);
  await isLive(page);
  const title = cell(page, id, 'title');
  await title.fill('My title');
  await shop.change(id, { price: '21.5' });
  await expect(cell(page, id, 'price')).toHaveValue('21.50');
  await expect(page.getByText(/Changed by root/)).toBeVisible();
  await expect(title).toBeFocused();
  await expect(page.getByText('Will save: Title')).toBeVisible();
  await page.keyboard.press('Control+s');
  await allSent(page);
  await expect.poll(async () => shop.read(id)).toMatchObject({ title: 'My title', price: '21.5' });
});

test('an open form adds to stock that others took meanwhile', async ({ shop, profile }) => {
  const { id } = shop.product(6);
  const page = await openPage(await profile(shop.editor, shop), `${shop.adminProducts}/${id}`);
  await isLive(page);
  await cell(page, id, 'title').fill('Renamed while stock went');
  await shop.admin.must('POST', `/api/products/${id}/adjust?storeId=${shop.id}`, { amount: -5 });
  await page.getByRole('button', { name: 'Save' }).click();
  await allSent(page);
  await expect.poll(async () => shop.read(id)).toMatchObject({ title: 'Renamed while stock went', inventory: 95 });
});
