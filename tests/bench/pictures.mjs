// Pictures of every screen in every state, to be looked at: build/pictures/<theme>-<width>/<scene>.png.
// node tests/bench/pictures.mjs [theme-width[,theme-width]] [part of a scene's name]
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CHROMIUM, Client, PASSWORD, ROOT, Server, fromWeb } from './lib.mjs';

const { chromium } = fromWeb('@playwright/test');
const LOOKS = {
  'light-1440': { width: 1440, height: 900, dark: false }, 'dark-1440': { width: 1440, height: 900, dark: true },
  'light-360': { width: 360, height: 740, dark: false }, 'dark-360': { width: 360, height: 740, dark: true },
  // 1440 wide at 200 %, and the 320 pixels of WCAG 1.4.10.
  'zoom-720': { width: 720, height: 450, dark: false }, 'reflow-320': { width: 320, height: 640, dark: false },
};
const wantedLooks = (process.argv[2] ?? 'all') === 'all' ? Object.keys(LOOKS) : process.argv[2].split(',');
const wantedScene = process.argv[3] ?? '';
const FOLDER = join(ROOT, 'build', 'pictures');

const TITLES = [
  'Hand-thrown stoneware mug with a very long name that nobody would ever put on a label, but a marketplace does',
  'كوب خزفي مصنوع يدويا بلون أزرق فاتح',
  'ספל קרמיקה Nordic 350 ml כחול',
  'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenhalterung-extra-gross',
];

/** A shop with everything that makes a layout suffer, an empty one, and a closed one. */
async function openShops(server) {
  const admin = new Client(server.url);
  const token = new URL(server.setupUrl).searchParams.get('token');
  admin.csrf = (await admin.call('POST', '/api/setup', { token, user: 'admin', password: PASSWORD })).data.csrf;
  const store = (id, name, currency) => admin.call('POST', '/api/stores', { id, name, currency, timeZone: 'Europe/London' });
  await store('blume', 'Blume & Söhne', 'GBP');
  await store('empty', 'A store that was opened a minute ago and has a long name', 'EUR');
  await store('closed', 'Winter shop', 'USD');
  const person = (name, role) => admin.call('POST', '/api/people?storeId=blume', { name, role, password: PASSWORD });
  await person('editor', 'editor');
  await person('viewer', 'viewer');
  await person('An editor with quite a long name of sixty characters, really', 'editor');
  await admin.call('POST', '/api/people?storeId=empty', { name: 'editor', role: 'editor' });
  const products = [];
  for (let n = 1; n <= 32; n += 1) {
    const { data } = await admin.call('POST', '/api/products?storeId=blume', {
      title: TITLES[n - 1] ?? `Stoneware mug, ${n * 10} ml`, sku: n === 4 ? 'A-SKU-OF-FORTY-CHARACTERS-0123456789-XYZ' : `MUG-${String(n).padStart(3, '0')}`,
      asin: `B00${String(n).padStart(7, '0')}`, status: n % 7 === 0 ? 'Inactive' : 'Active', price: n === 4 ? '1234567.89' : String(9.5 + n),
      ...(n === 6 ? {} : { inventory: n === 5 ? 0 : 100 + n }), sales_amount: String(100000 - n * 1234.5), units_sold: 1000 - n, page_views: n * 321,
    });
    products.push(data);
  }
  const figures = { sales_amount: '61230.4', open_orders: 12, buyer_messages: 3, featured_offer_percent: '98.2', payments_balance: '4410.2',
    fbm_unshipped: 4, fbm_pending: 0, fba_pending: 31, seller_feedback_rating: '4.8', seller_feedback_count: 1204 };
  await admin.call('PUT', '/api/dashboard/snapshot/blume', figures);
  await admin.call('PUT', '/api/stores/closed', { is_active: false });
  return { admin, products, change: (n, fields) => admin.call('PUT', `/api/products/${products[n - 1].id}?storeId=blume`, fields) };
}

const pill = (page) => page.locator('[data-connection]');
const live = (page) => page.locator('[data-connection=live]').waitFor({ timeout: 20_000 });
const cellOf = (page, id, field) => page.locator(`[data-record="${id}"] [data-field="${field}"]`).first();
/** Until what moves has come to rest: there is no event for a picture that stands still. */
const pause = (page, ms = 350) => page.evaluate((wait) => new Promise((done) => {
  const begun = performance.now();
  const frame = () => (performance.now() - begun > wait ? done() : requestAnimationFrame(frame));
  frame();
}), ms);

async function openPage(context, path) {
  const page = await context.newPage();
  await page.goto(path);
  await page.locator('html[data-ready]').waitFor({ timeout: 20_000 });
  return page;
}

async function typeCell(page, id, field, text) {
  await cellOf(page, id, field).dblclick();
  const input = page.locator(`[data-record="${id}"] [data-field="${field}"]:is(input, select)`);
  await input.fill(text);
  return input;
}

/** As a link would, without loading the app again. */
const go = (page, path) => page.evaluate((to) => {
  history.pushState(null, '', to);
  dispatchEvent(new PopStateEvent('popstate'));
}, path);

/** An edit where this look makes it: in the cell, or on a phone in the form; back at the table after it. */
async function edit({ page, look, shop }, n, field, text) {
  const { id } = shop.products[n - 1];
  if (look.width > 640) {
    await (await typeCell(page, id, field, text)).press('Enter');
    return;
  }
  await go(page, `/admin/blume/products/${id}`);
  await page.locator(`form [data-field="${field}"]`).fill(text);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await go(page, '/admin/blume/products');
  await page.locator('.cards').waitFor();
}

/** Two conflicts about values, one about a removed product: made once, seen by everybody. */
async function makeConflicts(browser, server, shop) {
  const context = await signedIn(browser, server, 'editor', LOOKS['light-1440']);
  const page = await openPage(context, '/admin/blume/products?size=50');
  await live(page);
  await context.setOffline(true);
  await page.locator('[data-connection=live]').waitFor({ state: 'detached' });
  await (await typeCell(page, shop.products[7].id, 'price', '12.5')).press('Enter');
  await (await typeCell(page, shop.products[8].id, 'title', TITLES[1])).press('Enter');
  await (await typeCell(page, shop.products[29].id, 'price', '44')).press('Enter');
  await shop.change(8, { price: '13.25' });
  await shop.change(9, { title: TITLES[0] });
  await shop.admin.call('DELETE', `/api/products/${shop.products[29].id}?storeId=blume`);
  await context.setOffline(false);
  await live(page);
  await page.locator('[data-queued="0"]').waitFor({ timeout: 20_000 });
  await context.close();
}

async function signedIn(browser, server, user, look, more = {}) {
  const context = await browser.newContext({
    baseURL: server.url, viewport: { width: look.width, height: look.height }, colorScheme: look.dark ? 'dark' : 'light',
    deviceScaleFactor: look.width === 720 ? 2 : 1, locale: 'en-GB', timezoneId: 'Europe/London', ...more,
  });
  if (user) await context.request.post('/api/session', { data: { user, password: PASSWORD } });
  return context;
}

const at = (path) => async ({ page }) => {
  await page.goto(path);
  await page.locator('html[data-ready]').waitFor({ timeout: 20_000 });
  await live(page).catch(() => undefined);
  await pause(page);
};
const openPill = async ({ page }) => {
  await pill(page).click();
  await pause(page, 150);
};
const offline = async ({ page, context }) => {
  await context.setOffline(true);
  await page.locator('[data-connection=live]').waitFor({ state: 'detached', timeout: 20_000 });
  await pause(page, 1500);
};
const steps = (...list) => async (scene) => {
  for (const step of list) await step(scene);
};
const ADMIN = '/admin/blume/products';
const grid = (scene) => scene.look.width > 640;
const only = (wanted, step) => async (scene) => {
  if (!wanted(scene)) return 'skip';
  return step(scene);
};

/** Who looks, and what they do before the picture. Each begins with a page of a fresh profile. */
const SCENES = {
  'sign-in': [null, async ({ page }) => page.goto('/sign-in')],
  'sign-in-refused': [null, async ({ page }) => {
    await page.goto('/sign-in');
    await page.getByLabel('Name').fill('editor');
    await page.getByLabel('Password').fill('something else');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
  }],
  'setup': [null, async ({ page }) => page.goto('/setup?token=aaaa')],
  'setup-refused': [null, async ({ page }) => {
    await page.goto('/setup?token=aaaa');
    await page.getByLabel('Name').fill('ada');
    await page.getByLabel(/^Password/).fill(PASSWORD);
    await page.getByLabel(/again/).fill(PASSWORD);
    await page.getByRole('button', { name: /Make/ }).click();
    await page.getByRole('alert').waitFor();
  }],
  'dashboard': ['viewer', at('/s/blume')],
  'dashboard-changed': ['editor', steps(at('/s/blume'), async ({ page, shop }) => {
    const open = Number(((await shop.admin.call('GET', '/api/dashboard/snapshot/blume')).data).open_orders) + 3;
    await shop.admin.call('PUT', '/api/dashboard/snapshot/blume', { open_orders: open });
    await pause(page, 1000);
  })],
  'dashboard-empty': ['editor', at('/s/empty')],
  'dashboard-offline': ['viewer', steps(at('/s/blume'), offline)],
  'seller-products': ['viewer', at('/s/blume/products')],
  'seller-products-empty': ['editor', at('/s/empty/products')],
  'seller-products-no-match': ['viewer', at('/s/blume/products?q=nothing%20like%20this&status=Active')],
  'seller-details': ['viewer', async (scene) => at(`/s/blume/products?open=${scene.shop.products[0].id}`)(scene)],
  'seller-inactive-store': ['admin', at('/s/closed/products')],
  'admin-products': ['editor', at(ADMIN)],
  'admin-products-empty': ['editor', at('/admin/empty/products')],
  'admin-products-loading': ['editor', async ({ page, context }) => {
    await context.route('**/*.wasm', () => undefined);
    await page.goto(ADMIN);
    await pause(page, 1200);
  }, { serviceWorkers: 'block' }],
  'admin-products-offline': ['editor', steps(at(ADMIN), offline, async (scene) => {
    await edit(scene, 2, 'price', '77');
    await edit(scene, 12, 'title', 'Renamed without a network');
    await pause(scene.page);
  })],
  'admin-products-saved': ['editor', only(grid, steps(at(ADMIN), async ({ page, shop }) => {
    await (await typeCell(page, shop.products[12].id, 'price', String(20 + Math.random()).slice(0, 5))).press('Enter');
    await page.getByText('Saved', { exact: true }).first().waitFor();
  }))],
  'admin-products-problem': ['editor', only(grid, steps(at(ADMIN), async ({ page, shop }) => {
    await typeCell(page, shop.products[2].id, 'price', 'abc');
  }))],
  'admin-products-emptied': ['editor', only(grid, steps(at(ADMIN), async ({ page, shop }) => {
    await (await typeCell(page, shop.products[2].id, 'price', '')).press('Enter');
  }))],
  'admin-products-refused': ['editor', steps(at(ADMIN), async (scene) => {
    await edit(scene, 2, 'sku', 'MUG-010');
    await scene.page.getByText(/^Not saved: /).first().waitFor();
    await pause(scene.page);
  })],
  'admin-products-selecting': ['editor', only((scene) => !grid(scene), steps(at(ADMIN), async ({ page }) => {
    await page.getByRole('button', { name: 'Select', exact: true }).click();
  }))],
  'admin-products-selected': ['editor', steps(at(ADMIN), async (scene) => {
    const { page } = scene;
    if (!grid(scene)) await page.getByRole('button', { name: 'Select', exact: true }).click();
    const box = page.locator(grid(scene) ? 'tbody .col-select input' : '.card-choice input');
    await box.nth(1).check();
    await box.nth(2).check();
  })],
  'admin-products-held': ['editor', steps(at(ADMIN), async ({ page, shop }) => {
    const made = await shop.admin.call('POST', '/api/products?storeId=blume', { title: 'Brand new teapot', sku: `TEA-${Date.now()}`, status: 'Active', sales_amount: '900000' });
    await shop.change(20, { sales_amount: String(500000 + Math.floor(Math.random() * 1000)) });
    const gone = await shop.admin.call('POST', '/api/products?storeId=blume', { title: 'Soon gone', sku: `GONE-${Date.now()}`, status: 'Active', sales_amount: '1' });
    await pause(page, 600);
    await shop.admin.call('DELETE', `/api/products/${made.data.id}?storeId=blume`);
    await shop.admin.call('DELETE', `/api/products/${gone.data.id}?storeId=blume`);
    const third = await shop.admin.call('POST', '/api/products?storeId=blume', { title: 'Brand new jug', sku: `JUG-${Date.now()}`, status: 'Active', sales_amount: '900000' });
    await page.getByRole('button', { name: /Show/ }).first().click();
    await pause(page, 400);
    await shop.admin.call('DELETE', `/api/products/${third.data.id}?storeId=blume`);
    await shop.change(21, { sales_amount: String(500000 + Math.floor(Math.random() * 1000)) });
    await pause(page, 500);
  })],
  'admin-products-columns': ['editor', only(grid, steps(at(ADMIN), async ({ page }) => {
    await page.getByRole('button', { name: 'Columns and density' }).click();
  }))],
  'admin-products-filter-sheet': ['editor', only((scene) => !grid(scene), steps(at(ADMIN), async ({ page }) => {
    await page.getByRole('button', { name: /^Filter/ }).click();
    await pause(page);
  }))],
  'admin-products-clamped': ['editor', at(`${ADMIN}?page=9`)],
  'editor': ['editor', async (scene) => at(`${ADMIN}/${scene.shop.products[0].id}`)(scene)],
  'editor-rtl': ['editor', async (scene) => at(`${ADMIN}/${scene.shop.products[1].id}`)(scene)],
  'editor-touched': ['editor', async (scene) => {
    const { page, shop } = scene;
    await at(`${ADMIN}/${shop.products[14].id}`)(scene);
    await cellOf(page, shop.products[14].id, 'title').fill('My own title');
    await cellOf(page, shop.products[14].id, 'price').fill('abc');
    await shop.change(15, { title: `Their title ${Date.now() % 1000}`, inventory: undefined, units_sold: 500 + (Date.now() % 100) });
    await pause(page, 700);
  }],
  'editor-conflict': ['editor', async (scene) => at(`${ADMIN}/${scene.shop.products[7].id}`)(scene)],
  'editor-history': ['editor', async (scene) => {
    await at(`${ADMIN}/${scene.shop.products[7].id}`)(scene);
    await scene.page.locator('.form-field:has([data-field=price])').getByRole('button', { name: 'History' }).click();
    await pause(scene.page, 600);
  }],
  'editor-missing': ['editor', at(`${ADMIN}/0000000000000`)],
  'new-product': ['editor', steps(at(`${ADMIN}/new`), async ({ page }) => {
    await page.getByRole('button', { name: 'Create product' }).click();
  })],
  'admin-dashboard': ['editor', at('/admin/blume/dashboard')],
  'admin-dashboard-empty': ['editor', at('/admin/empty/dashboard')],
  'admin-store': ['admin', at('/admin/blume/store')],
  'admin-store-deactivate': ['admin', steps(at('/admin/blume/store'), async ({ page }) => {
    await page.getByRole('button', { name: 'Deactivate' }).click();
    await pause(page);
  })],
  'people': ['admin', at('/admin/blume/people')],
  'people-remove': ['admin', steps(at('/admin/blume/people'), async ({ page }) => {
    await page.getByRole('button', { name: 'Remove' }).first().click();
    await pause(page);
  })],
  'import-empty': ['editor', at('/admin/empty/import')],
  'import-preview': ['editor', steps(at('/admin/blume/import'), async ({ page }) => {
    const rows = ['Title,Variant SKU,Status,Variant Price,Variant Inventory Qty', 'Mug new,MUG-010,active,"£1,250.00",100', `${TITLES[0]},TEAPOT,active,24.00,12`,
      'Wrong price,WRONG,active,abc,1', ',EMPTY-TITLE,active,1.00,1'];
    await page.getByLabel('Choose a file').setInputFiles({ name: 'catalogue of autumn.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) });
    await page.locator('[data-state=previewed]').waitFor();
    await pause(page, 700);
  })],
  'import-refused': ['editor', steps(at('/admin/blume/import'), async ({ page }) => {
    await page.getByLabel('Choose a file').setInputFiles({ name: 'photo.csv', mimeType: 'text/csv', buffer: Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 1, 2]) });
    await page.getByRole('alert').waitFor();
  })],
  'conflicts': ['editor', at('/conflicts')],
  'conflicts-offline': ['editor', steps(at('/conflicts'), offline)],
  'conflicts-empty': ['admin', steps(at('/admin/empty/products'), at('/conflicts'))],
  'outbox-empty': ['editor', at('/outbox')],
  'outbox': ['editor', steps(at(ADMIN), async (scene) => {
    await edit(scene, 2, 'sku', 'MUG-010');
    await scene.page.getByText(/^Not saved: /).first().waitFor();
  }, offline, async (scene) => {
    await edit(scene, 11, 'price', '77');
    await edit(scene, 1, 'inventory', '7');
    await scene.page.locator('.difference[data-conflict]').first().getByRole('button', { name: 'Keep theirs' }).click();
    await scene.page.getByRole('link', { name: /not saved/ }).click();
    await pause(scene.page, 600);
  })],
  'pill-live': ['editor', steps(at(ADMIN), openPill)],
  'pill-offline': ['editor', steps(at(ADMIN), offline, openPill)],
  'palette': ['editor', steps(at(ADMIN), async ({ page }) => page.keyboard.press('Control+k'))],
  'key-map': ['editor', steps(at('/s/blume'), async ({ page }) => {
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('button', { name: /Keyboard map/ }).click();
    await pause(page);
  })],
  'user-menu': ['editor', steps(at('/s/blume'), async ({ page }) => page.getByRole('button', { name: /^Account of/ }).click())],
  'store-menu': ['admin', steps(at('/s/blume'), async ({ page }) => page.getByRole('button', { name: /^Store / }).click())],
  'menu-sheet': ['editor', only(({ look }) => look.width <= 1000, steps(at(ADMIN), async ({ page }) => {
    await page.getByRole('button', { name: 'Menu' }).click();
    await pause(page);
  }))],
  'sign-out-unsent': ['editor', steps(at(ADMIN), offline, async (scene) => {
    const { page } = scene;
    await edit(scene, 11, 'price', '77');
    await page.locator('[data-queued="1"]').waitFor();
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await pause(page);
  })],
  'sign-in-ended': ['editor', steps(at(ADMIN), offline, async (scene) => {
    const { page, context } = scene;
    await edit(scene, 11, 'price', '77');
    await edit(scene, 12, 'price', '78');
    await page.locator('[data-queued="2"]').waitFor();
    await context.clearCookies();
    await context.setOffline(false);
    await page.getByRole('heading', { name: 'Sign in to SyncStore' }).waitFor({ timeout: 30_000 });
  })],
  'stores': ['admin', at('/stores')],
  'new-store': ['admin', at('/stores/new')],
  'not-found': ['editor', async ({ page }) => {
    await page.goto('/nowhere/at/all');
    await pause(page, 900);
  }],
  'no-access': ['viewer', async ({ page }) => {
    await page.goto('/s/closed/products');
    await pause(page, 900);
  }],
  'role-missing': ['viewer', async ({ page }) => {
    await page.goto(ADMIN);
    await pause(page, 900);
  }],
};

const server = new Server({ demo: false });
await server.start();
const shop = await openShops(server);
const browser = await chromium.launch(CHROMIUM);
await makeConflicts(browser, server, shop);
let failed = 0;
for (const name of wantedLooks) {
  const look = LOOKS[name];
  mkdirSync(join(FOLDER, name), { recursive: true });
  for (const [scene, [user, prepare, options]] of Object.entries(SCENES)) {
    if (!scene.includes(wantedScene)) continue;
    const context = await signedIn(browser, server, user, look, options);
    const page = await context.newPage();
    page.on('pageerror', (error) => console.log(name, scene, 'pageerror', error.message));
    page.on('console', (message) => {
      if (/Content.Security|Refused to|Warning:/.test(message.text())) console.log(name, scene, message.text());
    });
    try {
      if (await prepare({ page, context, look, shop }) !== 'skip') {
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        if (wide > 0) console.log(`${name} ${scene}: ${wide} px wider than the window`);
        await page.screenshot({ path: join(FOLDER, name, `${scene}.png`) });
      }
    } catch (error) {
      failed += 1;
      console.log(`${name} ${scene}: ${String(error).split('\n').slice(0, 3).join(' ')}`);
      await page.screenshot({ path: join(FOLDER, name, `${scene}.png`) }).catch(() => undefined);
    }
    await context.close();
  }
}
await browser.close();
await server.remove();
console.log(`pictures in ${FOLDER}, ${failed} scenes failed`);
process.exitCode = failed > 0 ? 1 : 0;
