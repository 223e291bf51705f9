import type { Page } from '@playwright/test';
import { expect, isLive, openPage, test, type Shop } from './fixtures';

/** A small JPEG: 16 by 8, red and blue. */
const JPEG = Buffer.from(
  '/9j/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAARCAAIABADASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAUG/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/EABQBAQAAAAAAAAAAAAAAAAAAAAX/xAAZEQACAwEAAAAAAAAAAAAAAAAABkOCwcL/2gAMAwEAAhEDEQA/AM+hAYU5q9DzNFbD/9k=',
  'base64');
const GIF = Buffer.from('R0lGODlhAQABAIAAAP8AAP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64');

const editor = (shop: Shop, id: string): string => `${shop.adminProducts}/${id}`;
const part = (page: Page) => page.getByRole('region', { name: 'Pictures' });
const cards = (page: Page) => part(page).locator('.picture-card');
const shown = (page: Page) => cards(page).locator('img.picture');

/** The picture has been loaded, not only asked for. */
const isLoaded = (page: Page, index: number) =>
  expect.poll(() => shown(page).nth(index).evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);

async function choose(page: Page, ...files: { name: string; buffer: Buffer }[]): Promise<void> {
  await page.getByLabel('Choose files').setInputFiles(files.map((file) => ({ ...file, mimeType: 'application/octet-stream' })));
}

const addresses = (page: Page) => shown(page).evaluateAll((images) => images.map((image) => image.getAttribute('src')));

test('a picture uploaded in one window is seen in another, stands in lists, is replaced, removed and brought back', async ({ shop, profile }) => {
  const { id } = shop.product(1);
  const page = await openPage(await profile(shop.editor, shop), editor(shop, id));
  const other = await openPage(await profile(shop.editor, shop), editor(shop, id));
  const list = await openPage(await profile(shop.editor, shop), shop.adminProducts);
  for (const each of [page, other, list]) await isLive(each);
  await expect(part(other)).toContainText('None yet.');

  await choose(page, { name: 'mug.jpg', buffer: JPEG });
  for (const each of [page, other]) {
    await expect(cards(each)).toHaveCount(1);
    await isLoaded(each, 0);
  }
  await expect(list.locator(`tr[data-record="${id}"] img.thumb`)).toHaveAttribute('src', /^\/images\/[0-9a-f]{64}\/96\.webp$/);

  const [before] = await addresses(other);
  await page.getByLabel('Replace picture 1').setInputFiles({ name: 'dot.gif', mimeType: 'image/gif', buffer: GIF });
  await expect.poll(async () => (await addresses(other))[0]).not.toBe(before);
  await isLoaded(other, 0);

  await page.getByLabel('What picture 1 shows').fill('The mug from the left');
  await page.getByLabel('What picture 1 shows').press('Enter');
  await expect(other.getByRole('img', { name: 'The mug from the left' })).toBeVisible();

  await page.getByRole('button', { name: 'Remove picture 1' }).click();
  await expect(cards(other)).toHaveCount(0);
  await expect(list.locator(`tr[data-record="${id}"] img.thumb`)).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(other.getByRole('img', { name: 'The mug from the left' })).toBeVisible();
  await expect(list.locator(`tr[data-record="${id}"] img.thumb`)).toHaveCount(1);
});

test('pictures are pasted, moved by keyboard and by dragging, in every window', async ({ shop, profile }) => {
  const { id } = shop.product(2);
  const page = await openPage(await profile(shop.editor, shop), editor(shop, id));
  const other = await openPage(await profile(shop.editor, shop), editor(shop, id));
  await isLive(page);
  await isLive(other);
  const paste = (base64: string, type: string) => page.evaluate(([text, kind]) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(text ?? ''), (c) => c.charCodeAt(0))], 'pasted', { type: kind ?? '' }));
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, [base64, type]);
  await paste(JPEG.toString('base64'), 'image/jpeg');
  await expect(cards(other)).toHaveCount(1);
  await paste(GIF.toString('base64'), 'image/gif');
  await expect(cards(other)).toHaveCount(2);
  await expect(shown(page)).toHaveCount(2);
  const [first, second] = await addresses(page);
  await page.getByRole('button', { name: 'Move picture 2 forward' }).focus();
  await page.keyboard.press('Enter');
  for (const each of [page, other]) await expect.poll(() => addresses(each)).toEqual([second, first]);
  await expect.poll(async () => `/images/${String((await shop.read(id))['thumbnail'])}/480.webp`).toBe(second);
  await cards(page).nth(0).locator('.picture').dragTo(cards(page).nth(1).locator('.picture'));
  for (const each of [page, other]) await expect.poll(() => addresses(each)).toEqual([first, second]);
  await expect.poll(async () => `/images/${String((await shop.read(id))['thumbnail'])}/480.webp`).toBe(first);
});

test('what is no picture is refused in words, and a picture that does not load has a sign in its place', async ({ shop, profile }) => {
  const { id } = shop.product(3);
  const page = await openPage(await profile(shop.editor, shop), editor(shop, id));
  await isLive(page);
  await choose(page, { name: 'letter.jpg', buffer: Buffer.from('<html>no picture</html>') });
  const sending = part(page).getByRole('list', { name: 'Pictures on their way' });
  await expect(sending).toContainText('This is not a picture that can be read.');
  await page.getByRole('button', { name: 'Dismiss letter.jpg' }).click();
  await expect(sending).toHaveCount(0);
  await page.getByLabel('Or from an address').fill('http://127.0.0.1/picture.jpg');
  await page.getByLabel('Or from an address').press('Enter');
  await expect(sending).toContainText('This address is not allowed.');

  await page.route('**/images/**', (route) => route.abort());
  await choose(page, { name: 'mug.jpg', buffer: JPEG });
  await expect(page.getByRole('img', { name: 'Picture 1 (does not load)' })).toBeVisible();
});

test('a picture chosen without a connection says so and is sent when the connection is back', async ({ lonelyShop: shop, profile }) => {
  const { id } = shop.product(1);
  const page = await openPage(await profile(shop.editor, shop), editor(shop, id));
  await isLive(page);
  await shop.server.kill();
  await choose(page, { name: 'mug.jpg', buffer: JPEG });
  await expect(part(page)).toContainText('pictures need the connection');
  await shop.server.start();
  await isLive(page);
  await expect(cards(page)).toHaveCount(1);
  await expect(part(page).getByRole('list', { name: 'Pictures on their way' })).toHaveCount(0);
});
