// A store of 100,000 products, the most that a browser replicates: the demo's real games, taken again as further editions. Import and
// memory of the server, first start of a browser with a network, starts without one.
import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BINARY, Client, PASSWORD, Server, WORK, round, save, signedIn } from './lib.mjs';
import { measureStarts } from './browser_start.mjs';

const PRODUCTS = Number(process.argv[2] ?? 100_000);
const run = promisify(execFile);

async function writeCatalogue(path) {
  const demo = new Server();
  await demo.start();
  const { data: games } = await (await signedIn(demo, 'viewer')).call('GET', '/api/sync/snapshot?storeId=games&dataType=products');
  await demo.stop();
  const own = new Set(['id', 'storeId', 'version', 'createdAt', 'updatedAt', 'last_synced']);
  const lines = [];
  for (let n = 0; n < PRODUCTS; n += 1) {
    const edition = Math.floor(n / games.length);
    const game = Object.fromEntries(Object.entries(games[n % games.length]).filter(([key, value]) => !own.has(key) && value !== null));
    if (edition > 0) Object.assign(game, { handle: `${game.handle}-edition-${edition + 1}`, title: `${game.title}, edition ${edition + 1}` });
    lines.push(JSON.stringify(game));
  }
  writeFileSync(path, `${lines.join('\n')}\n`);
}

const path = join(WORK, 'large.jsonl');
await writeCatalogue(path);
const server = new Server({ demo: false });
await server.start();
const admin = new Client(server.url);
const { data } = await admin.call('POST', '/api/setup', { token: new URL(server.setupUrl).searchParams.get('token'), user: 'root', password: PASSWORD });
admin.csrf = data.csrf;
await admin.call('POST', '/api/stores', { id: 'large', name: 'Large', currency: 'USD', timeZone: 'Europe/London' });
const begun = performance.now();
const { stdout } = await run(BINARY, ['import', 'products', path, '--store', 'large', '--data', server.directory, '--json'], { maxBuffer: 1e8 });
const import_s = round((performance.now() - begun) / 1000);
const { inserted, rejected } = JSON.parse(stdout);
if (inserted !== PRODUCTS) throw new Error(`inserted ${inserted}, rejected ${rejected}: ${stdout.slice(0, 500)}`);
rmSync(path);
await server.stop();
const load_ms = round(await server.start(), 0);
const starts = await measureStarts({ server, path: '/s/large/products', person: { user: 'root', password: PASSWORD }, products: PRODUCTS, reloads: 3, starts: 2 });
save('large_store', { products: PRODUCTS, import_s, load_ms, ...starts });
await server.remove();
