import { allSent, expect, isLive, openPage, test, type Shop } from './fixtures';
import type { Page } from '@playwright/test';

async function make(shop: Shop, collection: string, fields: Record<string, unknown>): Promise<string> {
  const body = await shop.admin.must('POST', `/api/${collection}?storeId=${shop.id}`, fields);
  return (body['data'] as { id: string }).id;
}

const collectionsOf = async (shop: Shop, n: number): Promise<string[]> => ((await shop.read(shop.product(n).id))['collections'] ?? []) as string[];

const row = (page: Page, id: string) => page.locator(`[data-record="${id}"]`).first();

test('a collection is made, products are chosen and pasted into it, and another window follows', async ({ shop, profile }) => {
  const context = await profile(shop.editor, shop);
  const page = await openPage(context, `/admin/${shop.id}/collections`);
  await isLive(page);
  await expect(page.getByRole('heading', { name: 'No collections yet' })).toBeVisible();
  await page.getByRole('link', { name: 'New collection' }).click();
  await page.getByLabel('Title').fill('Summer');
  await page.getByRole('button', { name: 'Create collection' }).click();
  await expect(page.getByRole('heading', { name: 'Summer', exact: true })).toBeVisible();
  await allSent(page);
  const id = page.url().split('/').pop() ?? '';

  await page.getByRole('button', { name: 'Add products…' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Find products').fill('MUG-12');
  await dialog.getByRole('checkbox', { name: /Mug 12/ }).check();
  await dialog.getByLabel('Find products').fill('MUG-13');
  await dialog.getByRole('checkbox', { name: /Mug 13/ }).check();
  await dialog.getByRole('button', { name: 'Review 2 products' }).click();
  await expect(dialog.locator('[data-change]')).toHaveCount(2);
  await dialog.getByRole('button', { name: 'Save 2 changes' }).click();
  await expect(dialog.locator('[data-batch="done"]')).toContainText('2 saved');
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  expect(await collectionsOf(shop, 12)).toEqual([id]);

  const other = await openPage(await profile('root', shop), `/admin/${shop.id}/collections/${id}`);
  await expect(other.locator('[data-total]')).toHaveAttribute('data-total', '2');
  await page.getByRole('button', { name: 'Paste SKUs…' }).click();
  await dialog.getByLabel(/^SKUs/).fill('MUG-1, MUG-2\nMUG-12;no-such-sku\n"MUG-2"');
  await dialog.getByRole('button', { name: 'Look up 4 SKUs' }).click();
  await expect(dialog).toContainText('1 product is in it already.');
  await expect(dialog).toContainText('No product has this SKU: no-such-sku');
  await dialog.getByRole('button', { name: 'Save 2 changes' }).click();
  await expect(dialog.locator('[data-batch="done"]')).toContainText('2 saved');
  await expect(other.locator('[data-total]')).toHaveAttribute('data-total', '4');

  // Taking out by somebody else reaches the list and its count.
  await shop.admin.must('PUT', `/api/products/${shop.product(1).id}?storeId=${shop.id}`, { collections: [] });
  await expect(other.locator('[data-total]')).toHaveAttribute('data-total', '3');
});

test('two people put one product into different collections at the same time, and both stay', async ({ shop, profile }) => {
  const [spring, winter] = [await make(shop, 'collections', { title: 'Spring' }), await make(shop, 'collections', { title: 'Winter' })];
  const product = shop.product(3).id;
  const page = await openPage(await profile(shop.editor, shop), shop.adminProducts);
  await isLive(page);
  await page.context().setOffline(true);
  await expect(page.locator('[data-connection]')).not.toHaveAttribute('data-connection', 'live');
  await row(page, product).getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Add to collection…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Add to collection').selectOption({ label: 'Spring' });
  await dialog.getByRole('button', { name: 'Review' }).click();
  await dialog.getByRole('button', { name: 'Save 1 change' }).click();
  await expect(dialog.locator('[data-batch="sending"]')).toContainText('1 waiting to send');
  await shop.change(product, { collections: [winter] });
  await page.context().setOffline(false);
  await expect(dialog.locator('[data-batch="done"]')).toContainText('1 saved');
  expect((await collectionsOf(shop, 3)).sort()).toEqual([spring, winter].sort());
});

test('rows are dragged onto a collection, or added with the keyboard, and taken back', async ({ shop, profile }) => {
  const gifts = await make(shop, 'collections', { title: 'Gifts' });
  const page = await openPage(await profile(shop.editor, shop), shop.adminProducts);
  await isLive(page);
  await page.getByRole('button', { name: 'Collections', exact: true }).click();
  const shelf = page.getByRole('complementary', { name: 'Collections' });
  const target = shelf.locator(`[data-collection="${gifts}"]`);
  await row(page, shop.product(1).id).locator('[data-field="title"]').dragTo(target);
  await expect(page.getByText('Added 1 product to Gifts')).toBeVisible();
  await expect(target.locator('[data-count]')).toHaveAttribute('data-count', '1');
  await allSent(page);
  expect(await collectionsOf(shop, 1)).toEqual([gifts]);

  // Keyboard only: Space chooses, the collection's button adds what is chosen.
  await page.locator(`[data-cell="${shop.product(2).id}:title"]`).focus();
  await page.keyboard.press('Space');
  await target.focus();
  await page.keyboard.press('Enter');
  await expect(target.locator('[data-count]')).toHaveAttribute('data-count', '2');
  await allSent(page);
  expect(await collectionsOf(shop, 2)).toEqual([gifts]);
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await expect(target.locator('[data-count]')).toHaveAttribute('data-count', '1');
  await allSent(page);
  expect(await collectionsOf(shop, 2)).toEqual([]);
});

test('a collection with products goes out of them when it is removed, after a review', async ({ shop, profile }) => {
  const id = await make(shop, 'collections', { title: 'Sale' });
  for (const n of [4, 5]) await shop.change(shop.product(n).id, { collections: [id] });
  const page = await openPage(await profile(shop.editor, shop), `/admin/${shop.id}/collections/${id}`);
  await isLive(page);
  await expect(page.locator('[data-total]')).toHaveAttribute('data-total', '2');
  await page.locator('.page-head').getByRole('button', { name: 'Remove' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.locator('[data-change]')).toHaveCount(3);
  await dialog.getByRole('button', { name: 'Save 3 changes' }).click();
  await expect(dialog.locator('[data-batch="done"]')).toContainText('3 saved');
  expect(await collectionsOf(shop, 4)).toEqual([]);
});

test('categories stand as a tree with their products; those in use are added, renaming moves products, removing is told before', async ({ shop, profile }) => {
  await shop.change(shop.product(1).id, { category: 'Home > Kitchen' });
  await shop.change(shop.product(2).id, { category: 'Home > Kitchen' });
  await shop.change(shop.product(3).id, { category: 'Home > Garden' });
  const page = await openPage(await profile(shop.editor, shop), `/admin/${shop.id}/categories`);
  await isLive(page);
  await page.getByRole('button', { name: 'Add those that products use' }).first().click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.locator('[data-change]')).toHaveCount(3);
  await dialog.getByRole('button', { name: 'Save 3 changes' }).click();
  await expect(dialog.locator('[data-batch="done"]')).toContainText('3 saved');
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  const held = page.getByRole('button', { name: /Show$/ });
  if (await held.isVisible()) await held.click();
  const kitchen = page.locator('tr[data-record]', { hasText: 'Kitchen' });
  await expect(kitchen.locator('[data-count]')).toHaveAttribute('data-count', '2');
  await expect(page.locator('tr[data-record]', { hasText: 'Garden' }).locator('[data-count]')).toHaveAttribute('data-count', '1');

  // A count follows what others do.
  await shop.change(shop.product(4).id, { category: 'Home > Kitchen' });
  await expect(kitchen.locator('[data-count]')).toHaveAttribute('data-count', '3');

  await page.locator('tr[data-record]', { hasText: 'Kitchen' }).getByRole('link', { name: /^Open/ }).click();
  await page.getByRole('button', { name: 'Rename…' }).click();
  await dialog.getByLabel('New name, parents first').fill('Home>Cooking ');
  await expect(dialog).toContainText('1 category and 3 products would move with it.');
  await dialog.getByRole('button', { name: 'Review' }).click();
  await dialog.getByRole('button', { name: 'Save 4 changes' }).click();
  await expect(dialog.locator('[data-batch="done"]')).toContainText('4 saved');
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  expect((await shop.read(shop.product(4).id))['category']).toBe('Home > Cooking');

  await page.locator('.page-head').getByRole('button', { name: 'Remove' }).click();
  await expect(dialog).toContainText('1 category and 3 products are in it.');
  await dialog.getByRole('button', { name: 'Review' }).click();
  await dialog.getByRole('button', { name: 'Save 4 changes' }).click();
  await expect(dialog.locator('[data-batch="done"]')).toContainText('4 saved');
  expect((await shop.read(shop.product(4).id))['category']).toBe('Home');
});
