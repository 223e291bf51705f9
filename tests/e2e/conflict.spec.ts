import type { Page } from '@playwright/test';
import { allSent, cell, editCell, editsOffline, expect, isLive, openPage, pill, startsOffline, test, type Shop } from './fixtures';

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
  const parked = page.getByRole('region', { name: /^Not saved: / });
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
  await editsOffline(page, id, 'price', '44');
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

test('a conflict is decided without a connection; the decision waits with the other edits and holds', async ({ shop, profile }) => {
  const [mine, theirs] = [shop.product(4).id, shop.product(5).id];
  const page = await openPage(await profile(shop.editor, shop), shop.adminProducts);
  const other = await openPage(await profile('root', shop), shop.adminProducts);
  await disagree(page, shop, mine, '20', '30');
  await disagree(page, shop, theirs, '21', '31');
  await page.context().setOffline(true);
  await expect(pill(page)).not.toHaveAttribute('data-connection', 'live');
  const difference = (id: string) => page.locator(`tr[data-record="${id}"] + tr.detail .difference`);
  await expect(difference(mine).getByText('What you decide now waits with your other edits until the connection is back.')).toBeVisible();
  await difference(mine).getByRole('button', { name: 'Keep mine' }).click();
  await difference(theirs).getByRole('button', { name: 'Keep theirs' }).click();
  await expect(page.locator('.difference')).toHaveCount(0);
  await expect(pill(page)).toHaveAttribute('data-queued', '2');
  await expect(cell(page, mine, 'price')).toHaveText('20.00');
  await expect(cell(page, mine, 'price')).toHaveAttribute('data-sync', 'queued');
  await page.getByRole('link', { name: 'Outbox' }).click();
  // Waiting, or tried in vain since.
  const waiting = page.getByRole('main');
  await expect(waiting).toContainText('Mug 4 Price: decided, keep mine');
  await expect(waiting).toContainText('Mug 4 Price: 30.00 → 20.00');
  await expect(waiting).toContainText('Mug 5 Price: decided, keep theirs');
  await page.goto(shop.adminProducts);
  await expect(cell(page, mine, 'price')).toHaveText('20.00');
  await expect(other.locator('.difference')).toHaveCount(2);
  await page.context().setOffline(false);
  await allSent(page);
  await expect(other.locator('.difference')).toHaveCount(0);
  await expect(cell(other, mine, 'price')).toHaveText('20.00');
  const resolutions = ((await shop.admin.must('GET', `/api/conflicts?storeId=${shop.id}&status=all`))['data'] as Record<string, unknown>[])
    .map((conflict) => [conflict['record'], conflict['status'], conflict['resolution']]);
  expect(resolutions.toSorted()).toEqual([[mine, 'resolved', 'mine'], [theirs, 'resolved', 'theirs']].toSorted());
  expect([(await shop.read(mine))['price'], (await shop.read(theirs))['price']]).toEqual(['20', '31']);
});

test('a decision that was made offline meets a value that has moved again: both are kept anew', async ({ shop, profile }) => {
  const { id } = shop.product(6);
  const page = await openPage(await profile(shop.editor, shop), shop.adminProducts);
  await disagree(page, shop, id, '20', '30');
  await page.context().setOffline(true);
  await expect(pill(page)).not.toHaveAttribute('data-connection', 'live');
  const difference = page.locator('.difference');
  await difference.getByRole('button', { name: 'Edit', exact: true }).click();
  await page.getByRole('textbox', { name: 'New value of Price' }).fill('25');
  await difference.getByRole('button', { name: 'Save' }).click();
  await expect(pill(page)).toHaveAttribute('data-queued', '1');
  await shop.change(id, { price: '40' }, { 'Base-Version': String((await shop.read(id))['version']) });
  await page.context().setOffline(false);
  await allSent(page);
  await expect(difference.locator('[data-side=mine]')).toContainText('25.00');
  await expect(difference.locator('[data-side=theirs]')).toContainText('40.00');
  await expect(page.getByRole('link', { name: /not saved/ })).toHaveCount(0);
  expect((await shop.read(id))['price']).toBe('40');
});

test('what became of a removed record is the server\'s to say: without a connection its conflict tells so', async ({ shop, profile }) => {
  const { id } = shop.product(7);
  const context = await profile(shop.editor, shop);
  const page = await openPage(context, shop.adminProducts);
  await editsOffline(page, id, 'price', '44');
  await shop.remove(id);
  await context.setOffline(false);
  await isLive(page);
  await allSent(page);
  await page.goto('/conflicts');
  const difference = page.locator('.difference');
  await expect(difference.getByRole('button', { name: 'Keep mine' })).toBeEnabled();
  await context.setOffline(true);
  await expect(difference.getByText('Deciding needs a connection. Both are kept until then.')).toBeVisible();
  for (const name of ['Keep mine', 'Keep theirs', 'Edit']) await expect(difference.getByRole('button', { name })).toBeDisabled();
  await context.setOffline(false);
  await difference.getByRole('button', { name: 'Keep theirs' }).click();
  await expect(page.getByRole('heading', { name: 'No conflicts' })).toBeVisible();
});
