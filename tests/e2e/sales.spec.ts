import { addDay, changeDay, dayAfter, shown, sumOfDays, type Day } from './days';
import { allSent, cell, editCell, expect, isLive, openPage, pill, startsOffline, test, type Shop } from './fixtures';
import { breaksNoRule, contrasts, fitsTheWindow } from './screens';
import type { Page } from '@playwright/test';

const FIRST = '2026-03-01';

/** 70 days, each with another tenth and hundredth; days 5 and 6 nobody told. */
async function seventyDays(shop: Shop): Promise<Day[]> {
  const made: Day[] = [];
  for (let n = 0; n < 70; n += 1) {
    if (n === 65 || n === 66) continue;
    made.push(await addDay(shop, dayAfter(FIRST, n), {
      sales_amount: `${1000 + n}.${String((n * 7) % 100).padStart(2, '0')}`, units_sold: 10 + n, orders: 5, sessions: 200, ...(n < 60 ? { page_views: 300 + n } : {}),
    }));
  }
  return made;
}

const figure = (page: Page, name: string) => page.locator(`[data-figure="${name}"]`);
const column = (page: Page, name: string) => page.locator(`td[data-cell="${name}"]`);

test('totals of the range, chart and table say the same, compared with the period before', async ({ shop, profile }) => {
  await seventyDays(shop);
  const page = await openPage(await profile(shop.viewer, shop), `/s/${shop.id}/sales`);
  // The last 30 days are n = 40 to 69 without 65 and 66: 28 days with 10 + n units.
  await expect(figure(page, 'units_sold')).toHaveText('1,784');
  await expect(page.locator('.sales-figure', { hasText: 'Units sold' })).toContainText('before 1,035 +749');
  await expect(figure(page, 'orders')).toHaveText('140');
  // 28 days of 200 visits each.
  await expect(figure(page, 'conversion')).toHaveText('31.86');
  await expect(page.locator('.chart canvas')).toBeVisible();
  await page.getByRole('button', { name: 'Table' }).click();
  await expect(page.locator('td[data-sum="units_sold"]')).toHaveText('1,784');
  await expect(page.locator('tr[data-day]')).toHaveCount(30);
  await expect(page.locator('td[data-before="sales_amount"]')).toHaveCount(30);
  await expect(page.locator('tr[data-day="2026-05-09"] td[data-before]')).toHaveText('1,039.73');
  const units = (await column(page, 'units_sold').allTextContents()).map((text) => (text === '–' ? null : Number(text)));
  expect(units.filter((one) => one === null)).toHaveLength(2);
  expect(units.reduce<number>((sum, one) => sum + (one ?? 0), 0)).toBe(1784);
  await page.getByRole('button', { name: 'Month' }).click();
  await expect(page.locator('tr[data-day]')).toHaveCount(2);
  await expect(page.locator('td[data-sum="units_sold"]')).toHaveText('1,784');
  await page.getByRole('group', { name: 'Period' }).getByRole('button', { name: 'All' }).click();
  const sum = await sumOfDays(shop);
  await expect(page.locator('td[data-sum="sales_amount"]')).toHaveText(shown(sum.hundredths));
  await expect(page.locator('tr[data-day="2026-05-01"] td').last()).toHaveText('7 of 9');
  // The address holds what is shown.
  await page.reload();
  await expect(page.locator('td[data-sum="sales_amount"]')).toHaveText(shown(sum.hundredths));
  await expect(page.locator('tr[data-day]')).toHaveCount(3);
});

test('the crosshair moves by keyboard and one key leads to the table', async ({ shop, profile }) => {
  await seventyDays(shop);
  const page = await openPage(await profile(shop.viewer, shop), `/s/${shop.id}/sales?figure=units_sold`);
  const chart = page.getByRole('slider', { name: 'Crosshair over units sold by day' });
  await expect(page.locator('.chart canvas')).toBeVisible();
  await chart.focus();
  await chart.press('End');
  await expect(chart).toHaveAttribute('aria-valuetext', '9 May 2026: Units sold 79, before 49');
  await chart.press('ArrowLeft');
  await expect(page.locator('.chart-words')).toContainText('8 May 2026');
  await expect(page.locator('.chart-words')).toContainText('78');
  // A day that nobody told is neither drawn nor nothing.
  for (let step = 0; step < 2; step += 1) await chart.press('ArrowLeft');
  await expect(chart).toHaveAttribute('aria-valuetext', '6 May 2026: Units sold –, before 46');
  await chart.press('Home');
  await expect(chart).toHaveAttribute('aria-valuenow', '0');
  await chart.press('Escape');
  await expect(page.locator('[data-crosshair]')).toHaveCount(0);
  await chart.press('t');
  await expect(page.getByRole('table', { name: 'Sales by day' })).toBeVisible();
  await expect(page).toHaveURL(/view=table/);
});

test('admin total, seller total and the sum of days are one, and stay so while days change', async ({ shop, profile }) => {
  const days = await seventyDays(shop);
  const editor = await openPage(await profile(shop.editor, shop), `/admin/${shop.id}/sales`);
  const viewer = await profile(shop.viewer, shop);
  const seller = await openPage(viewer, `/s/${shop.id}/sales?range=all`);
  const dashboard = await openPage(viewer, `/s/${shop.id}`);
  const agree = async () => {
    const sum = await sumOfDays(shop);
    await expect(editor.locator('[data-sum="sales_amount"]')).toHaveText(shown(sum.hundredths));
    await expect(editor.locator('[data-sum="units_sold"]')).toHaveText(String(sum.units).replace(/\B(?=(\d{3})+$)/g, ','));
    await expect(seller.locator('[data-figure="sales_amount"]')).toHaveText(shown(sum.hundredths));
    await expect(seller.locator('[data-figure="units_sold"]')).toHaveText(String(sum.units).replace(/\B(?=(\d{3})+$)/g, ','));
  };
  await agree();
  const recent = dashboard.locator('[data-panel="trend"] [data-figure="units_sold"]');
  await expect(recent).toHaveText('1,784');
  await isLive(editor);
  await editCell(editor, days.at(-1)!.id, 'sales_amount', '£1,299.99');
  await allSent(editor);
  await agree();
  await changeDay(shop, days.at(-1)!, { units_sold: 1079 });
  await agree();
  await expect(recent).toHaveText('2,784');
  // The seller's page follows a removal, and one that was taken back.
  const remove = async (id: string) => {
    await cell(editor, id, 'units_sold').click();
    await editor.keyboard.press('Delete');
  };
  await remove(days.at(-2)!.id);
  await allSent(editor);
  await expect(recent).toHaveText('2,706');
  await agree();
  await remove(days.at(-1)!.id);
  // It is offered for ten seconds: nothing is awaited before.
  await editor.getByRole('status', { name: 'Messages' }).locator('.toast', { hasText: '9 May' }).getByRole('button', { name: 'Undo' }).click();
  await allSent(editor);
  await expect(cell(editor, days.at(-1)!.id, 'units_sold')).toHaveText('1,079');
  await expect(recent).toHaveText('2,706');
  await agree();
});

test('the first day turns the empty page into a chart, and another day is entered by its form', async ({ shop, profile }) => {
  const seller = await openPage(await profile(shop.viewer, shop), `/s/${shop.id}/sales`);
  await expect(seller.getByRole('heading', { name: 'No days of sales yet' })).toBeVisible();
  const editor = await openPage(await profile(shop.editor, shop), `/admin/${shop.id}/sales`);
  await isLive(editor);
  await editor.getByRole('link', { name: 'Enter the first day' }).click();
  await editor.getByLabel('Day *').fill('2026-11-21');
  await editor.getByLabel('Units sold').fill('12');
  await editor.getByLabel('Sales (£)').fill('1,234.50');
  await editor.getByRole('button', { name: 'Add the day' }).click();
  await expect(seller.locator('[data-figure="sales_amount"]')).toHaveText('1,234.50');
  await editor.getByRole('link', { name: 'New day' }).first().click();
  await editor.getByLabel('Day *').fill('2026-11-21');
  await expect(editor.getByText('This day is there already')).toBeVisible();
  await editor.getByRole('button', { name: 'Add the day' }).click();
  await expect(editor).toHaveURL(/new$/);
  await editor.getByLabel('Day *').fill('2026-11-22');
  await editor.getByLabel('Units sold').fill('3');
  await editor.getByRole('button', { name: 'Add the day' }).click();
  await expect(seller.locator('[data-figure="units_sold"]')).toHaveText('15');
  // The form of a day sends what was changed.
  await editor.locator('[data-total="2"]').waitFor();
  await editor.getByRole('link', { name: /Open.*21 Nov 2026/ }).click();
  await editor.getByLabel('Orders').fill('4');
  await editor.getByRole('button', { name: 'Save' }).click();
  await expect(seller.locator('[data-figure="orders"]')).toHaveText('4');
});

test('a day made without network meets the same day made by another: one record with what both know', async ({ shop, profile }) => {
  await addDay(shop, '2026-11-19', { units_sold: 1 });
  const page = await openPage(await profile(shop.editor, shop), `/admin/${shop.id}/sales`);
  await isLive(page);
  await startsOffline(page);
  await page.context().setOffline(true);
  await expect(pill(page)).not.toHaveAttribute('data-connection', 'live');
  await page.getByRole('link', { name: 'New day' }).click();
  await page.getByLabel('Day *').fill('2026-11-20');
  await page.getByLabel('Units sold').fill('7');
  await page.getByRole('button', { name: 'Add the day' }).click();
  await expect(pill(page)).toHaveAttribute('data-queued', '1');
  const made = await addDay(shop, '2026-11-20', { sales_amount: '99.5' });
  await page.context().setOffline(false);
  await isLive(page);
  await allSent(page);
  await expect(cell(page, made.id, 'sales_amount')).toHaveText('99.50');
  await expect(cell(page, made.id, 'units_sold')).toHaveText('7');
  expect((await sumOfDays(shop)).days).toBe(2);
});

test('the sales screens break no rule, on a phone and in the dark', async ({ shop, profile }) => {
  const days = await seventyDays(shop);
  const screens = [
    `/s/${shop.id}/sales`, `/s/${shop.id}/sales?view=table&by=week`, `/s/${shop.id}`, `/admin/${shop.id}/sales`, `/admin/${shop.id}/sales/new`,
    `/admin/${shop.id}/sales/${days[0]!.id}`,
  ];
  const wide = await profile(shop.editor, shop);
  const forbidden: string[] = [];
  wide.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) forbidden.push(message.text());
  });
  const phone = await profile(shop.editor, shop, { phone: true, dark: true });
  for (const path of screens) {
    const page = await openPage(wide, path);
    // What is drawn needs nothing that the policy forbids.
    if (path.endsWith('/sales') && path.startsWith('/s/')) await expect(page.locator('.chart canvas')).toBeVisible();
    await breaksNoRule(page, path);
    await fitsTheWindow(page, path);
    await page.close();
    const small = await openPage(phone, path);
    await contrasts(small, `${path} dark`);
    await fitsTheWindow(small, `${path} on a phone`);
    await small.close();
  }
  expect(forbidden).toEqual([]);
});
