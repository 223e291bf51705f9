import { chromium } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allSent, cell, editCell, editsOffline, expect, isLive, openPage, pill, signIn, startsOffline, test } from './fixtures';
import { CHROMIUM } from './playwright.config';

test('fifty edits made offline survive reload, closing the browser and a killed server, and are applied once', async ({ lonelyShop: shop }) => {
  const directory = mkdtempSync(join(tmpdir(), 'syncstore-profile-'));
  const launch = () => chromium.launchPersistentContext(directory, { ...CHROMIUM, baseURL: shop.server.url, viewport: { width: 1440, height: 900 } });
  let context = await launch();
  await signIn(context, shop.server.url, shop.editor);
  const address = `${shop.adminProducts}?size=100`;
  let page = await openPage(context, address);
  await isLive(page);
  await startsOffline(page);
  await context.setOffline(true);
  await expect(pill(page)).not.toHaveAttribute('data-connection', 'live');
  for (let n = 1; n <= 50; n += 1) await editCell(page, shop.product(n).id, 'price', `${n}.25`);
  await expect(pill(page)).toHaveAttribute('data-queued', '50');
  await expect(page.getByText('Waiting to send (offline)').first()).toBeVisible();

  await page.reload();
  await expect(cell(page, shop.product(50).id, 'price')).toHaveText('50.25');
  await expect(pill(page)).toHaveAttribute('data-queued', '50');
  await context.close();
  await shop.server.kill();
  await shop.server.start();

  context = await launch();
  await context.setOffline(true);
  page = await openPage(context, address);
  await expect(pill(page)).toHaveAttribute('data-queued', '50');
  await context.setOffline(false);
  await isLive(page);
  await allSent(page);
  for (const n of [1, 17, 50]) expect((await shop.read(shop.product(n).id))['price']).toBe(`${n}.25`);
  const history = await shop.admin.must('GET', `/api/history?storeId=${shop.id}&dataType=products&id=${shop.product(7).id}`);
  expect((history['data'] as { kind: string }[]).map((entry) => entry.kind)).toEqual(['update', 'insert']);
  await context.close();
  rmSync(directory, { recursive: true, force: true });
});

test('the whole app starts without network and shows what it knows', async ({ shop, profile }) => {
  const context = await profile(shop.editor, shop);
  const page = await openPage(context, shop.adminProducts);
  await isLive(page);
  await startsOffline(page);
  await context.setOffline(true);
  const again = await openPage(context, `/s/${shop.id}/products?sort=title`);
  await expect(again.locator('[data-total]')).toHaveAttribute('data-total', '30');
  await expect(pill(again)).not.toHaveAttribute('data-connection', 'live');
  await page.close();
  await again.reload();
  await expect(again.locator('[data-total]')).toHaveAttribute('data-total', '30');
});

test('a session that expires in the middle of a queue keeps the queue until the same person is back', async ({ shop, profile }) => {
  const { id } = shop.product(8);
  const context = await profile(shop.editor, shop);
  const page = await openPage(context, shop.adminProducts);
  await editsOffline(page, id, 'price', '33.5');
  await context.clearCookies();
  await context.setOffline(false);
  await expect(page.getByRole('heading', { name: 'Sign in to SyncStore' })).toBeVisible();
  const words = `1 edit of ${shop.editor} waits in this browser until you sign in.`;
  await expect(page.getByText(words)).toBeVisible();
  await expect(pill(page)).toHaveAttribute('data-connection', 'sign-in');
  await expect(pill(page)).toHaveAttribute('data-queued', '1');
  // Also where the page is opened anew and no worker tells it; not what the edit is, not even to who looks for it.
  await page.reload();
  await expect(page.getByText(words)).toBeVisible();
  await expect(pill(page)).toHaveAttribute('data-queued', '1');
  await expect(page.getByText(/33\.5|Mug/)).toHaveCount(0);
  await context.setOffline(true);
  await expect(page.getByText('Offline. Signing in needs a connection')).toBeVisible();
  await expect(pill(page)).toHaveAttribute('data-connection', 'offline');
  await context.setOffline(false);
  await expect(pill(page)).toHaveAttribute('data-connection', 'sign-in');
  await page.getByLabel('Name').fill(shop.editor);
  await page.getByLabel('Password').fill('correct horse battery');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await isLive(page);
  await allSent(page);
  await expect.poll(async () => (await shop.read(id))['price']).toBe('33.5');
});

test('edits of one person wait while another one uses the browser, who learns their number and nothing else', async ({ shop, profile }) => {
  const { id } = shop.product(9);
  const context = await profile(shop.editor, shop);
  const page = await openPage(context, shop.adminProducts);
  await editsOffline(page, id, 'price', '34.5');
  await context.clearCookies();
  await context.setOffline(false);
  await expect(page.getByRole('heading', { name: 'Sign in to SyncStore' })).toBeVisible();
  const signIn = async (name: string) => {
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Password').fill('correct horse battery');
    await page.getByRole('button', { name: 'Sign in' }).click();
  };
  await signIn(shop.viewer);
  await expect(page).not.toHaveURL(/sign-in/);
  await page.goto(`/s/${shop.id}/products`);
  await isLive(page);
  await expect(pill(page)).toHaveAttribute('data-queued', '0');
  await expect(cell(page, id, 'price')).toHaveText('9.50');
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByText('1 edit of someone else waits here until they sign in.')).toBeVisible();
  await expect(pill(page)).toHaveAttribute('data-queued', '0');
  await expect(page.getByText(shop.editor)).toHaveCount(0);
  await signIn(shop.editor);
  await expect.poll(async () => (await shop.read(id))['price']).toBe('34.5');
});

test('signing out with unsent edits asks what becomes of them', async ({ shop, profile }) => {
  const context = await profile(shop.editor, shop);
  const page = await openPage(context, shop.adminProducts);
  await isLive(page);
  await context.setOffline(true);
  await expect(pill(page)).not.toHaveAttribute('data-connection', 'live');
  await editCell(page, shop.product(1).id, 'price', '1.5');
  await expect(pill(page)).toHaveAttribute('data-queued', '1');
  const signOut = async () => {
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
  };
  await signOut();
  const dialog = page.getByRole('dialog', { name: '1 edit not sent yet' });
  await expect(dialog.getByRole('button', { name: 'Send now' })).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Export' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Stay signed in' }).click();
  await expect(pill(page)).toHaveAttribute('data-queued', '1');
  await context.setOffline(false);
  await allSent(page);
  await signOut();
  await expect(page.getByRole('heading', { name: 'Sign in to SyncStore' })).toBeVisible();
});

test('a module that traps in WebAssembly is started again and loses nothing', async ({ shop, profile }) => {
  const { id } = shop.product(2);
  const page = await openPage(await profile(shop.editor, shop), shop.adminProducts);
  await isLive(page);
  await editCell(page, id, 'title', 'Before the trap');
  await allSent(page);
  const failures: string[] = [];
  page.on('console', (message) => {
    if (message.text().startsWith('The sync worker failed')) failures.push(message.text());
  });
  const worker = page.workers()[0];
  if (!worker) throw new Error('the page has no worker');
  // The next argument that the worker copies into the module is followed by rubbish over all of its memory.
  await worker.evaluate(() => {
    const { set } = Uint8Array.prototype;
    const spoiled = function spoiled(this: Uint8Array, source: ArrayLike<number>, at?: number) {
      set.call(this, source, at);
      if (this.buffer.byteLength > 1_000_000) new Uint8Array(this.buffer).fill(0xff);
    };
    Reflect.defineProperty(Uint8Array.prototype, 'set', { value: spoiled });
  });
  await editCell(page, id, 'title', 'Typed when it trapped');
  await expect.poll(() => page.workers().includes(worker)).toBe(false);
  await expect.poll(() => failures[0] ?? '').toMatch(/RuntimeError: (memory access out of bounds|unreachable|table index is out of bounds|null function)/);
  await isLive(page);
  await allSent(page);
  await expect(cell(page, id, 'title')).toHaveText('Typed when it trapped');
  await editCell(page, id, 'title', 'After the trap');
  await allSent(page);
  await expect.poll(async () => (await shop.read(id))['title']).toBe('After the trap');
  const history = await shop.admin.must('GET', `/api/history?storeId=${shop.id}&dataType=products&id=${id}`);
  expect((history['data'] as unknown[]).length).toBe(4);
});
