// What several tests ask of every screen.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, type Shop } from './fixtures';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export function everyScreen(shop: Shop): string[] {
  return [
    `/s/${shop.id}`, `/s/${shop.id}/products`, `/s/${shop.id}/sales`, `/admin/${shop.id}/sales`, shop.adminProducts, `${shop.adminProducts}/${shop.product(1).id}`, `${shop.adminProducts}/new`, `${shop.adminProducts}/grid`,
    `/s/${shop.id}/account-health`, `/s/${shop.id}/voice`, `/s/${shop.id}/legal`, `/s/${shop.id}/store`, `/admin/${shop.id}/account-health`,
    `/admin/${shop.id}/voice`, `/admin/${shop.id}/voice/new`, `/admin/${shop.id}/legal`, `/admin/${shop.id}/categories`, `/admin/${shop.id}/categories/new`,
    `/admin/${shop.id}/collections`, `/admin/${shop.id}/collections/new`,
    `/admin/${shop.id}/dashboard`, `/admin/${shop.id}/store`, `/admin/${shop.id}/people`, `/admin/${shop.id}/import`,
    '/conflicts', '/outbox', '/stores', '/stores/new', '/nowhere',
  ];
}

/** Another screen as a link opens it: without loading the app again. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => {
    history.pushState(null, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
  }, path);
  await expect(page).toHaveURL((url) => url.pathname === path.split('?')[0]);
  await expect(page.locator('main h1, main h2').first()).toBeAttached();
  await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
}

export async function breaksNoRule(page: Page, what: string): Promise<void> {
  await noViolation(new AxeBuilder({ page }).withTags(RULES), what);
}

/** What a second theme can break. */
export async function contrasts(page: Page, what: string): Promise<void> {
  await noViolation(new AxeBuilder({ page }).withRules(['color-contrast']), what);
}

async function noViolation(axe: AxeBuilder, what: string): Promise<void> {
  const { violations } = await axe.analyze();
  expect(violations.map((one) => `${what} ${one.id}: ${one.nodes.map((node) => node.html).join(' | ').slice(0, 400)}`)).toEqual([]);
}

/** WCAG 1.4.10: nothing has to be scrolled sideways but a table, which scrolls in itself, and no control is out of reach. */
export async function fitsTheWindow(page: Page, what: string): Promise<void> {
  const found = await page.evaluate(() => {
    const wide = document.documentElement.scrollWidth - innerWidth;
    const main = document.querySelector('main');
    const outside = [...document.querySelectorAll('button, a, input, select, textarea, h1, h2, p')].filter((element) => {
      if (element.closest('.table-scroll, .people, .sr-only, .skip')) return false;
      const { left, right, width } = element.getBoundingClientRect();
      return width > 0 && (left < -1 || right > innerWidth + 1);
    });
    const inside = main ? main.scrollWidth - main.clientWidth : 0;
    return [...(wide > 0 ? [`the page is ${wide} px too wide`] : []), ...(inside > 0 ? [`the content is ${inside} px too wide`] : []),
      ...outside.map((element) => element.outerHTML.slice(0, 120))];
  });
  expect(found, what).toEqual([]);
}

/** A message passes; the list of notices holds it. */
export async function wasTold(page: Page, words: string | RegExp): Promise<void> {
  await page.getByRole('button', { name: /^Notices/ }).click();
  await expect(page.getByRole('listitem').filter({ hasText: words }).first()).toBeVisible();
  await page.keyboard.press('Escape');
}
