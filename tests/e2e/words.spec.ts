// What the screens say, where, and how often.
import { allSent, cell, editCell, expect, isLive, openPage, pill, startsOffline, test } from './fixtures';

test('the pill panel proves how fast own saves are and offers what helps', async ({ shop, profile }) => {
  const page = await openPage(await profile(shop.editor, shop), shop.adminProducts);
  await isLive(page);
  await expect(pill(page)).toHaveText('Live');
  await editCell(page, shop.product(1).id, 'price', '3.5');
  await allSent(page);
  await shop.change(shop.product(2).id, { price: '4.5' });
  await expect(cell(page, shop.product(2).id, 'price')).toHaveText('4.50');
  await pill(page).click();
  const panel = page.getByRole('group', { name: 'Connection: Live' });
  await expect(panel).toContainText(/Own savesp50 [\d.]+ m?s, p95 [\d.]+ m?s \(1 save\)/);
  await expect(panel).toContainText(/Last change received(just now|\d+ (s|min) ago)/);
  await expect(panel).toContainText('Waiting0');
  await expect(panel).toContainText(/Memory[\d.]+ MB reserved, 30 products/);
  await expect(panel.getByRole('button', { name: 'Export waiting edits' })).toBeDisabled();
  await page.context().setOffline(true);
  await expect(page.getByRole('button', { name: 'Retry now' })).toBeVisible();
  await expect(pill(page)).toHaveText(/^(Reconnecting|Offline since \d\d:\d\d)$/);
});

test('a discarded edit can be taken back, and what waits is exported', async ({ shop, profile }) => {
  const { id } = shop.product(1);
  const context = await profile(shop.editor, shop);
  const page = await openPage(context, shop.adminProducts);
  await isLive(page);
  await startsOffline(page);
  // After five vain attempts the edits go along with a poll, and what may have left can be discarded no more. Attempts that nobody
  // answers last ten seconds each: the steps below have a minute.
  const tickets = '**/api/session/ticket';
  await context.route(tickets, () => undefined);
  await context.setOffline(true);
  await expect(pill(page)).not.toHaveAttribute('data-connection', 'live');
  await editCell(page, id, 'price', '3.5');
  await expect(page.locator(`tr[data-record="${id}"]`).getByText('Waiting to send (offline)', { exact: true })).toBeVisible();
  await page.getByRole('link', { name: 'Outbox' }).click();
  await expect(page.getByText('1 edit is safe in this browser, also when you close this tab. It goes as soon as the connection is back.')).toBeVisible();
  const entry = page.locator('[data-entry]');
  const number = await entry.getAttribute('data-entry') ?? '';
  await page.getByRole('button', { name: 'Discard' }).click();
  // Offered once the edit is gone, for ten seconds: what is in the outbox then is another one.
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(entry).toHaveCount(1);
  await expect(entry).not.toHaveAttribute('data-entry', number);
  await expect(pill(page)).toHaveAttribute('data-queued', '1');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  expect((await download).suggestedFilename()).toBe('waiting-edits.json');
  await context.unroute(tickets);
  await context.setOffline(false);
  await allSent(page);
  expect((await shop.read(id))['price']).toBe('3.5');
});

test('an address without a record and a store that is closed say what is missing and lead on', async ({ shop, profile }) => {
  const page = await openPage(await profile('root', shop), `${shop.adminProducts}/0000000000000`);
  await expect(page.getByRole('heading', { name: 'There is no such product' })).toBeVisible();
  await shop.admin.must('PUT', `/api/stores/${shop.id}`, { is_active: false });
  await page.goto(`/s/${shop.id}/products`);
  await expect(page.getByRole('heading', { name: `${shop.name} is deactivated` })).toBeVisible();
  await page.getByRole('link', { name: 'Activate it again' }).click();
  await expect(page.getByRole('button', { name: 'Activate', exact: true })).toBeVisible();
});

test('screen readers hear one summary however much changes, and a figure says how far it moved', async ({ shop, profile }) => {
  await shop.admin.must('PUT', `/api/dashboard/snapshot/${shop.id}`, { open_orders: 12 });
  const page = await openPage(await profile(shop.viewer, shop), `/s/${shop.id}`);
  await isLive(page);
  const figure = page.locator('.figure', { has: page.locator('[data-field=open_orders]') });
  await expect(figure.locator('[data-field=open_orders]')).toHaveText('12');
  await page.evaluate(() => {
    const region = document.querySelector('.sr-only[role=status]');
    const heard: { words: string; at: number }[] = [];
    Object.assign(globalThis, { heard });
    const hear = () => heard.push({ words: region?.textContent ?? '', at: performance.now() });
    if (region) new MutationObserver(hear).observe(region, { childList: true, characterData: true, subtree: true });
  });
  await shop.admin.must('PUT', `/api/dashboard/snapshot/${shop.id}`, { open_orders: 15 });
  await expect(figure).toContainText(/\+3 root, (just now|\d+ (s|min) ago)/);
  for (let n = 16; n <= 20; n += 1) await shop.admin.must('PUT', `/api/dashboard/snapshot/${shop.id}`, { open_orders: n });
  await expect(figure.locator('[data-field=open_orders]')).toHaveText('20');
  const heard = () => page.evaluate(() => (globalThis as unknown as { heard: { words: string; at: number }[] }).heard);
  await expect.poll(async () => (await heard()).length).toBeGreaterThanOrEqual(2);
  const said = await heard();
  for (const [n, { words, at }] of said.entries()) {
    expect(words).toMatch(/^\d+ values? changed$/);
    // Five seconds lie between two of them; half of that is left for a page that was too busy to speak in time.
    if (n > 0) expect(at - (said[n - 1]?.at ?? 0)).toBeGreaterThan(2_500);
  }
});

test('a foreign change tints its cell, without motion it leaves a dot, and an own edit does neither', async ({ shop, profile }) => {
  const page = await openPage(await profile(shop.editor, shop), shop.adminProducts);
  await isLive(page);
  const tint = (n: number) => page.locator(`[data-cell="${shop.product(n).id}:price"] .tint`);
  await shop.change(shop.product(1).id, { price: '4.5' });
  await expect(tint(1)).toHaveCSS('animation-duration', '1.2s');
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await expect(tint(1)).toHaveCSS('animation-duration', '3s');
  await expect(tint(1)).toHaveCSS('width', '6px');
  await editCell(page, shop.product(2).id, 'price', '5.5');
  await allSent(page);
  await expect(cell(page, shop.product(2).id, 'price')).toHaveText('5.50');
  await expect(tint(2)).toHaveCount(0);
});
