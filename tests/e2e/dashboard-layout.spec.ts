import { addDay } from './days';
import { allSent, expect, isLive, openPage, pill, startsOffline, test, type Shop } from './fixtures';
import { breaksNoRule, fitsTheWindow } from './screens';
import type { Page } from '@playwright/test';

const STANDARD = ['sales', 'orders', 'messages', 'offer', 'feedback', 'payments', 'trend'];

const order = (page: Page) => page.locator('[data-panel]').evaluateAll((panels) => panels.map((panel) => panel.getAttribute('data-panel')));
const hasOrder = (page: Page, wanted: string[]) => expect.poll(() => order(page)).toEqual(wanted);

async function withFigures(shop: Shop): Promise<string> {
  await shop.admin.must('PUT', `/api/dashboard/snapshot/${shop.id}`, { sales_amount: '61230.4', open_orders: 37, payments_balance: '12904.15' }, { 'Base-Version': '0' });
  await addDay(shop, '2026-11-20', { sales_amount: '99.5', units_sold: 3 });
  return `/s/${shop.id}`;
}

test('the standard layout is six equal columns of fifteen figures', async ({ shop, profile }) => {
  const page = await openPage(await profile(shop.viewer, shop), await withFigures(shop));
  await hasOrder(page, STANDARD);
  await expect(page.locator('[data-panel] [data-field]')).toHaveCount(15);
  const boxes = await page.locator('[data-panel]').evaluateAll((panels) => panels.slice(0, 6).map((panel) => {
    const { top, width, height } = panel.getBoundingClientRect();
    return [top, width, height].map(Math.round).join();
  }));
  expect(new Set(boxes).size).toBe(1);
});

test('panels move, widen and hide by keyboard, in every window of the person and for nobody else', async ({ shop, profile }) => {
  const path = await withFigures(shop);
  const mine = await profile(shop.viewer, shop);
  const page = await openPage(mine, path);
  const second = await openPage(await profile(shop.viewer, shop), path);
  const other = await openPage(await profile(shop.editor, shop), path);
  await isLive(page);
  await page.getByRole('button', { name: 'Customise' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Move Payments forward' }).focus();
  // The key that moved it goes on moving it: focus follows the panel.
  await page.keyboard.press('Enter');
  await hasOrder(page, ['sales', 'orders', 'messages', 'offer', 'payments', 'feedback', 'trend']);
  await expect(page.getByRole('button', { name: 'Move Payments forward' })).toBeFocused();
  await page.keyboard.press('Enter');
  const moved = ['sales', 'orders', 'messages', 'payments', 'offer', 'feedback', 'trend'];
  await hasOrder(page, moved);
  await hasOrder(second, moved);
  await page.getByRole('button', { name: 'Hide Buyer messages' }).press('Enter');
  await page.getByRole('button', { name: 'Make wider: Sales', exact: true }).press('Enter');
  const arranged = ['sales', 'orders', 'payments', 'offer', 'feedback', 'trend'];
  await hasOrder(page, arranged);
  await hasOrder(second, arranged);
  await expect(second.locator('[data-panel="sales"]')).toHaveClass(/\bwide\b/);
  await allSent(page);
  await hasOrder(other, STANDARD);
  await page.reload();
  await hasOrder(page, arranged);
  await page.getByRole('button', { name: 'Customise' }).click();
  await page.getByRole('button', { name: 'Show Buyer messages' }).click();
  await expect(second.locator('[data-panel="messages"]')).toBeVisible();
  await page.getByRole('button', { name: 'Standard layout' }).click();
  await hasOrder(second, STANDARD);
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('group', { name: 'Arrange Sales' })).toHaveCount(0);
});

test('a panel is dragged onto another, without network too', async ({ shop, profile }) => {
  const path = await withFigures(shop);
  const page = await openPage(await profile(shop.editor, shop), path);
  const second = await openPage(await profile(shop.editor, shop), path);
  await isLive(page);
  await isLive(second);
  await startsOffline(page);
  await page.getByRole('button', { name: 'Customise' }).click();
  await page.locator('[data-panel="payments"] h2').dragTo(page.locator('[data-panel="sales"] h2'));
  const first = ['payments', 'sales', 'orders', 'messages', 'offer', 'feedback', 'trend'];
  await hasOrder(page, first);
  await hasOrder(second, first);
  await allSent(page);
  await page.context().setOffline(true);
  await expect(pill(page)).not.toHaveAttribute('data-connection', 'live');
  await page.locator('[data-panel="trend"] h2').dragTo(page.locator('[data-panel="payments"] h2'));
  const offline = ['trend', 'payments', 'sales', 'orders', 'messages', 'offer', 'feedback'];
  await hasOrder(page, offline);
  await expect(pill(page)).toHaveAttribute('data-queued', '1');
  await page.reload();
  await hasOrder(page, offline);
  await page.context().setOffline(false);
  await allSent(page);
  await hasOrder(second, offline);
});

test('arranging breaks no rule, on a phone too', async ({ shop, profile }) => {
  const path = await withFigures(shop);
  for (const phone of [false, true]) {
    const page = await openPage(await profile(shop.editor, shop, { phone }), path);
    await page.getByRole('button', { name: 'Customise' }).click();
    await expect(page.getByRole('group', { name: 'Arrange Payments' })).toBeVisible();
    await breaksNoRule(page, 'customising');
    await fitsTheWindow(page, 'customising');
  }
});
