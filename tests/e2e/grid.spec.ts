import type { Locator, Page } from '@playwright/test';
import { allSent, cell, expect, isLive, openPage, pill, startsOffline, test, type Shop } from './fixtures';
import { breaksNoRule, wasTold } from './screens';

const gridOf = (shop: Shop): string => `/admin/${shop.id}/products/grid`;
const spot = (page: Page, id: string, field: string): Locator => page.locator(`[data-cell="${id}:${field}"]`);
const staged = (page: Page): Locator => page.locator('[data-staged]').first();

async function isStaged(page: Page, count: number): Promise<void> {
  await expect(page.locator('section[data-staged]')).toHaveAttribute('data-staged', String(count));
}

/** As a sheet puts it on the clipboard. */
async function paste(at: Locator, text: string): Promise<void> {
  await at.click();
  await at.evaluate((element, put) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', put);
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

async function saveAll(page: Page, shop: Shop, count: number): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^Save ${count} changes?$`) }).click();
  await page.getByRole('dialog').getByRole('button', { name: `Save ${count} ${count === 1 ? 'change' : 'changes'} to ${shop.name}` }).click();
}

test('cells are typed, filled, emptied, taken back and saved as one reviewed batch', async ({ shop, profile }) => {
  const page = await openPage(await profile(shop.editor, shop), gridOf(shop));
  await isLive(page);
  const [first, second, third] = [shop.product(1).id, shop.product(2).id, shop.product(3).id];
  await spot(page, first, 'price').click();
  await page.keyboard.type('12.75');
  await page.keyboard.press('Enter');
  await expect(spot(page, second, 'price')).toBeFocused();
  await isStaged(page, 1);
  await expect(cell(page, first, 'price')).toHaveText('12.75');
  await expect(spot(page, first, 'price')).toContainText('Was 9.50');
  // Nothing is sent before it was reviewed.
  expect((await shop.read(first))['price']).toBe('9.5');
  await spot(page, first, 'price').click();
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(page.locator('[aria-selected=true]')).toHaveCount(3);
  await page.keyboard.press('Control+d');
  await isStaged(page, 3);
  await page.keyboard.press('Control+z');
  await isStaged(page, 1);
  await page.keyboard.press('Control+Shift+z');
  await isStaged(page, 3);
  await spot(page, third, 'asin').click();
  await page.keyboard.type('B00X');
  await page.keyboard.press('Tab');
  await expect(spot(page, third, 'status')).toBeFocused();
  await page.keyboard.press('i');
  await expect(cell(page, third, 'status')).toHaveText('Inactive');
  await spot(page, second, 'page_views').click();
  await page.keyboard.press('Delete');
  await isStaged(page, 6);
  // F2 goes on with what stands there; Escape leaves it.
  await spot(page, first, 'title').click();
  await page.keyboard.press('F2');
  await expect(page.getByRole('textbox', { name: 'Title of Mug 1' })).toHaveValue('Mug 1');
  await page.keyboard.press('Escape');
  await isStaged(page, 6);
  await page.keyboard.press('Control+s');
  const review = page.getByRole('dialog', { name: 'Review before saving' });
  await expect(review.locator('[data-review]')).toHaveCount(6);
  await expect(review).toContainText(shop.name);
  await review.getByRole('button', { name: `Save 6 changes to ${shop.name}` }).click();
  await allSent(page);
  await isStaged(page, 0);
  await wasTold(page, '6 changes saved');
  await expect.poll(async () => [await shop.read(first), await shop.read(second), await shop.read(third)]).toMatchObject([
    { price: '12.75' }, { price: '12.75', page_views: null }, { price: '12.75', asin: 'B00X', status: 'Inactive' },
  ]);
  // One mutation: all of it stands under one sequence per record, beside nothing else.
  const history = await shop.admin.must('GET', `/api/history?storeId=${shop.id}&dataType=products&id=${third}`);
  expect((history['data'] as { kind: string }[]).map((entry) => entry.kind).filter((kind) => kind === 'insert')).toHaveLength(1);
});

test('cells of a sheet are pasted, with line breaks in them, and copied within the grid', async ({ shop, profile }) => {
  const page = await openPage(await profile(shop.editor, shop), gridOf(shop));
  await isLive(page);
  const [first, second, third] = [shop.product(1).id, shop.product(2).id, shop.product(3).id];
  await paste(spot(page, first, 'title'), '"A mug\nof two lines"\tTWO-1\r\nPlain mug\tTWO-2\r\n');
  await isStaged(page, 4);
  await expect(cell(page, first, 'title')).toHaveText('A mug of two lines');
  await expect(cell(page, second, 'sku')).toHaveText('TWO-2');
  await paste(spot(page, first, 'price'), '£1,299.00\n7.5\nnot a price');
  await expect(spot(page, third, 'price')).toHaveAttribute('aria-invalid', 'true');
  await expect(spot(page, third, 'price')).toContainText('Write a number');
  // By the browser's own clipboard: copied here, pasted there.
  await spot(page, first, 'price').click();
  await page.keyboard.press('Control+c');
  await spot(page, third, 'price').click();
  await page.keyboard.press('Control+v');
  await expect(cell(page, third, 'price')).toHaveText('1,299.00');
  await spot(page, second, 'sku').click();
  await page.keyboard.press('Control+x');
  await expect(cell(page, second, 'sku')).toHaveText('–');
  await spot(page, third, 'sku').click();
  await page.keyboard.press('Control+v');
  await expect(cell(page, third, 'sku')).toHaveText('TWO-2');
  // What does not fit is told and not put anywhere.
  await page.keyboard.press('Control+End');
  await page.evaluate(() => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', '1\t2\n3\t4\n');
    document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  });
  await wasTold(page, '1 row and 1 column of the pasted text did not fit here and were left out');
  await spot(page, first, 'weight').click();
  await page.keyboard.press('Control+z');
  await saveAll(page, shop, 8);
  await allSent(page);
  await expect.poll(async () => [await shop.read(first), await shop.read(second), await shop.read(third)]).toMatchObject([
    { title: 'A mug of two lines', sku: 'TWO-1', price: '1299' }, { title: 'Plain mug', sku: null, price: '7.5' }, { sku: 'TWO-2', price: '1299' },
  ]);
});

test('staged changes survive a reload, and what others change meanwhile stands beside them and is never overwritten silently', async ({ shop, profile }) => {
  const context = await profile(shop.editor, shop);
  const page = await openPage(context, gridOf(shop));
  await isLive(page);
  const [first, second] = [shop.product(1).id, shop.product(2).id];
  await spot(page, first, 'price').click();
  await page.keyboard.type('20');
  await page.keyboard.press('Tab');
  await page.keyboard.type('120');
  await page.keyboard.press('Enter');
  await spot(page, second, 'price').click();
  await page.keyboard.type('21');
  await page.keyboard.press('Enter');
  await isStaged(page, 3);
  page.on('dialog', (dialog) => void dialog.accept());
  await page.reload();
  await isLive(page);
  await isStaged(page, 3);
  await shop.change(first, { price: '15' });
  await shop.admin.must('POST', `/api/products/${first}/adjust?storeId=${shop.id}`, { amount: -5 });
  await expect(spot(page, first, 'price')).toContainText('Theirs: 15.00');
  await expect(cell(page, first, 'price')).toHaveText('20.00');
  // Stock is added to: nothing to decide.
  await expect(spot(page, first, 'inventory')).toContainText('Now: 95');
  await expect(cell(page, first, 'inventory')).toHaveText('115');
  await page.getByRole('button', { name: 'Save 3 changes' }).click();
  const review = page.getByRole('dialog');
  await expect(review.getByRole('region', { name: '1 cell that others changed meanwhile' })).toContainText('Theirs: 15.00');
  await review.getByRole('button', { name: `Save 2 changes to ${shop.name}` }).click();
  await allSent(page);
  await isStaged(page, 1);
  await expect.poll(async () => [await shop.read(first), await shop.read(second)]).toMatchObject([{ price: '15', inventory: 115 }, { price: '21', inventory: 100 }]);
  await spot(page, first, 'price').click();
  await page.getByRole('button', { name: 'Keep mine' }).click();
  await saveAll(page, shop, 1);
  await allSent(page);
  await expect.poll(async () => (await shop.read(first))['price']).toBe('20');
  expect((await shop.admin.must('GET', `/api/conflicts?storeId=${shop.id}`))['data']).toEqual([]);
});

test('what the server refuses stays staged with its reason, and the outbox is not asked as well', async ({ shop, profile }) => {
  const page = await openPage(await profile(shop.editor, shop), `${gridOf(shop)}?q=Mug+1`);
  await isLive(page);
  const first = shop.product(1).id;
  // MUG-30 is on no row that this page shows, so only the server knows that it is taken.
  await spot(page, first, 'sku').click();
  await page.keyboard.type('MUG-30');
  await page.keyboard.press('Tab');
  await page.keyboard.type('B1');
  await page.keyboard.press('Enter');
  await saveAll(page, shop, 2);
  await wasTold(page, '1 change saved, 1 not saved, still staged with the reason');
  await isStaged(page, 1);
  await expect(cell(page, first, 'sku')).toHaveText('MUG-30');
  await expect(spot(page, first, 'sku')).toContainText('Not saved:');
  await expect(page.getByRole('link', { name: /not saved$/ })).toHaveCount(0);
  await expect.poll(async () => shop.read(first)).toMatchObject({ sku: 'MUG-1', asin: 'B1' });
  await spot(page, first, 'sku').click();
  await page.keyboard.type('MUG-NEW');
  await page.keyboard.press('Enter');
  await saveAll(page, shop, 1);
  await expect.poll(async () => (await shop.read(first))['sku']).toBe('MUG-NEW');
  await isStaged(page, 0);
});

test('a batch of hundreds of changes, made without a connection, is sent when it is back', async ({ shop, profile }) => {
  const page = await openPage(await profile(shop.editor, shop), `${gridOf(shop)}?size=200`);
  await isLive(page);
  await startsOffline(page);
  await page.context().setOffline(true);
  await expect(pill(page)).not.toHaveAttribute('data-connection', 'live');
  const lines = Array.from({ length: 30 }, (_, n) => [`New ${n}`, `NEW-${n}`, `B${n}`, 'Inactive', `${n}.75`, String(200 + n), 'Boxes > Small', 'a, b', '1.5'].join('\t'));
  await paste(page.locator('[data-spot="0:0"]'), `${lines.join('\n')}\n`);
  await isStaged(page, 270);
  await saveAll(page, shop, 270);
  await wasTold(page, '270 changes wait to be sent');
  await isStaged(page, 0);
  await page.context().setOffline(false);
  await allSent(page);
  await wasTold(page, '270 changes saved');
  const found = (await shop.admin.must('GET', `/api/products?storeId=${shop.id}&size=200&status=Inactive`)) as { page: { total: number }; data: Record<string, unknown>[] };
  expect(found.page.total).toBe(30);
  expect(new Set(found.data.map((one) => one['inventory'])).size).toBe(30);
  expect(found.data[0]).toMatchObject({ tags: ['a', 'b'], category: 'Boxes > Small', weight: '1.5' });
});

test('leaving with staged changes asks; a phone is shown the way to the list', async ({ shop, profile }) => {
  const page = await openPage(await profile(shop.editor, shop), shop.adminProducts);
  await isLive(page);
  await page.getByRole('link', { name: 'Grid' }).click();
  await expect(page).toHaveURL(/products\/grid$/);
  await spot(page, shop.product(1).id, 'price').click();
  await page.keyboard.type('3');
  await page.keyboard.press('Enter');
  await isStaged(page, 1);
  // Another page of the same products is no leaving.
  await page.getByRole('button', { name: 'Next page' }).click();
  await expect(page.locator('section[data-staged]')).toHaveAttribute('data-page', '2');
  await expect(page.getByText('1 staged change of products that this page does not show.')).toBeVisible();
  await page.getByRole('link', { name: 'Dashboard' }).click();
  const asks = page.getByRole('dialog', { name: '1 change not saved yet' });
  await asks.getByRole('button', { name: 'Stay' }).click();
  await expect(page).toHaveURL(/products\/grid/);
  await page.evaluate(() => history.go(-2));
  await asks.getByRole('button', { name: 'Leave, keep it staged' }).click();
  await expect(page).toHaveURL(new RegExp(`${shop.adminProducts}$`));
  await page.getByRole('link', { name: 'Grid' }).click();
  await isStaged(page, 1);
  await page.getByRole('link', { name: 'Table' }).click();
  await asks.getByRole('button', { name: 'Discard and leave' }).click();
  await page.getByRole('link', { name: 'Grid' }).click();
  await isStaged(page, 0);
  const phone = await openPage(await profile(shop.editor, shop, { phone: true }), gridOf(shop));
  await expect(phone.getByRole('heading', { name: 'The grid needs a wider screen' })).toBeVisible();
  await phone.getByRole('link', { name: 'Open the list' }).click();
  await expect(phone.locator('[data-total]')).toHaveAttribute('data-total', '30');
});

test('the grid is a grid to a screen reader, and Tab leads out of it', async ({ shop, profile }) => {
  const page = await openPage(await profile(shop.editor, shop), gridOf(shop));
  await isLive(page);
  const first = shop.product(1).id;
  const grid = page.getByRole('grid', { name: 'Products as a spreadsheet' });
  await expect(grid).toHaveAttribute('aria-rowcount', '31');
  await expect(grid.getByRole('columnheader', { name: 'SKU' })).toBeVisible();
  await expect(grid.getByRole('rowheader', { name: 'Mug 1', exact: true })).toBeVisible();
  await spot(page, first, 'price').click();
  await page.keyboard.type('abc');
  await page.keyboard.press('Enter');
  await expect(spot(page, first, 'price')).toHaveAttribute('aria-invalid', 'true');
  await breaksNoRule(page, 'grid');
  await page.keyboard.press('Control+s');
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Nothing to save' })).toBeDisabled();
  await breaksNoRule(page, 'review');
  await page.keyboard.press('Escape');
  await spot(page, first, 'price').focus();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await expect(page.locator('.sheet :focus')).toHaveCount(0);
  await expect(staged(page)).toBeVisible();
});
