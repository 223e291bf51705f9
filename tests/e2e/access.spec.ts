import { allSent, cell, expect, isLive, openPage, PASSWORD, pill, test } from './fixtures';
import { Server } from './server';

test('a viewer reads everything and can edit nothing', async ({ shop, profile }) => {
  const { id } = shop.product(1);
  const page = await openPage(await profile(shop.viewer, shop), `/s/${shop.id}/products`);
  await isLive(page);
  await cell(page, id, 'price').dblclick();
  await expect(page.locator(`tr[data-record="${id}"] input`)).toHaveCount(0);
  await page.keyboard.press('Escape');
  await page.goto(shop.adminProducts);
  await expect(page.getByRole('heading', { name: 'This page needs the role editor' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Admin' })).toHaveCount(0);
});

test('a store that is not open to a person shows nothing of itself', async ({ shop, common, profile }) => {
  await common.admin.must('POST', '/api/stores', { id: `${shop.id}-closed`, name: 'Secret shop', currency: 'EUR', timeZone: 'UTC' });
  const page = await (await profile(shop.editor, shop)).newPage();
  await page.goto(`/s/${shop.id}-closed/products`);
  await expect(page.getByRole('heading', { name: /You have no access to the store/ })).toBeVisible();
  await expect(page.getByText('Secret shop')).toHaveCount(0);
});

test('the address holds page, size, order, filter and query; reload and Back keep them', async ({ shop, profile }) => {
  const page = await openPage(await profile(shop.editor, shop), `/s/${shop.id}/products?page=2&sort=title&status=Active`);
  const table = page.locator('[data-total]');
  await expect(table).toHaveAttribute('data-page', '2');
  const first = await page.locator('tr[data-record]').first().getAttribute('data-record');
  await page.reload();
  await expect(page.locator('tr[data-record]').first()).toHaveAttribute('data-record', first ?? '');
  await page.getByRole('button', { name: 'First page' }).click();
  await expect(table).toHaveAttribute('data-page', '1');
  await page.getByRole('searchbox').fill('Mug 30');
  await expect(table).toHaveAttribute('data-total', '1');
  await expect(page).toHaveURL(/q=Mug\+30/);
  await page.getByRole('searchbox').fill('nothing like this');
  await expect(page.getByRole('heading', { name: 'No product matches' })).toBeVisible();
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await expect(table).toHaveAttribute('data-total', '30');
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'No product matches' })).toBeVisible();
});

test('a deep link waits for signing in and then opens', async ({ shop, page }) => {
  const { id } = shop.product(7);
  await page.goto(`${shop.server.url}${shop.adminProducts}/${id}`);
  await page.getByLabel('Name').fill(shop.editor);
  await page.getByLabel('Password').fill('wrong password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toContainText('The name or the password is wrong.');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(`${shop.server.url}${shop.adminProducts}/${id}`);
  await expect(cell(page, id, 'title')).toHaveValue('Mug 7');
});

test('without demo data a seller gets in, creates a store and imports a catalogue', async ({ page }) => {
  const server = new Server({ demo: false });
  await server.start();
  await page.goto(server.setupUrl ?? '');
  await page.getByLabel('Name').fill('ada');
  await page.getByLabel(/^Password, at least/).fill(PASSWORD);
  await page.getByLabel('The same password again').fill(PASSWORD);
  await page.getByRole('button', { name: 'Make the account' }).click();
  await expect(page.getByRole('heading', { name: 'Create your first store' })).toBeVisible();
  await page.getByLabel('Name', { exact: true }).fill('Blume & Söhne');
  await expect(page.getByLabel(/^Short name/)).toHaveValue('blume-sohne');
  await page.getByRole('button', { name: 'Create store' }).click();
  await expect(page.getByRole('heading', { name: 'Import products into Blume & Söhne' })).toBeVisible();
  const sample = await (await fetch(`${server.url}/sample-products.csv`)).text();
  await page.getByLabel('Choose a file').setInputFiles({ name: 'sample.csv', mimeType: 'text/csv', buffer: Buffer.from(sample) });
  await expect(page.locator('[data-state=previewed]')).toBeVisible();
  await page.getByRole('button', { name: /^Import 4 products into/ }).click();
  await expect(page.locator('[data-state=done]')).toBeVisible();
  await page.getByRole('link', { name: 'See the products' }).click();
  await expect(page.locator('[data-total]')).toHaveAttribute('data-total', '4');
  await isLive(page);
  await server.remove();
});

test('an admin lets someone in, changes the role and takes access away', async ({ shop, profile }) => {
  const page = await openPage(await profile('root', shop), `/admin/${shop.id}/people`);
  await page.getByLabel('Name').fill(`new-${shop.id}`);
  await page.getByLabel(/^First password/).fill(PASSWORD);
  await page.getByLabel('Role', { exact: true }).selectOption('viewer');
  await page.getByRole('button', { name: 'Add' }).click();
  const role = page.getByLabel(`Role of new-${shop.id}`);
  await expect(role).toHaveValue('viewer');
  const seller = await openPage(await profile(`new-${shop.id}`, shop), `/s/${shop.id}/products`);
  await isLive(seller);
  await role.selectOption('editor');
  await expect.poll(async () => {
    const people = (await shop.admin.must('GET', `/api/people?storeId=${shop.id}`))['data'] as { name: string; role: string }[];
    return people.find((person) => person.name === `new-${shop.id}`)?.role;
  }).toBe('editor');
  await page.locator('tr[data-record]', { has: role }).getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('button', { name: `Take away access to ${shop.name}` }).click();
  await expect(role).toHaveCount(0);
  await expect(pill(seller)).not.toHaveAttribute('data-connection', 'live');
});

test('store information is edited, and a deactivated store closes', async ({ shop, profile }) => {
  const page = await openPage(await profile('root', shop), `/admin/${shop.id}/store`);
  await isLive(page);
  await page.getByLabel('Business type').fill('Pottery');
  await page.getByRole('button', { name: 'Save' }).click();
  await allSent(page);
  await expect.poll(async () => (await shop.admin.must('GET', `/api/stores/${shop.id}`))['data']).toMatchObject({ business_type: 'Pottery' });
  await page.getByRole('button', { name: 'Deactivate', exact: true }).click();
  await page.getByRole('button', { name: `Deactivate ${shop.name}` }).click();
  await expect(page.getByRole('heading', { name: 'Activate this store' })).toBeVisible();
  // Shown at once; the server's answer comes after it.
  await expect.poll(async () => (await shop.admin.call('GET', `/api/products?storeId=${shop.id}`)).status).toBe(409);
  await page.getByRole('button', { name: 'Activate', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Deactivate this store' })).toBeVisible();
});

test('dashboard figures that an admin saves appear on the seller dashboard', async ({ shop, profile }) => {
  const admin = await openPage(await profile(shop.editor, shop), `/admin/${shop.id}/dashboard`);
  const seller = await openPage(await profile(shop.viewer, shop), `/s/${shop.id}`);
  await isLive(admin);
  await admin.getByLabel('Open orders').fill('12');
  await admin.getByLabel(/^Payments balance/).fill('4,410.20');
  await admin.getByRole('button', { name: 'Save' }).click();
  await allSent(admin);
  await expect(seller.locator('[data-field=open_orders]')).toHaveText('12');
  await expect(seller.locator('[data-field=payments_balance]')).toHaveText('4,410.20');
  await expect(seller.locator('[data-field=ad_sales]')).toHaveText('–');
});

test('the last change of a field is shown and can be taken back', async ({ shop, profile }) => {
  const { id } = shop.product(3);
  await shop.change(id, { price: '15' });
  const page = await openPage(await profile(shop.editor, shop), `${shop.adminProducts}/${id}`);
  await isLive(page);
  await page.locator('.form-field:has([data-field=price])').getByRole('button', { name: 'History' }).click();
  await page.getByRole('button', { name: 'Restore 9.50' }).click();
  await allSent(page);
  await expect(cell(page, id, 'price')).toHaveValue('9.50');
  await expect.poll(async () => (await shop.read(id))['price']).toBe('9.5');
});

