import { createServer, type Server as TcpServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { cell, expect, isLive, openPage, PASSWORD, Shop, signIn, test } from './fixtures';
import { visit } from './screens';

/** A second store on the same server; the first one's editor edits both. */
async function besides(shop: Shop): Promise<Shop> {
  const other = await Shop.open(shop.server, shop.admin, `${shop.id}-b`, 0);
  for (let n = 1; n <= 8; n += 1) await other.add(n, { title: `Jug ${n}`, sku: `JUG-${n}` });
  await shop.admin.must('POST', `/api/people?storeId=${other.id}`, { name: shop.editor, role: 'editor' });
  return other;
}

interface Slow {
  url: string;
  end: () => Promise<void>;
}

/** A way to the server on which every byte takes this long, in both directions and in order. */
async function slowWay(to: string, ms: number): Promise<Slow> {
  const { connect } = await import('node:net');
  const sockets = new Set<Socket>();
  const late = (from: Socket, into: Socket) => {
    from.on('data', (piece) => setTimeout(() => into.writable && into.write(piece), ms));
    from.on('end', () => setTimeout(() => into.end(), ms));
    from.on('error', () => into.destroy());
    from.on('close', () => setTimeout(() => into.destroy(), ms));
  };
  const server: TcpServer = createServer((browser) => {
    const there = connect(Number(new URL(to).port), '127.0.0.1');
    for (const one of [browser, there]) {
      sockets.add(one);
      one.on('close', () => sockets.delete(one));
    }
    late(browser, there);
    late(there, browser);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    end: async () => {
      for (const one of sockets) one.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

/** At every change of what is drawn: records of a store under the name of another one are kept as findings, and so is every id that was seen. */
async function watchRecords(page: Page, shops: readonly Shop[]): Promise<() => Promise<{ foreign: string[]; seen: number }>> {
  await page.evaluate((stores) => {
    const owner = new Map(stores.flatMap(({ name, ids }) => ids.map((id) => [id, name] as const)));
    const watched = { foreign: [] as string[], seen: new Set<string>() };
    Object.assign(window, { watched });
    const look = () => {
      const name = document.querySelector('.store-button strong')?.textContent ?? '';
      for (const element of document.querySelectorAll<HTMLElement>('[data-record]')) {
        const id = element.dataset['record'] ?? '';
        watched.seen.add(id);
        const of = owner.get(id);
        if (of !== undefined && of !== name) watched.foreign.push(`${id} of ${of} under ${name}`);
      }
    };
    look();
    new MutationObserver(look).observe(document.documentElement, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ['data-record'] });
  }, shops.map(({ name, products }) => ({ name, ids: products.map((product) => product.id) })));
  return () => page.evaluate(() => {
    const { foreign, seen } = (window as unknown as { watched: { foreign: string[]; seen: Set<string> } }).watched;
    return { foreign, seen: seen.size };
  });
}

async function byClick(page: Page, to: Shop): Promise<void> {
  await page.locator('.store-button').click();
  await page.locator('.popover').getByRole('link', { name: to.name, exact: false }).filter({ hasText: to.name }).last().click();
}

async function byPalette(page: Page, to: Shop): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.keyboard.type(`Open store ${to.name}`);
  await page.keyboard.press('Enter');
}

test('A, B and A again, by clicks and by the palette on a slow way, never shows a record of the other store', async ({ shop, browser }) => {
  const other = await besides(shop);
  const way = await slowWay(shop.server.url, 150);
  const context = await browser.newContext({ baseURL: way.url, viewport: { width: 1440, height: 900 } });
  await signIn(context, way.url, shop.editor, PASSWORD);
  const page = await openPage(context, `/s/${shop.id}/products`);
  await isLive(page);
  const watched = await watchRecords(page, [shop, other]);
  for (const go of [byClick, byPalette]) {
    for (const last of [other, shop]) {
      const first = last === shop ? other : shop;
      // Nothing is waited for in between: what was asked of one store arrives while another is shown.
      await go(page, first);
      await visit(page, `/s/${first.id}/products`);
      await go(page, last);
      await visit(page, `/s/${last.id}/products`);
      await go(page, first);
      await go(page, last);
      await visit(page, `/s/${last.id}/products`);
      await expect(page.locator('[data-total]').first()).toHaveAttribute('data-total', String(last.products.length));
      await expect(cell(page, last.product(1).id, 'title')).toHaveText(last.product(1).title);
      await expect(page).toHaveTitle(new RegExp(`^${last.name} \\(GBP\\)`));
    }
  }
  const { foreign, seen } = await watched();
  expect(foreign).toEqual([]);
  expect(seen).toBeGreaterThan(other.products.length);
  await context.close();
  await way.end();
});

test('in the grid, staged changes belong to their store and stay in it', async ({ shop, profile }) => {
  const other = await besides(shop);
  const page = await openPage(await profile(shop.editor, shop), `${shop.adminProducts}/grid`);
  await isLive(page);
  const watched = await watchRecords(page, [shop, other]);
  await page.locator(`[data-cell="${shop.product(1).id}:price"]`).click();
  await page.keyboard.type('77');
  await page.keyboard.press('Enter');
  await byClick(page, other);
  await page.getByRole('button', { name: 'Leave, keep it staged' }).click();
  await visit(page, `${other.adminProducts}/grid`);
  await expect(page.locator('section[data-staged]')).toHaveAttribute('data-staged', '0');
  await expect(cell(page, other.product(1).id, 'price')).toHaveText('9.50');
  await visit(page, `${shop.adminProducts}/grid`);
  await expect(page.locator('section[data-staged]')).toHaveAttribute('data-staged', '1');
  expect((await watched()).foreign).toEqual([]);
});

test('a store that is unknown, one without a role and one that was deactivated each say what they are, and a role that is given opens it', async ({ shop, profile }) => {
  const other = await Shop.open(shop.server, shop.admin, `${shop.id}-d`, 2);
  const page = await openPage(await profile(shop.editor, shop), `/s/${shop.id}/products`);
  await isLive(page);
  await visit(page, '/s/nowhere-at-all/products');
  await expect(page.getByRole('heading', { name: 'There is no store “nowhere-at-all”' })).toBeVisible();
  await visit(page, `/s/${other.id}/products`);
  await expect(page.getByRole('heading', { name: `You have no access to the store “${other.id}”` })).toBeVisible();
  await expect(page.getByText('You have no role in it')).toBeVisible();
  await expect(page.locator('[data-record]')).toHaveCount(0);
  await shop.admin.must('POST', `/api/people?storeId=${other.id}`, { name: shop.editor, role: 'viewer' });
  await visit(page, `/s/${shop.id}/products`);
  await visit(page, `/s/${other.id}/products`);
  await expect(cell(page, other.product(1).id, 'title')).toHaveText('Mug 1');
  await shop.admin.must('PUT', `/api/stores/${other.id}`, { is_active: false });
  await expect(page.getByRole('heading', { name: `${other.name} is deactivated` })).toBeVisible();
  await expect(page.locator(`[data-record="${other.product(1).id}"]`)).toHaveCount(0);
});

test('an admin makes a store with all that it is, changes its zone, and its identity stands on every screen', async ({ shop, profile }) => {
  const page = await openPage(await profile('root', shop), '/stores/new');
  const id = `${shop.id}-new`;
  await page.getByLabel('Name', { exact: true }).fill('Lamps and more');
  await page.getByLabel(/^Short name/).fill(id);
  await page.getByLabel(/^Currency/).selectOption('EUR');
  await page.getByLabel('Time zone').selectOption('Europe/Berlin');
  await page.getByLabel(/^Marketplace/).fill('amazon.de');
  await page.getByLabel(/^Business type/).fill('Lighting');
  await page.getByRole('button', { name: 'Create store' }).click();
  await expect(page.getByRole('heading', { name: 'Import products into Lamps and more' })).toBeVisible();
  await expect.poll(async () => (await shop.admin.must('GET', `/api/stores/${id}`))['data']).toMatchObject({
    name: 'Lamps and more', currency: 'EUR', time_zone: 'Europe/Berlin', marketplace: 'amazon.de', business_type: 'Lighting', is_active: true,
  });
  for (const path of [`/s/${id}`, `/s/${id}/products`, `/admin/${id}/products`, `/admin/${id}/products/new`, `/admin/${id}/dashboard`, `/admin/${id}/store`, `/admin/${id}/people`]) {
    await visit(page, path);
    await expect(page.locator('.store-button .store-badge')).toHaveText('L');
    await expect(page.locator('.store-button')).toContainText('Lamps and more');
    await expect(page.locator('.store-button')).toContainText('EUR');
    await expect(page).toHaveTitle(/^Lamps and more \(EUR\)/);
  }
  await visit(page, `/admin/${id}/store`);
  await page.getByLabel('Time zone').selectOption('Europe/Paris');
  await page.getByLabel('Store name').fill('Lamps');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect.poll(async () => (await shop.admin.must('GET', `/api/stores/${id}`))['data']).toMatchObject({ name: 'Lamps', time_zone: 'Europe/Paris' });
  await expect(page).toHaveTitle(/^Lamps \(EUR\)/);
  await visit(page, '/stores');
  await page.getByRole('link', { name: 'People of Lamps' }).click();
  await expect(page.getByRole('heading', { name: 'People in Lamps' })).toBeVisible();
});
