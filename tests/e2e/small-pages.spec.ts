import { allSent, expect, isLive, openPage, test } from './fixtures';

test('account health is entered on one side and judged against its targets on the other, live', async ({ shop, profile }) => {
  const seller = await openPage(await profile(shop.viewer, shop), `/s/${shop.id}/account-health`);
  await isLive(seller);
  await expect(seller.getByRole('heading', { name: 'Account health is not known yet' })).toBeVisible();
  const page = await openPage(await profile(shop.editor, shop), `/admin/${shop.id}/account-health`);
  await isLive(page);
  await page.getByLabel('Account status').selectOption('At risk');
  await page.getByLabel('Health rating').fill('150');
  await page.getByLabel('Order defect rate').fill('0.4');
  await page.getByLabel('Late shipment rate').fill('5.5');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await allSent(page);
  await expect(seller.getByText('At risk', { exact: true })).toBeVisible();
  await expect(seller.getByText('At risk: 100 to 199')).toBeVisible();
  const rates = seller.getByRole('region', { name: 'Rates' });
  await expect(rates.getByRole('row', { name: /^Order defect rate/ })).toContainText('Meets the target');
  await expect(rates.getByRole('row', { name: /^Late shipment rate/ })).toContainText('Misses the target');
  await expect(rates.getByRole('row', { name: /^Valid tracking rate/ })).toContainText('Not known yet');
  await shop.admin.must('PUT', `/api/account_health?storeId=${shop.id}`, { late_shipment_rate: '3.9' });
  await expect(rates.getByRole('row', { name: /^Late shipment rate/ })).toContainText('Meets the target');
});

test('the legal entity is entered by admins alone and read by everybody', async ({ shop, profile }) => {
  const editor = await openPage(await profile(shop.editor, shop), `/admin/${shop.id}/legal`);
  await expect(editor.getByRole('heading', { name: 'This page needs the role admin' })).toBeVisible();
  const seller = await openPage(await profile(shop.viewer, shop), `/s/${shop.id}/legal`);
  await expect(seller.getByRole('heading', { name: 'No legal entity yet' })).toBeVisible();
  const page = await openPage(await profile('root', shop), `/admin/${shop.id}/legal`);
  await isLive(page);
  await page.getByLabel('Legal name').fill('Mugs & More Ltd');
  await page.getByLabel('VAT number').fill('GB123456789');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await allSent(page);
  await expect(seller.getByRole('heading', { name: 'Mugs & More Ltd' })).toBeVisible();
  await expect(seller.locator('[data-field="vat_number"]')).toHaveText('GB123456789');
  await shop.admin.must('PUT', `/api/legal_entity?storeId=${shop.id}`, { city: 'Leeds' });
  await expect(seller.locator('[data-field="city"]')).toHaveText('Leeds');
  await expect(page.locator('[data-field="city"]')).toHaveValue('Leeds');
});

test('store information follows what an admin changes', async ({ shop, profile }) => {
  const seller = await openPage(await profile(shop.viewer, shop), `/s/${shop.id}/store`);
  await isLive(seller);
  await expect(seller.locator('[data-field="time_zone"]')).toHaveText('Europe/London');
  await expect(seller.getByText('No marketplace is connected')).toBeVisible();
  await shop.admin.must('PUT', `/api/stores/${shop.id}`, { contact_email: 'shop@example.org' });
  await expect(seller.locator('[data-field="contact_email"]')).toHaveText('shop@example.org');
});

test('the voice of the customer is entered per product, filtered and read live', async ({ shop, profile }) => {
  const page = await openPage(await profile(shop.editor, shop), `/admin/${shop.id}/voice/new`);
  await isLive(page);
  await page.getByLabel('Which product is it about?').fill('MUG-7');
  await page.getByRole('radio', { name: /Mug 7/ }).check();
  await page.getByLabel('Customer experience').selectOption('Poor');
  await page.getByLabel('Main reason').fill('Arrived broken');
  await page.getByRole('button', { name: 'Create voice' }).click();
  await expect(page.locator('[data-total]')).toHaveAttribute('data-total', '1');
  await allSent(page);
  const seller = await openPage(await profile(shop.viewer, shop), `/s/${shop.id}/voice`);
  await isLive(seller);
  const row = seller.locator('[data-record]').first();
  await expect(row).toContainText('Mug 7');
  await expect(row).toContainText('Poor');
  // One record per product: made again, it is the same one, and what was not said stays.
  await shop.admin.must('POST', `/api/voc_data?storeId=${shop.id}`, { product: shop.product(7).id, star_rating: '4.5' });
  await expect(row.locator('[data-field="star_rating"]')).toHaveText('4.5');
  const id = (await row.getAttribute('data-record')) ?? '';
  await shop.admin.must('PUT', `/api/voc_data/${id}?storeId=${shop.id}`, { cx_health: 'Good' });
  await expect(row).toContainText('Good');
  await expect(row).toContainText('Arrived broken');
  await seller.getByRole('combobox', { name: 'Customer experience' }).selectOption('Poor');
  await expect(seller.getByRole('heading', { name: 'Nothing matches' })).toBeVisible();
});

test('the header keeps every place within reach at every width', async ({ shop, profile }) => {
  const page = await openPage(await profile('root', shop), shop.adminProducts);
  await isLive(page);
  for (const width of [1440, 1180, 1101]) {
    await page.setViewportSize({ width, height: 800 });
    const outside = await page.locator('.app-header').evaluate((header) =>
      [...header.querySelectorAll('a:not(.skip), button')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.textContent));
    expect(outside, `${width} wide`).toEqual([]);
    const nav = await page.locator('.app-nav').boundingBox();
    const pill = await page.locator('[data-connection]').boundingBox();
    expect((nav?.x ?? 0) + (nav?.width ?? 0), `${width} wide`).toBeLessThanOrEqual(pill?.x ?? 0);
  }
  await page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: 'Catalogue' }).click();
  await page.getByRole('link', { name: 'Categories' }).click();
  await expect(page).toHaveURL(/\/categories$/);
  await page.setViewportSize({ width: 360, height: 740 });
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('dialog').getByRole('link', { name: 'Voice of the customer' }).click();
  await expect(page).toHaveURL(/\/voice$/);
});
