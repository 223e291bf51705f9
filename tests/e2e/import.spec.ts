import { expect, isLive, openPage, test } from './fixtures';

const FILE = [
  'Title,Variant SKU,Status,Variant Price,Variant Inventory Qty',
  'Mug 1,MUG-1,active,"£1,250.00",100',
  'Teapot,TEAPOT,active,24.00,12',
  'Wrong price,WRONG,active,abc,1',
  ',EMPTY-TITLE,active,1.00,1',
].join('\n');

test('an import shows every row before it happens and keeps bad rows apart', async ({ shop, profile }) => {
  const page = await openPage(await profile(shop.editor, shop), `/admin/${shop.id}/import`);
  await isLive(page);
  await page.getByLabel('Choose a file').setInputFiles({ name: 'catalogue.csv', mimeType: 'text/csv', buffer: Buffer.from(FILE) });
  const made = page.locator('[data-state=previewed]');
  await expect(made).toBeVisible();
  await expect(made.locator('[data-field=rejected]')).toHaveText('2');
  await expect(made.locator('[data-field=inserted]')).toHaveText('1');
  await expect(made.locator('[data-field=updated]')).toHaveText('1');
  expect((await shop.admin.must('GET', `/api/products?storeId=${shop.id}&q=TEAPOT`))['data']).toEqual([]);
  await page.getByRole('button', { name: 'Rejected', exact: true }).click();
  await expect(page.locator('[data-fate]')).toHaveCount(2);
  await page.getByRole('button', { name: /^Import 2 products into/ }).click();
  await expect(page.locator('[data-state=done]')).toBeVisible();
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Rejected rows as CSV' }).click();
  expect((await download).suggestedFilename()).toMatch(/\.csv$/);
  expect((await shop.read(shop.product(1).id))['price']).toBe('1250');
  expect((await shop.admin.must('GET', `/api/products?storeId=${shop.id}&q=TEAPOT`))['data']).toHaveLength(1);
});

test('a file that is no catalogue is refused in words', async ({ shop, profile }) => {
  const page = await openPage(await profile(shop.editor, shop), `/admin/${shop.id}/import`);
  await page.getByLabel('Choose a file').setInputFiles({ name: 'photo.csv', mimeType: 'text/csv', buffer: Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 1, 2]) });
  await expect(page.getByRole('alert')).toBeVisible();
});
