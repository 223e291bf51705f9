import type { Locator, Page } from '@playwright/test';
import { allSent, cell, editCell, expect, isLive, openPage, pill, startsOffline, test } from './fixtures';
import { breaksNoRule, fitsTheWindow } from './screens';

const bell = (page: Page): Locator => page.getByRole('button', { name: /^Notices/ });

async function openNotices(page: Page): Promise<Locator> {
  await bell(page).click();
  const panel = page.getByRole('group', { name: /^Notices/ });
  await expect(panel).toBeVisible();
  return panel;
}

test('what a toast said is found again, counted until it was read, kept over a reload and gone with the sign-out', async ({ shop, profile }) => {
  const page = await openPage(await profile(shop.editor, shop), shop.adminProducts);
  await isLive(page);
  await expect(bell(page)).toHaveAttribute('data-unread', '0');
  await page.locator(`[data-cell="${shop.product(4).id}:price"]`).focus();
  await page.keyboard.press('Delete');
  await expect(bell(page)).toHaveAttribute('data-unread', '1');
  await allSent(page);
  await page.reload();
  const panel = await openNotices(page);
  await expect(panel.getByRole('listitem')).toContainText([`Removed ${shop.product(4).title}`]);
  await expect(bell(page)).toHaveAttribute('data-unread', '0');
  await breaksNoRule(page, 'notices');
  await page.getByRole('button', { name: 'Clear the list' }).click();
  await expect(panel).toContainText('Nothing was told in this window yet');
  await page.keyboard.press('Escape');
  await page.locator(`[data-cell="${shop.product(5).id}:price"]`).focus();
  await page.keyboard.press('Delete');
  await allSent(page);
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in to SyncStore' })).toBeVisible();
  expect(await page.evaluate(() => Object.values(sessionStorage).filter((text) => text.includes('Removed')))).toEqual([]);
});

test('what was refused and what is contested is led to from the notices', async ({ shop, profile }) => {
  const page = await openPage(await profile(shop.editor, shop), shop.adminProducts);
  await isLive(page);
  await editCell(page, shop.product(1).id, 'sku', 'MUG-2');
  await expect(page.getByRole('link', { name: '1 not saved' })).toBeVisible();
  const panel = await openNotices(page);
  await expect(panel.getByRole('listitem').first()).toContainText('1 edit not saved: the server refused it.');
  await panel.getByRole('link', { name: '1 edit not saved' }).click();
  await expect(page).toHaveURL(/\/outbox$/);
  await page.getByRole('button', { name: 'Discard' }).click();
  await expect(page.getByRole('heading', { name: 'The outbox is empty' })).toBeVisible();
  // The list stays; what waits for a decision is gone from above it.
  await bell(page).click();
  await expect(page.getByRole('group', { name: /^Notices/ }).getByRole('link', { name: 'not saved' })).toHaveCount(0);
});

test('without a connection every screen shows what was known last, with its age, and no zero for what is not known', async ({ lonelyShop: shop, profile }) => {
  const context = await profile(shop.editor, shop);
  await shop.admin.must('PUT', `/api/dashboard/snapshot/${shop.id}`, { open_orders: 12 });
  const page = await openPage(context, `/s/${shop.id}`);
  await isLive(page);
  await expect(page.locator('[data-field=open_orders]')).toHaveText('12');
  await startsOffline(page);
  await shop.server.kill();
  await expect(pill(page)).not.toHaveAttribute('data-connection', 'live');
  const band = page.locator('[data-band="as-of"]');
  await expect(band).toContainText('last in step');
  await expect(page.locator('[data-field=open_orders]')).toHaveText('12');
  await expect(page.locator('.figure-age', { hasText: 'as of' }).first()).toBeVisible();
  await expect(page.locator('[data-field=ad_sales]')).toHaveText('–');
  const to = (path: string) => page.evaluate((next) => {
    history.pushState(null, '', next);
    dispatchEvent(new PopStateEvent('popstate'));
  }, path);
  await to(shop.adminProducts);
  await expect(page.locator('[data-total]').first()).toHaveAttribute('data-total', '60');
  await expect(cell(page, shop.product(1).id, 'price')).toHaveText('9.50');
  await expect(band).toBeVisible();
  await to(`${shop.adminProducts}/${shop.product(1).id}`);
  await expect(cell(page, shop.product(1).id, 'title')).toHaveValue('Mug 1');
  await expect(band).toBeVisible();
  await page.reload();
  await expect(cell(page, shop.product(1).id, 'title')).toHaveValue('Mug 1');
  await expect(band).toContainText('last in step');
  const panel = await openNotices(page);
  await expect(panel.getByRole('listitem').filter({ hasText: 'You see the last known values' }).first()).toBeVisible();
  await page.keyboard.press('Escape');
  await shop.server.start();
  await isLive(page);
  await expect(band).toHaveCount(0);
  await expect(panel).toHaveCount(0);
  await bell(page).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'Connected again' }).first()).toBeVisible();
});

test('the notices fit a phone', async ({ shop, profile }) => {
  const page = await openPage(await profile(shop.editor, shop, { phone: true }), shop.adminProducts);
  await isLive(page);
  await openNotices(page);
  await fitsTheWindow(page, 'notices');
});
