import { expect, isLive, openPage, signIn, test } from './fixtures';
import { breaksNoRule, contrasts, everyScreen, fitsTheWindow, visit } from './screens';

for (const dark of [false, true]) {
  for (const phone of [false, true]) {
    test(`${dark ? 'every screen has enough contrast in the dark' : 'no screen breaks a rule of WCAG 2.2 AA'}, ${phone ? 360 : 1440} wide`, async ({ shop, profile }) => {
      const check = dark ? contrasts : breaksNoRule;
      const context = await profile('root', shop, { dark, phone });
      const page = await openPage(context, `/s/${shop.id}/products`);
      await isLive(page);
      for (const screen of everyScreen(shop)) {
        await visit(page, screen);
        await check(page, screen);
        await fitsTheWindow(page, screen);
      }
      await context.clearCookies();
      await page.goto('/sign-in');
      await expect(page.getByRole('heading', { name: 'Sign in to SyncStore' })).toBeVisible();
      await check(page, 'sign-in');
    });
  }
}

test('the demo shows two real catalogues, marks what is made up and pages through 26,688 rows', async ({ demo, browser }) => {
  const signIns = demo.demoSignIns();
  const one = signIns.find((entry) => entry.role === 'viewer') ?? signIns[0];
  if (!one) throw new Error('the demo has no sign-ins');
  const context = await browser.newContext({ baseURL: demo.url });
  await signIn(context, demo.url, one.user, one.password);
  const stores = ((await (await context.request.get('/api/stores')).json()) as { data: { id: string }[] }).data.map((store) => store.id);
  const store = stores.includes('games') ? 'games' : stores[0] ?? 'gifts';
  const page = await openPage(context, `/s/${store}/products`);
  await isLive(page);
  const table = page.locator('[data-total]');
  await expect(table).toHaveAttribute('data-total', store === 'games' ? '26688' : '3277');
  await expect(page.getByText('Demo data')).toBeVisible();
  await page.getByRole('button', { name: 'Last page' }).click();
  await expect(table).toHaveAttribute('data-page', String(Math.ceil((store === 'games' ? 26688 : 3277) / 25)));
  // What the whole store takes of this browser: half of what it may.
  await page.locator('[data-connection]').click();
  const memory = page.getByRole('group', { name: /^Connection/ }).locator('dt:text-is("Memory") + dd');
  await expect(memory).toHaveText(/^\d+ MB reserved, (26,688|3,277) products$/);
  expect(Number.parseInt(await memory.innerText(), 10)).toBeLessThan(64);
  await page.close();
  await context.close();
});
