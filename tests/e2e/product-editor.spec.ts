import { allSent, cell, expect, isLive, openPage, test } from './fixtures';
import { breaksNoRule, contrasts, fitsTheWindow, visit } from './screens';

const NASTY = [
  '<p onclick="window.hurt=1">Safe <b>bold</b></p><script>window.hurt=1</script>',
  '<img src=x onerror="window.hurt=1"><svg onload="window.hurt=1"><script>window.hurt=1</script></svg>',
  '<a href="javascript:window.hurt=1">one</a> <a href="https://example.com/" onmouseover="window.hurt=1">two</a>',
  '<iframe srcdoc="<script>parent.hurt=1</script>"></iframe><style>*{display:none}</style><math><mtext></p><img src=x onerror=window.hurt=1></math>',
  '<template><img src=x onerror="window.hurt=1"></template><noscript><p title="</noscript><img src=x onerror=window.hurt=1>"></noscript>',
].join('');

test('sold elsewhere while the editor is open: renaming leaves the stock as it has become', async ({ shop, profile }) => {
  const { id } = shop.product(4);
  const page = await openPage(await profile(shop.editor, shop), `${shop.adminProducts}/${id}`);
  await isLive(page);
  await expect(cell(page, id, 'inventory')).toHaveText('100');
  await shop.admin.must('POST', `/api/products/${id}/adjust?storeId=${shop.id}`, { amount: -5 });
  await expect(cell(page, id, 'inventory')).toHaveText('95');
  await page.getByLabel('Title').fill('Renamed while five were sold');
  await expect(page.getByText('Will save: Title')).toBeVisible();
  await page.getByRole('button', { name: 'Save' }).click();
  await allSent(page);
  await expect.poll(async () => shop.read(id)).toMatchObject({ title: 'Renamed while five were sold', inventory: 95 });
});

test('stock goes in and out by amounts, and never below its floor', async ({ shop, profile }) => {
  const { id } = shop.product(5);
  const page = await openPage(await profile(shop.editor, shop), `${shop.adminProducts}/${id}`);
  await isLive(page);
  const amount = page.getByLabel('Add to or take from stock');
  await amount.fill('−30');
  await expect(page.getByText('100 → 70')).toBeVisible();
  await page.getByRole('button', { name: 'Adjust' }).click();
  await expect(cell(page, id, 'inventory')).toHaveText('70');
  await amount.fill('-71');
  await expect(page.getByText('It would fall to −1, below 0')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Adjust' })).toBeDisabled();
  await page.getByLabel('never below').fill('50');
  await amount.fill('-21');
  await expect(page.getByText('It would fall to 49, below 50')).toBeVisible();
  await amount.fill('+5');
  await amount.press('Enter');
  await allSent(page);
  await expect.poll(async () => (await shop.read(id))['inventory']).toBe(75);
});

test('what a description is given becomes what readers may see, and no script runs', async ({ shop, profile }) => {
  const { id } = shop.product(6);
  await shop.change(id, { description: '<p>As it was</p>' });
  const context = await profile(shop.editor, shop);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await openPage(context, `${shop.adminProducts}/${id}`);
  await isLive(page);
  const area = page.getByRole('textbox', { name: /^Description/ });
  await expect(area).toHaveText('As it was');
  await area.evaluate((element, html) => {
    element.focus();
    document.getSelection()?.selectAllChildren(element);
    const data = new DataTransfer();
    data.setData('text/html', html);
    data.setData('text/plain', 'plain');
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, NASTY);
  await expect(area).toContainText('Safe bold');
  expect(await area.evaluate((element) => [...element.querySelectorAll('*')].map((one) => one.localName).filter((name) => !['p', 'b', 'a', 'br'].includes(name)))).toEqual([]);
  await page.getByRole('button', { name: 'As readers see it' }).click();
  const preview = page.getByRole('group', { name: 'Preview' });
  await expect(preview.getByRole('link')).toHaveAttribute('href', 'https://example.com/');
  await page.getByRole('button', { name: 'Save' }).click();
  await allSent(page);
  await expect.poll(async () => String((await shop.read(id))['description'])).toContain('<b>bold</b>');
  const kept = String((await shop.read(id))['description']);
  expect(kept).not.toMatch(/hurt|script|onerror|style|svg|img/i);
  expect(await page.evaluate(() => 'hurt' in window)).toBe(false);
  const reader = await openPage(await profile(shop.viewer, shop), `/s/${shop.id}/products?open=${id}`);
  await expect(reader.getByRole('group', { name: 'Description' }).locator('b')).toHaveText('bold');
});

test('words are made bold, listed and linked by the buttons of the editor', async ({ shop, profile }) => {
  const { id } = shop.product(7);
  const page = await openPage(await profile(shop.editor, shop), `${shop.adminProducts}/${id}`);
  await isLive(page);
  const area = page.getByRole('textbox', { name: /^Description/ });
  await area.click();
  await page.getByRole('button', { name: 'Bold' }).click();
  await page.keyboard.type('Stoneware');
  await page.keyboard.press('Control+A');
  await page.getByRole('button', { name: 'Link', exact: true }).click();
  await page.getByLabel('Address of the link').fill('javascript:alert(1)');
  await expect(page.getByRole('button', { name: 'Set link' })).toBeDisabled();
  await page.getByLabel('Address of the link').fill('https://example.com/clay');
  await page.getByRole('button', { name: 'Set link' }).click();
  await expect(area.locator('a[href="https://example.com/clay"]')).toHaveText('Stoneware');
  await page.keyboard.press('Control+s');
  await allSent(page);
  await expect.poll(async () => String((await shop.read(id))['description'])).toContain('href="https://example.com/clay"');
});

test('tags and collections are chips that two people change at once', async ({ shop, profile }) => {
  const { id } = shop.product(8);
  await shop.admin.must('POST', `/api/collections?storeId=${shop.id}`, { title: 'Gifts under ten' });
  await shop.admin.must('POST', `/api/categories?storeId=${shop.id}`, { path: 'Home > Kitchen' });
  await shop.change(id, { tags: ['clay'] });
  const page = await openPage(await profile(shop.editor, shop), `${shop.adminProducts}/${id}`);
  await isLive(page);
  const tags = page.getByLabel('Tags');
  await tags.fill('blue');
  await tags.press('Enter');
  await shop.change(id, { tags: ['clay', 'sale'] });
  const collections = page.getByLabel('Collections');
  await expect(page.locator('datalist option[value="Gifts under ten"]')).toHaveCount(1);
  await collections.fill('Gifts under ten');
  await expect(page.locator('.chip', { hasText: 'Gifts under ten' })).toBeVisible();
  await expect(page.locator('datalist option[value="Home > Kitchen"]')).toHaveCount(1);
  await page.getByLabel('Category').fill('Home > Kitchen');
  await page.getByRole('button', { name: 'Save' }).click();
  await allSent(page);
  await expect.poll(async () => shop.read(id)).toMatchObject({ tags: ['blue', 'clay', 'sale'], category: 'Home > Kitchen' });
  expect((await shop.read(id))['collections']).toHaveLength(1);
});

test('a marketplace inherits the price until it differs, and inherits it again', async ({ shop, profile }) => {
  const { id } = shop.product(9);
  const context = await profile(shop.editor, shop);
  const page = await openPage(context, `${shop.adminProducts}/${id}?tab=marketplaces`);
  const other = await openPage(context, `${shop.adminProducts}/${id}?tab=marketplaces`);
  await isLive(page);
  const amazon = page.getByRole('region', { name: 'Amazon' });
  await amazon.getByRole('button', { name: /^Amazon/ }).click();
  await expect(amazon.locator('.form-field:has([data-field=price])')).toContainText('Inherits 9.50');
  await amazon.getByLabel(/^Price/).fill('11');
  await amazon.getByRole('button', { name: 'Save for Amazon' }).click();
  await expect(amazon.locator('.form-field:has([data-field=price])')).toContainText('Differs from 9.50');
  await allSent(page);
  await expect(other.getByRole('region', { name: 'Amazon' })).toHaveAttribute('data-differs', '1');
  const listed = async () => (await shop.admin.must('GET', `/api/platform_overrides?storeId=${shop.id}&product=${id}`))['data'] as Record<string, unknown>[];
  expect(await listed()).toMatchObject([{ platform: 'amazon', price: '11' }]);
  await amazon.getByRole('button', { name: 'Inherit Price again' }).click();
  await expect(other.getByRole('region', { name: 'Amazon' })).toHaveAttribute('data-differs', '0');
  await expect.poll(async () => (await listed())[0]?.['price'] ?? null).toBeNull();
});

test('variants come from options, are edited where they stand, moved, switched off and removed', async ({ shop, profile }) => {
  const { id } = shop.product(10);
  const page = await openPage(await profile(shop.editor, shop), `${shop.adminProducts}/${id}?tab=variants`);
  await isLive(page);
  await page.getByRole('button', { name: 'From options' }).click();
  await page.getByLabel('Values of option 1').fill('S, M');
  await page.getByLabel('Values of option 2').fill('Red, Blue');
  await page.getByRole('button', { name: 'Make 4 variants' }).click();
  const section = page.getByRole('region', { name: 'Variants' });
  await expect(section).toHaveAttribute('data-total', '4');
  await allSent(page);
  const kept = async () => (await shop.admin.must('GET', `/api/product_variants?storeId=${shop.id}&product=${id}`))['data'] as Record<string, unknown>[];
  expect((await kept()).map((one) => [one['name'], one['sku'], one['price'], one['stock']])).toEqual([
    ['S / Red', 'MUG-10-S-RED', '9.5', 0], ['S / Blue', 'MUG-10-S-BLUE', '9.5', 0],
    ['M / Red', 'MUG-10-M-RED', '9.5', 0], ['M / Blue', 'MUG-10-M-BLUE', '9.5', 0],
  ]);
  await page.getByLabel('Price of S / Red').fill('12.50');
  await page.getByLabel('Price of S / Red').press('Enter');
  await expect(page.getByLabel('Price of S / Blue')).toBeFocused();
  const row = page.locator('tr', { has: page.getByLabel('Name of S / Red') });
  await row.getByLabel('Add to or take from stock').fill('40');
  await row.getByRole('button', { name: 'Adjust' }).click();
  await expect(row.locator('strong[data-field=stock]')).toHaveText('40');
  await page.getByLabel('S / Red is sold').click();
  await expect(page.getByLabel('S / Red is sold')).not.toBeChecked();
  await page.getByRole('button', { name: 'Move S / Red down' }).click();
  await page.getByRole('button', { name: 'Remove M / Blue' }).click();
  await allSent(page);
  await expect(section).toHaveAttribute('data-total', '3');
  await expect.poll(async () => (await kept()).map((one) => one['name'])).toEqual(['S / Blue', 'S / Red', 'M / Red']);
  expect((await kept())[1]).toMatchObject({ price: '12.5', stock: 40, is_active: false });
  await expect(page.locator('.variants-table tbody input[data-field=name]').nth(1)).toHaveValue('S / Red');
});

test('all changes of a product are told, and one of them is taken back', async ({ shop, profile }) => {
  const { id } = shop.product(11);
  await shop.change(id, { asin: 'B0FIRST' });
  await shop.change(id, { asin: 'B0SECOND' });
  const page = await openPage(await profile(shop.editor, shop), `${shop.adminProducts}/${id}?tab=changes`);
  await isLive(page);
  const changes = page.getByRole('region', { name: 'All changes' });
  await expect(changes.getByRole('listitem')).toHaveCount(3);
  await changes.getByRole('button', { name: 'Restore ASIN to B0FIRST' }).click();
  await allSent(page);
  await expect.poll(async () => (await shop.read(id))['asin']).toBe('B0FIRST');
  await expect(changes.getByRole('listitem')).toHaveCount(4);
});

test('every part of the editor breaks no rule of WCAG 2.2 AA and fits a phone, with values in it', async ({ shop, profile }) => {
  const { id } = shop.product(12);
  const product = `${shop.adminProducts}/${id}`;
  await shop.change(id, { description: '<h2>Clay</h2><p>By <b>hand</b></p>', tags: ['clay'], amazon_id: 'B0X1' });
  await shop.admin.must('POST', `/api/product_variants?storeId=${shop.id}`, { product: id, name: 'Large', sku: 'MUG-12-L', stock: 4, attributes: { Size: 'L' } });
  await shop.admin.must('POST', `/api/platform_overrides?storeId=${shop.id}`, { product: id, platform: 'amazon', price: '11' });
  const phone = await openPage(await profile(shop.editor, shop, { phone: true }), product);
  const dark = await openPage(await profile(shop.editor, shop, { dark: true }), product);
  for (const tab of ['details', 'variants', 'marketplaces', 'changes']) {
    for (const page of [phone, dark]) {
      await visit(page, `${product}?tab=${tab}`);
      await expect(page.getByRole('tab', { selected: true })).toHaveAttribute('id', `tab-${tab}`);
    }
    await breaksNoRule(phone, tab);
    await fitsTheWindow(phone, tab);
    await contrasts(dark, tab);
  }
});
