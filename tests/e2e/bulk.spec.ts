import { expect, isLive, openPage, test, type Shop } from './fixtures';
import type { Page } from '@playwright/test';

async function choose(page: Page, shop: Shop, ...numbers: number[]): Promise<void> {
  for (const n of numbers) await page.locator(`[data-record="${shop.product(n).id}"]`).first().getByRole('checkbox').check();
}

test('chosen products are changed in several ways at once, after a review of every difference', async ({ shop, profile }) => {
  const page = await openPage(await profile(shop.editor, shop), shop.adminProducts);
  await isLive(page);
  await shop.change(shop.product(2).id, { price: '20' });
  await choose(page, shop, 1, 2, 3);
  await page.getByRole('button', { name: 'Change…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Status').selectOption('Inactive');
  await dialog.getByLabel('Price', { exact: true }).selectOption({ label: 'Raise or lower by per cent' });
  await dialog.getByLabel('Per cent, −10 lowers').fill('10');
  await dialog.getByLabel('Category', { exact: true }).selectOption({ label: 'Set to' });
  await dialog.getByLabel('New category').fill('Home > Kitchen');
  await dialog.getByRole('button', { name: 'Review' }).click();
  await expect(dialog.locator('[data-change]')).toHaveCount(9);
  await expect(dialog.locator('[data-change]', { hasText: 'Mug 2' }).filter({ hasText: 'Price' })).toContainText('22.00');
  expect((await shop.read(shop.product(1).id))['price'], 'nothing is saved before it is confirmed').toBe('9.5');
  await dialog.getByRole('button', { name: 'Save 9 changes' }).click();
  await expect(dialog.locator('[data-batch="done"]')).toContainText('9 saved of 9 changes');
  const made = await shop.read(shop.product(1).id);
  expect([made['status'], made['price'], made['category']]).toEqual(['Inactive', '10.45', 'Home > Kitchen']);
  expect((await shop.read(shop.product(4).id))['price']).toBe('9.5');
});

test('what the server refuses is told with its reason, the rest is saved', async ({ shop, profile }) => {
  const page = await openPage(await profile(shop.editor, shop), shop.adminProducts);
  await isLive(page);
  await choose(page, shop, 1, 2, 3);
  await page.getByRole('button', { name: 'Change…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Price', { exact: true }).selectOption({ label: 'Raise or lower by an amount' });
  await dialog.getByLabel(/^Amount/).fill('1');
  await dialog.getByRole('button', { name: 'Review' }).click();
  await expect(dialog.locator('[data-change]')).toHaveCount(3);
  // While it is reviewed a colleague removes one of them and changes another one's price.
  await shop.change(shop.product(2).id, { price: '30' });
  await shop.remove(shop.product(3).id);
  await dialog.getByRole('button', { name: 'Save 3 changes' }).click();
  const end = dialog.locator('[data-batch="done"]');
  await expect(end).toContainText('1 saved');
  await expect(end).toContainText('to decide');
  expect((await shop.read(shop.product(1).id))['price']).toBe('10.5');
  expect((await shop.read(shop.product(2).id))['price'], 'theirs is not overwritten').toBe('30');
});

test('a price that would fall below zero stays and is named; removing is reviewed too', async ({ shop, profile }) => {
  const page = await openPage(await profile(shop.editor, shop), shop.adminProducts);
  await isLive(page);
  await shop.change(shop.product(1).id, { price: '2' });
  await expect(page.locator(`[data-record="${shop.product(1).id}"] [data-field="price"]`)).toHaveText('2.00');
  await choose(page, shop, 1, 2);
  await page.getByRole('button', { name: 'Change…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Price', { exact: true }).selectOption({ label: 'Raise or lower by an amount' });
  await dialog.getByLabel(/^Amount/).fill('-5');
  await dialog.getByRole('button', { name: 'Review' }).click();
  await expect(dialog.locator('[data-change]')).toHaveCount(1);
  await expect(dialog).toContainText('1 price would be below 0 or was never set, and stays: Mug 1');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Change…' }).click();
  await dialog.getByRole('button', { name: 'Remove them…' }).click();
  await expect(dialog.locator('[data-change]')).toHaveCount(2);
  await dialog.getByRole('button', { name: 'Save 2 changes' }).click();
  await expect(dialog.locator('[data-batch="done"]')).toContainText('2 saved');
  await expect(page.locator('[data-total]')).toHaveAttribute('data-total', '28');
});
