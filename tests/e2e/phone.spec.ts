// What the cards of a phone can do that the grid can.
import { allSent, cell, expect, isLive, openPage, test } from './fixtures';
import { breaksNoRule, contrasts, fitsTheWindow } from './screens';

test('on a phone several products are chosen by touch and changed at once', async ({ shop, profile }) => {
  const page = await openPage(await profile(shop.editor, shop, { phone: true }), shop.adminProducts);
  await isLive(page);
  const card = (n: number) => page.locator(`.card[data-record="${shop.product(n).id}"]`);
  const status = (n: number) => cell(page, shop.product(n).id, 'status');
  await expect(page.getByRole('checkbox')).toHaveCount(0);
  await page.getByRole('button', { name: 'Select', exact: true }).click();
  await expect(page.getByText('Touch what you want to change.')).toBeVisible();
  await page.getByRole('checkbox', { name: 'Select Mug 2', exact: true }).check();
  // Anywhere on the card, beside what is written in it.
  await card(4).click({ position: { x: 330, y: 30 } });
  await expect(page.getByText('2 products selected')).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`${shop.adminProducts}$`));
  await fitsTheWindow(page, 'two cards chosen');
  await breaksNoRule(page, 'two cards chosen');
  await page.getByRole('button', { name: 'Set inactive' }).click();
  await expect(status(2)).toHaveText('Inactive');
  await expect(status(4)).toHaveText('Inactive');
  await expect(status(3)).toHaveText('Active');
  await allSent(page);
  await expect.poll(async () => [(await shop.read(shop.product(2).id))['status'], (await shop.read(shop.product(4).id))['status']]).toEqual(['Inactive', 'Inactive']);
  await page.getByRole('checkbox', { name: 'All on this page' }).check();
  await expect(page.getByText('25 products selected')).toBeVisible();
  await page.getByRole('button', { name: 'Clear selection' }).click();
  await card(5).click({ position: { x: 330, y: 30 } });
  await expect(page.getByText('1 product selected')).toBeVisible();
  await page.getByRole('button', { name: 'Remove' }).click();
  await expect(page.locator('[data-total]')).toHaveAttribute('data-total', '29');
  // A removed one can be chosen no more.
  await expect(card(5).getByRole('checkbox')).toHaveCount(0);
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('checkbox')).toHaveCount(0);
  await card(6).getByRole('link', { name: 'Mug 6' }).click();
  await expect(page).toHaveURL(new RegExp(`/${shop.product(6).id}$`));
});

test('the chosen cards have enough contrast in the dark, and whoever may not edit is not offered to choose', async ({ shop, profile }) => {
  const page = await openPage(await profile(shop.editor, shop, { phone: true, dark: true }), shop.adminProducts);
  await isLive(page);
  await page.getByRole('button', { name: 'Select', exact: true }).click();
  await page.getByRole('checkbox', { name: 'Select Mug 1', exact: true }).check();
  await expect(page.getByText('1 product selected')).toBeVisible();
  await contrasts(page, 'a card chosen');
  const seller = await openPage(await profile(shop.viewer, shop, { phone: true }), `/s/${shop.id}/products`);
  await isLive(seller);
  await expect(seller.getByRole('button', { name: 'Select', exact: true })).toHaveCount(0);
});
