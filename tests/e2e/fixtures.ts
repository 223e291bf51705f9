// A server per worker, a store per test, browsers as people use them.
import { test as base, expect, type BrowserContext, type Locator, type Page } from '@playwright/test';
import { Client } from './client';
import { Server } from './server';

export const PASSWORD = 'correct horse battery';

export interface Product {
  id: string;
  title: string;
  sku: string;
}

/** A store with its own people, so that tests beside each other never meet. */
export class Shop {
  readonly server: Server;
  readonly admin: Client;
  readonly id: string;
  readonly name: string;
  /** Account names of this store by role. */
  readonly editor: string;
  readonly viewer: string;
  products: Product[] = [];

  private constructor(server: Server, admin: Client, id: string) {
    this.server = server;
    this.admin = admin;
    this.id = id;
    this.name = `Shop ${id}`;
    this.editor = `editor-${id}`;
    this.viewer = `viewer-${id}`;
  }

  static async open(server: Server, admin: Client, id: string, count: number): Promise<Shop> {
    const shop = new Shop(server, admin, id);
    await admin.must('POST', '/api/stores', { id, name: shop.name, currency: 'GBP', timeZone: 'Europe/London' });
    const query = `?storeId=${id}`;
    await admin.must('POST', `/api/people${query}`, { name: shop.editor, password: PASSWORD, role: 'editor' });
    await admin.must('POST', `/api/people${query}`, { name: shop.viewer, password: PASSWORD, role: 'viewer' });
    for (let n = 1; n <= count; n += 1) await shop.add(n);
    return shop;
  }

  /** Sales fall with the number, so product 1 stands first. */
  async add(n: number, more: Record<string, unknown> = {}): Promise<Product> {
    const fields = {
      title: `Mug ${n}`, sku: `MUG-${n}`, status: 'Active', price: '9.5', inventory: 100,
      sales_amount: String(100_000 - n), units_sold: 1_000 - n, page_views: n, ...more,
    };
    const body = await this.admin.must('POST', `/api/products?storeId=${this.id}`, fields);
    const made = body['data'] as Product;
    this.products.push(made);
    return made;
  }

  product(n: number): Product {
    const found = this.products[n - 1];
    if (!found) throw new Error(`the shop has no product ${n}`);
    return found;
  }

  async read(id: string): Promise<Record<string, unknown>> {
    return (await this.admin.must('GET', `/api/products/${id}?storeId=${this.id}`))['data'] as Record<string, unknown>;
  }

  change(id: string, fields: Record<string, unknown>, headers?: Record<string, string>): Promise<Record<string, unknown>> {
    return this.admin.must('PUT', `/api/products/${id}?storeId=${this.id}`, fields, headers);
  }

  remove(id: string): Promise<Record<string, unknown>> {
    return this.admin.must('DELETE', `/api/products/${id}?storeId=${this.id}`);
  }

  get adminProducts(): string {
    return `/admin/${this.id}/products`;
  }
}

async function emptyServer(replicaRecords?: number): Promise<{ server: Server; admin: Client }> {
  const server = new Server({ demo: false, ...(replicaRecords ? { replicaRecords } : {}) });
  await server.start();
  const admin = new Client(server.url);
  if (!server.setupUrl) throw new Error('a fresh server names no setup link');
  await admin.setUp(server.setupUrl, 'root', PASSWORD);
  return { server, admin };
}

interface TestFixtures {
  /** A store of its own on the worker's server. */
  shop: Shop;
  /** A store on a server of its own, which the test may kill. */
  lonelyShop: Shop;
  /** A store with more products than its server lets a browser hold. */
  pagedShop: Shop;
  /** Another browser profile, signed in. */
  profile: (user: string, shop: Shop, options?: { phone?: boolean; dark?: boolean }) => Promise<BrowserContext>;
}

interface WorkerFixtures {
  common: { server: Server; admin: Client };
  demo: Server;
}

let shops = 0;

export const test = base.extend<TestFixtures, WorkerFixtures>({
  common: [async ({}, use) => {
    const made = await emptyServer();
    await use(made);
    await made.server.remove();
  }, { scope: 'worker' }],
  demo: [async ({}, use) => {
    const server = new Server({ demo: true });
    await server.start();
    await use(server);
    await server.remove();
  }, { scope: 'worker', timeout: 240_000 }],
  shop: async ({ common }, use) => {
    shops += 1;
    await use(await Shop.open(common.server, common.admin, `shop${shops}`, 30));
  },
  lonelyShop: async ({}, use) => {
    const { server, admin } = await emptyServer();
    await use(await Shop.open(server, admin, 'lonely', 60));
    await server.remove();
  },
  pagedShop: async ({}, use) => {
    const { server, admin } = await emptyServer(20);
    await use(await Shop.open(server, admin, 'large', 40));
    await server.remove();
  },
  profile: async ({ browser }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (user, shop, options = {}) => {
      const context = await browser.newContext({
        baseURL: shop.server.url, colorScheme: options.dark ? 'dark' : 'light',
        viewport: options.phone ? { width: 360, height: 740 } : { width: 1440, height: 900 },
      });
      opened.push(context);
      await signIn(context, shop.server.url, user);
      return context;
    });
    await Promise.all(opened.map((context) => context.close()));
  },
});

/** Without the form: the cookie is what the form leaves behind. */
export async function signIn(context: BrowserContext, url: string, user: string, password = PASSWORD): Promise<void> {
  const answer = await context.request.post(`${url}/api/session`, { data: { user, password } });
  expect(answer.status(), await answer.text()).toBe(200);
}

export async function openPage(context: BrowserContext, path: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(path);
  await expect(page.locator('html')).toHaveAttribute('data-ready', '');
  return page;
}

export const cell = (page: Page, id: string, field: string): Locator =>
  page.locator(`[data-record="${id}"] [data-field="${field}"]`).first();

export async function editCell(page: Page, id: string, field: string, text: string): Promise<void> {
  await cell(page, id, field).dblclick();
  const input = page.locator(`[data-record="${id}"] input[data-field="${field}"]`);
  await input.fill(text);
  await input.press('Enter');
  // From here on the pill counts it, so that `allSent` waits for it.
  await expect(input).toHaveCount(0);
}

export const pill = (page: Page): Locator => page.locator('[data-connection]');

export async function isLive(page: Page): Promise<void> {
  await expect(pill(page)).toHaveAttribute('data-connection', 'live');
}

export async function allSent(page: Page): Promise<void> {
  await expect(pill(page)).toHaveAttribute('data-queued', '0');
}

/** The worker keeps the app for a start without network once this holds. */
export async function startsOffline(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
}

/** Answered edits leave this browser's storage when what it stored of the base shows them: so everything up to the newest own edit is kept. */
export async function isStored(page: Page): Promise<void> {
  await allSent(page);
  const edits = () =>
    page.evaluate(async () => {
      let count = 0;
      for (const { name } of await indexedDB.databases()) {
        const database = await new Promise<IDBDatabase>((resolve, reject) => {
          const open = indexedDB.open(name!);
          open.onsuccess = () => resolve(open.result);
          open.onerror = () => reject(open.error);
        });
        if (database.objectStoreNames.contains('queue')) {
          count += await new Promise<number>((resolve, reject) => {
            const counted = database.transaction('queue').objectStore('queue').count();
            counted.onsuccess = () => resolve(counted.result);
            counted.onerror = () => reject(counted.error);
          });
        }
        database.close();
      }
      return count;
    });
  await expect.poll(edits).toBe(0);
}

/** One edit that waits: the app is live and kept, then the network is gone. */
export async function editsOffline(page: Page, id: string, field: string, value: string): Promise<void> {
  await isLive(page);
  await startsOffline(page);
  await page.context().setOffline(true);
  await expect(pill(page)).not.toHaveAttribute('data-connection', 'live');
  await editCell(page, id, field, value);
  await waitsStored(page);
}

/** One edit waits, and this browser has it: before that, leaving the page loses it, and the page would ask. */
export async function waitsStored(page: Page): Promise<void> {
  await expect(pill(page)).toHaveAttribute('data-queued', '1');
  await expect(pill(page)).toHaveAttribute('data-unstored', '0');
}

export { expect };
