// A new version is deployed while a page of the old one stays open: it says so, loses nothing and loads anew only when it is asked to.
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from '@playwright/test';
import { allSent, cell, editCell, editsOffline, expect, isLive, openPage, pill, signIn, startsOffline, test, waitsStored, type Shop } from './fixtures';

/** The same application as another release: its page says so, its files have other names, its service worker other bytes. */
function nextRelease(web: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'syncstore-next-'));
  cpSync(web, folder, { recursive: true });
  for (const name of readdirSync(folder)) if (/\.(gz|br)$/.test(name)) rmSync(join(folder, name));
  const assets = join(folder, 'assets');
  const renamed = new Map<string, string>();
  for (const name of readdirSync(assets)) {
    if (/\.(gz|br)$/.test(name)) rmSync(join(assets, name));
    else renamed.set(name, name.replace(/-(.{8})\./, '-NEXT$1.'));
  }
  const rename = (text: string): string => [...renamed].reduce((so, [old, next]) => so.replaceAll(old, next), text);
  for (const [old, next] of renamed) {
    const bytes = readFileSync(join(assets, old));
    rmSync(join(assets, old));
    writeFileSync(join(assets, next), /\.(js|css)$/.test(next) ? rename(bytes.toString()) : bytes);
  }
  const page = rename(readFileSync(join(folder, 'index.html'), 'utf8')).replace('<html ', '<html data-release="next" ');
  writeFileSync(join(folder, 'index.html'), page);
  const worker = rename(readFileSync(join(folder, 'sw.js'), 'utf8'));
  const release = /(["'`])([0-9a-f]{16})\1/.exec(worker)?.[2];
  if (!release) throw new Error('the service worker names no release');
  writeFileSync(join(folder, 'sw.js'), worker.replaceAll(release, `next${release}`));
  return folder;
}

/** The server is stopped, another version is put in its place and started. */
async function deploy(shop: Shop): Promise<string> {
  const folder = nextRelease(shop.server.web);
  await shop.server.kill();
  shop.server.web = folder;
  await shop.server.start();
  return folder;
}

const notice = (page: Page) => page.locator('[data-band="new-version"]');
const release = (page: Page) => page.locator('html').getAttribute('data-release');

async function arrive(context: BrowserContext, shop: Shop, path: string): Promise<Page> {
  await signIn(context, shop.server.url, shop.editor);
  return openPage(context, path);
}

test('a page of the old version keeps its waiting edits over a new one and loads it on request', async ({ browser, lonelyShop: shop }) => {
  const context = await browser.newContext({ baseURL: shop.server.url });
  const { id } = shop.product(3);
  const page = await arrive(context, shop, shop.adminProducts);
  await editsOffline(page, id, 'price', '77.5');
  const folder = await deploy(shop);
  // Still offline: nothing is known, nothing is lost.
  await expect(pill(page)).toHaveAttribute('data-queued', '1');
  await context.setOffline(false);
  await isLive(page);
  await allSent(page);
  await expect(notice(page)).toContainText('A new version is ready. Your edits are kept');
  expect(await release(page)).toBeNull();
  expect((await shop.read(id))['price']).toBe('77.5');

  // An edit made by the old version against the new server works.
  await cell(page, id, 'price').dblclick();
  const input = page.locator(`[data-record="${id}"] input[data-field="price"]`);
  await input.fill('78.5');
  await input.press('Enter');
  await expect(cell(page, id, 'price')).toHaveText('78.50');
  await allSent(page);
  await expect.poll(async () => (await shop.read(id))['price']).toBe('78.5');
  // On request it goes over, and shows the same.
  await notice(page).getByRole('button', { name: 'New version: reload' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-release', 'next');
  await isLive(page);
  await expect(cell(page, id, 'price')).toHaveText('78.50');
  await expect(notice(page)).toHaveCount(0);
  await context.close();
  rmSync(folder, { recursive: true, force: true });
});

test('what is typed and not saved stays: the page asks before it loads the new version', async ({ browser, lonelyShop: shop }) => {
  const context = await browser.newContext({ baseURL: shop.server.url });
  const { id } = shop.product(4);
  const page = await arrive(context, shop, `${shop.adminProducts}/${id}`);
  await isLive(page);
  await startsOffline(page);
  const title = page.locator('form input[data-field="title"]');
  await title.fill('Half a tit');
  const folder = await deploy(shop);
  await isLive(page);
  await expect(notice(page)).toBeVisible();
  await expect(title).toHaveValue('Half a tit');
  let asked = 0;
  page.on('dialog', (dialog) => {
    asked += 1;
    void dialog.dismiss();
  });
  await notice(page).getByRole('button', { name: 'New version: reload' }).click();
  await expect.poll(() => asked).toBe(1);
  await expect(title).toHaveValue('Half a tit');
  expect(await release(page)).toBeNull();
  // Saved, it goes over.
  await title.fill('Half a title');
  await page.getByRole('button', { name: 'Save' }).click();
  await allSent(page);
  await notice(page).getByRole('button', { name: 'New version: reload' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-release', 'next');
  await expect(page.locator('form input[data-field="title"]')).toHaveValue('Half a title');
  expect(asked).toBe(1);
  await context.close();
  rmSync(folder, { recursive: true, force: true });
});

test('another tab is not loaded anew by it and goes on working', async ({ browser, lonelyShop: shop }) => {
  const context = await browser.newContext({ baseURL: shop.server.url });
  const { id } = shop.product(5);
  const first = await arrive(context, shop, shop.adminProducts);
  await isLive(first);
  await startsOffline(first);
  const second = await openPage(context, shop.adminProducts);
  await isLive(second);
  const folder = await deploy(shop);
  await isLive(first);
  await expect(notice(first)).toBeVisible();
  await expect(notice(second)).toBeVisible();
  await notice(first).getByRole('button', { name: 'New version: reload' }).click();
  await expect(first.locator('html')).toHaveAttribute('data-release', 'next');
  await isLive(first);
  // The second one is of the old version, leads now or follows, and saves.
  expect(await release(second)).toBeNull();
  await isLive(second);
  await cell(second, id, 'price').dblclick();
  const input = second.locator(`[data-record="${id}"] input[data-field="price"]`);
  await input.fill('55.5');
  await input.press('Enter');
  await expect(cell(first, id, 'price')).toHaveText('55.50');
  await allSent(second);
  await notice(second).getByRole('button', { name: 'New version: reload' }).click();
  await expect(second.locator('html')).toHaveAttribute('data-release', 'next');
  await context.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A page of the old version that has the new one offered. */
async function isOffered(page: Page, shop: Shop): Promise<string> {
  await isLive(page);
  await startsOffline(page);
  const folder = await deploy(shop);
  await isLive(page);
  await expect(notice(page)).toBeVisible();
  return folder;
}

test('without network the new version that is here already starts on request, and keeps what waits', async ({ browser, lonelyShop: shop }) => {
  const context = await browser.newContext({ baseURL: shop.server.url });
  const { id } = shop.product(6);
  const page = await arrive(context, shop, shop.adminProducts);
  const folder = await isOffered(page, shop);
  await editsOffline(page, id, 'price', '66.5');
  expect(await release(page)).toBeNull();
  // As a page does that tries to connect again, only all the time: each request kept the old service worker busy for a moment, and a
  // browser lets another one take over only when it is not.
  await page.evaluate(() => {
    const ask = (): void => void fetch('/health').catch(() => undefined).then(() => setTimeout(ask));
    for (let n = 0; n < 20; n += 1) ask();
  });
  await notice(page).getByRole('button', { name: 'New version: reload' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-release', 'next');
  await waitsStored(page);
  await context.setOffline(false);
  await isLive(page);
  await allSent(page);
  expect((await shop.read(id))['price']).toBe('66.5');
  await context.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a server that no longer answers does not hold up a new version that is here', async ({ browser, lonelyShop: shop }) => {
  const context = await browser.newContext({ baseURL: shop.server.url });
  const { id } = shop.product(7);
  const page = await arrive(context, shop, shop.adminProducts);
  const folder = await isOffered(page, shop);
  shop.server.freeze();
  // The old version's service worker waits for a file that does not come: while it does, a browser lets no other take over.
  await page.evaluate(() => void fetch('/assets/of-the-old-version.js').catch(() => undefined));
  await editCell(page, id, 'price', '67.5');
  await waitsStored(page);
  await notice(page).getByRole('button', { name: 'New version: reload' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-release', 'next');
  shop.server.goOn();
  await isLive(page);
  await allSent(page);
  expect((await shop.read(id))['price']).toBe('67.5');
  await context.close();
  rmSync(folder, { recursive: true, force: true });
});
