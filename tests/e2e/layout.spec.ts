import { allSent, cell, editCell, expect, isLive, openPage, pill, startsOffline, test, type Shop } from './fixtures';
import { breaksNoRule, contrasts, everyScreen, fitsTheWindow, visit } from './screens';

const LONG = 'Hand-thrown stoneware mug with a very long name that nobody would ever put on a label, but a marketplace does';
const UNBROKEN = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenhalterung-extra-gross';
const ARABIC = 'كوب خزفي مصنوع يدويا بلون أزرق فاتح';

/** The texts that make a layout suffer, in the first three rows. */
async function sufferingTexts(shop: Shop): Promise<void> {
  await shop.change(shop.product(1).id, { title: LONG });
  await shop.change(shop.product(2).id, { title: ARABIC, category: ARABIC });
  await shop.change(shop.product(3).id, { title: UNBROKEN, price: '12345678.99', sku: 'A-SKU-OF-FORTY-CHARACTERS-0123456789-XYZ' });
}

for (const [what, size] of [['at 200 % zoom', { width: 720, height: 450 }], ['320 pixels wide', { width: 320, height: 640 }]] as const) {
  test(`every screen fits the window ${what}, with long and right-to-left titles`, async ({ shop, profile }) => {
    await sufferingTexts(shop);
    const page = await openPage(await profile('root', shop), shop.adminProducts);
    await page.setViewportSize(size);
    await isLive(page);
    for (const screen of everyScreen(shop)) {
      await visit(page, screen);
      await fitsTheWindow(page, screen);
    }
    for (const n of [2, 3]) {
      await visit(page, `${shop.adminProducts}/${shop.product(n).id}`);
      await fitsTheWindow(page, `editor of product ${n}`);
    }
    await visit(page, `/s/${shop.id}/products?open=${shop.product(3).id}`);
    await fitsTheWindow(page, 'details');
    await page.keyboard.press('Escape');
    await pill(page).click();
    await fitsTheWindow(page, 'pill panel');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Account of/ }).click();
    await fitsTheWindow(page, 'account menu');
  });
}

test('right-to-left and long titles stay in their row and read in their own direction', async ({ shop, profile }) => {
  await sufferingTexts(shop);
  const page = await openPage(await profile(shop.editor, shop), shop.adminProducts);
  await isLive(page);
  const direction = (n: number) => cell(page, shop.product(n).id, 'title').evaluate((element) => getComputedStyle(element).direction);
  expect([await direction(1), await direction(2)]).toEqual(['ltr', 'rtl']);
  const heights = await page.locator('tbody tr[data-record]').evaluateAll((rows) => [...new Set(rows.map((row) => row.getBoundingClientRect().height))]);
  expect(heights).toEqual([36]);
  await expect(cell(page, shop.product(1).id, 'title')).toHaveAttribute('title', LONG);
  const cut = await cell(page, shop.product(3).id, 'price').evaluate((element) => element.scrollWidth > element.clientWidth + 1);
  expect(cut, 'a number is cut off').toBe(false);
  await page.goto(`${shop.adminProducts}/${shop.product(2).id}`);
  await expect(page.getByRole('heading', { name: ARABIC })).toHaveCSS('direction', 'rtl');
  await expect(cell(page, shop.product(2).id, 'title')).toHaveCSS('direction', 'rtl');
});

test('twenty rows are seen at once, numbers stand in columns, and row heights are kept per person', async ({ shop, profile }) => {
  const context = await profile(shop.editor, shop);
  const page = await openPage(context, shop.adminProducts);
  await isLive(page);
  const rows = await page.locator('tbody tr[data-record]').evaluateAll((list) => {
    const foot = document.querySelector('.page-bar')?.getBoundingClientRect().top ?? 0;
    return list.map((row) => row.getBoundingClientRect()).filter((box) => box.bottom <= foot).map((box) => box.top);
  });
  expect(rows[0]).toBeLessThan(220);
  expect(rows.length).toBeGreaterThanOrEqual(20);
  const price = cell(page, shop.product(1).id, 'price');
  await expect(price).toHaveCSS('font-variant-numeric', 'tabular-nums');
  await expect(price).toHaveCSS('font-size', '13px');
  await expect(price).toHaveCSS('line-height', '18px');
  await expect(price.locator('xpath=ancestor::td')).toHaveCSS('text-align', 'right');
  await page.getByRole('button', { name: 'Columns and density' }).click();
  await page.getByRole('button', { name: 'Compact' }).click();
  await page.keyboard.press('Escape');
  const row = page.locator('tbody tr[data-record]').first();
  await expect(row).toHaveCSS('height', '32px');
  await page.reload();
  await expect(row).toHaveCSS('height', '32px');
  await context.clearCookies();
  await context.request.post('/api/session', { data: { user: 'root', password: 'correct horse battery' } });
  await page.goto(shop.adminProducts);
  await expect(row).toHaveCSS('height', '36px');
});

for (const dark of [false, true]) {
  test(`what waits, what was refused, what is in conflict and every dialog ${dark ? 'have enough contrast in the dark' : 'break no rule of WCAG 2.2 AA'}`, async ({ shop, profile }) => {
    const check = dark ? contrasts : breaksNoRule;
    const context = await profile('root', shop, { dark });
    // Eleven rows: what axe finds in them it would find in every other.
    const table = `${shop.adminProducts}?q=Mug+1`;
    const page = await openPage(context, table);
    await isLive(page);
    await editCell(page, shop.product(1).id, 'sku', 'MUG-2');
    await expect(page.getByText(/^Not saved: /).first()).toBeVisible();
    await context.setOffline(true);
    await expect(pill(page)).not.toHaveAttribute('data-connection', 'live');
    await editCell(page, shop.product(10).id, 'price', '12.5');
    await expect(page.getByText('Waiting to send (offline)').first()).toBeVisible();
    await check(page, 'offline, with an edit that waits and one that was refused');
    await pill(page).click();
    await check(page, 'pill panel');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await check(page, 'signing out with unsent edits');
    await page.keyboard.press('Escape');
    await visit(page, '/outbox');
    await check(page, 'outbox');
    await shop.change(shop.product(10).id, { price: '13' });
    await context.setOffline(false);
    await isLive(page);
    await allSent(page);
    await visit(page, '/conflicts');
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await check(page, 'a conflict that is edited');
    await visit(page, table);
    await expect(page.locator('.difference').first()).toBeVisible();
    await check(page, 'a conflict in the table');
    await page.keyboard.press('Control+k');
    await check(page, 'command palette');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Columns and density' }).click();
    await check(page, 'columns');
    await visit(page, `/admin/${shop.id}/store`);
    await page.getByRole('button', { name: 'Deactivate' }).click();
    await expect(page.getByRole('dialog')).toContainText(`${shop.name} GBP`);
    await check(page, 'deactivating a store');
    await page.keyboard.press('Escape');
    await visit(page, `/s/${shop.id}/products?q=Mug+1&open=${shop.product(3).id}`);
    await check(page, 'details of a product');
  });
}

test('no screen needs what the Content-Security-Policy forbids, and the policy allows nothing inline', async ({ shop, profile }) => {
  const context = await profile('root', shop);
  const answer = await context.request.get(shop.adminProducts);
  expect(answer.headers()['content-security-policy']).toMatch(/style-src 'self';/);
  expect(answer.headers()['content-security-policy']).not.toContain('unsafe-inline');
  const violations: string[] = [];
  await context.exposeFunction('reportViolation', (text: string) => violations.push(text));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      (globalThis as unknown as { reportViolation: (text: string) => void }).reportViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  const page = await openPage(context, shop.adminProducts);
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) violations.push(message.text());
  });
  await isLive(page);
  // A width that was dragged is a style set by script.
  const head = page.locator('th', { has: page.getByRole('button', { name: 'SKU' }) });
  const before = (await head.boundingBox())?.width ?? 0;
  await head.getByRole('slider').focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(async () => (await head.boundingBox())?.width ?? 0).toBeGreaterThan(before);
  await editCell(page, shop.product(1).id, 'price', '3.5');
  await allSent(page);
  for (const screen of everyScreen(shop)) await visit(page, screen);
  expect(violations).toEqual([]);
});

test('the app offers to be installed in the account menu, and only there', async ({ shop, profile }) => {
  const page = await openPage(await profile(shop.viewer, shop), `/s/${shop.id}`);
  const menu = page.getByRole('button', { name: /^Account of/ });
  const prevented = await page.evaluate(() => {
    const event = new Event('beforeinstallprompt', { cancelable: true });
    Object.assign(event, { prompt: () => Promise.resolve(document.documentElement.setAttribute('data-prompted', '')) });
    dispatchEvent(event);
    return event.defaultPrevented;
  });
  expect(prevented, "the browser's own bar").toBe(true);
  await menu.click();
  await page.getByRole('button', { name: 'Install as an app' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-prompted', '');
  await menu.click();
  await expect(page.getByRole('button', { name: 'Install as an app' })).toHaveCount(0);
});

test('a browser that cleared even the app and has no connection says what happened to the edits', async ({ shop, profile }) => {
  const context = await profile(shop.viewer, shop);
  const page = await openPage(context, `/s/${shop.id}`);
  await isLive(page);
  await startsOffline(page);
  await page.evaluate(async () => {
    for (const name of await caches.keys()) await caches.delete(name);
  });
  await context.setOffline(true);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'SyncStore is not reachable' })).toBeVisible();
  await expect(page.getByText('Edits that still wait in this browser are sent when the app opens again.')).toBeVisible();
  await context.setOffline(false);
  await page.getByRole('link', { name: 'Try again' }).click();
  await isLive(page);
});
