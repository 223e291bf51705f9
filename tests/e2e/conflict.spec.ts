import type { Page } from '@playwright/test';
import { allSent, cell, editCell, expect, isLive, openPage, pill, startsOffline, test, type Shop } from './fixtures';

/** The page edits a price without connection while somebody else changes it on the server. */
async function disagree(page: Page, shop: Shop, id: string, mine: string, theirs: string): Promise<void> {
  const context = page.context();
  await isLive(page);
  await startsOffline(page);
  await context.setOffline(true);
  await expect(pill(page)).not.toHaveAttribute('data-connection', 'live');
  await editCell(page, id, 'price', mine);
  await expect(pill(page)).toHaveAttribute('data-queued', '1');
  await shop.change(id, { price: theirs });
  await context.setOffline(false);
  await isLive(page);
  await allSent(page);
}

test('two values for one field are shown in both windows and decided in place', async ({ shop, profile }) => {
  const { id } = shop.product(1);
  const page = await openPage(await profile(shop.editor, shop), shop.adminProducts);
  const other = await openPage(await profile('root', shop), shop.adminProducts);
  await isLive(other);
  await disagree(page, shop, id, '12.5', '13.25');
  for (const window of [page, other]) {
    const difference = window.locator('.difference');
    await expect(difference).toContainText('12.50');
    await expect(difference).toContainText('13.25');
    await expect(difference).toContainText('9.50');
    await expect(cell(window, id, 'price')).toHaveAttribute('data-sync', 'conflict');
    await expect(cell(window, id, 'price')).toHaveText('13.25');
  }
  await page.keyboard.press('F8');
  await expect(page.locator('.difference')).toBeFocused();
  await page.getByRole('button', { name: 'Keep mine' }).click();
  await expect(page.locator('.difference')).toHaveCount(0);
  await expect(other.locator('.difference')).toHaveCount(0);
  await expect(cell(other, id, 'price')).toHaveText('12.50');
  expect((await shop.read(id))['price']).toBe('12.5');
});

test('the conflicts page lists what is open and takes a third value', async ({ shop, profile }) => {
  const { id, title } = shop.product(2);
  const page = await openPage(await profile(shop.editor, shop), shop.adminProducts);
  await disagree(page, shop, id, '20', '30');
  await page.getByRole('link', { name: '1 conflict' }).click();
  await expect(page.getByRole('link', { name: title })).toBeVisible();
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await page.getByRole('textbox', { name: 'New value of Price' }).fill('25');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { name: 'No conflicts' })).toBeVisible();
  await expect.poll(async () => (await shop.read(id))['price']).toBe('25');
});

test('a refused edit stays with its reason until it is changed and sent again', async ({ shop, profile }) => {
  const { id } = shop.product(1);
  const page = await openPage(await profile(shop.editor, shop), shop.adminProducts);
  await isLive(page);
  await editCell(page, id, 'sku', 'MUG-2');
  const row = page.locator(`tr[data-record="${id}"]`);
  await expect(row.getByText(/^Not saved: /)).toBeVisible();
  await expect(cell(page, id, 'sku')).toHaveText('MUG-1');
  await page.getByRole('link', { name: '1 not saved' }).click();
  const parked = page.getByRole('region', { name: 'Not saved', exact: true });
  await expect(parked).toContainText('MUG-2');
  await parked.getByRole('button', { name: 'Edit' }).click();
  await parked.getByRole('textbox', { name: 'New value of SKU' }).fill('MUG-ONE');
  await parked.getByRole('button', { name: 'Send again' }).click();
  await expect(page.getByRole('heading', { name: 'The outbox is empty' })).toBeVisible();
  await expect.poll(async () => (await shop.read(id))['sku']).toBe('MUG-ONE');
});

test('an edit of a product that was removed meanwhile is kept, and keeping mine brings the product back', async ({ shop, profile }) => {
  const { id } = shop.product(3);
  const context = await profile(shop.editor, shop);
  const page = await openPage(context, shop.adminProducts);
  await isLive(page);
  await startsOffline(page);
  await context.setOffline(true);
  await expect(pill(page)).not.toHaveAttribute('data-connection', 'live');
  await editCell(page, id, 'price', '44');
  await expect(pill(page)).toHaveAttribute('data-queued', '1');
  await shop.remove(id);
  await context.setOffline(false);
  await isLive(page);
  await allSent(page);
  await page.goto('/conflicts');
  const difference = page.locator('.difference');
  await expect(difference.getByRole('heading', { name: 'root removed this record while its price was edited' })).toBeVisible();
  await expect(page.locator('.panel', { has: difference })).toContainText('Product Mug 3');
  await expect(difference.locator('[data-side=mine]')).toContainText('44.00');
  await expect(difference.locator('[data-side=theirs]')).toContainText('removed');
  await difference.getByRole('button', { name: 'Keep mine' }).click();
  await expect(page.getByRole('heading', { name: 'No conflicts' })).toBeVisible();
  await expect.poll(async () => shop.read(id)).toMatchObject({ id, title: 'Mug 3', price: '44' });
});

test('without a connection a conflict says beside its buttons why it cannot be decided now', async ({ shop, profile }) => {
  const { id } = shop.product(4);
  const page = await openPage(await profile(shop.editor, shop), shop.adminProducts);
  await disagree(page, shop, id, '20', '30');
  const difference = page.locator('.difference');
  await expect(difference.getByRole('button', { name: 'Keep mine' })).toBeEnabled();
  await page.context().setOffline(true);
  await expect(difference.getByText('Deciding needs a connection. Both are kept until then.')).toBeVisible({ timeout: 20_000 });
  for (const name of ['Keep mine', 'Keep theirs', 'Edit']) await expect(difference.getByRole('button', { name })).toBeDisabled();
  await page.context().setOffline(false);
  await difference.getByRole('button', { name: 'Keep theirs' }).click({ timeout: 20_000 });
  await expect(difference).toHaveCount(0);
  expect((await shop.read(id))['price']).toBe('30');
});
