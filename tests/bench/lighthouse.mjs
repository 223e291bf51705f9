// Lighthouse's accessibility and best practices of the main screens, signed in: a line per screen like the suites', failed below 95.
// It is no dependency of the app: the first run installs it into build/lighthouse.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CHROMIUM, ROOT, SCREEN, Server, WORK, fromWeb, save } from './lib.mjs';

const VERSION = '12.8.2';
const WANTED = 95;
const { chromium } = fromWeb('@playwright/test');
const folder = join(ROOT, 'build', 'lighthouse');
const module = join(folder, 'node_modules', 'lighthouse');
if (!existsSync(module)) {
  mkdirSync(folder, { recursive: true });
  execFileSync('npm', ['install', '--prefix', folder, `lighthouse@${VERSION}`, '--ignore-scripts', '--no-audit', '--no-fund'], { stdio: 'inherit' });
}
const { default: lighthouse, desktopConfig } = await import(pathToFileURL(join(module, 'core', 'index.js')).href);

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

const server = new Server();
await server.start();
const port = await freePort();
const profile = mkdtempSync(join(WORK, 'lighthouse-'));
const context = await chromium.launchPersistentContext(profile, { ...CHROMIUM, ...SCREEN, args: [...CHROMIUM.args, `--remote-debugging-port=${port}`] });
const scores = {};
const below = [];
const measure = async (path, phone) => {
  const flags = { port, onlyCategories: ['accessibility', 'best-practices'], disableStorageReset: true, logLevel: 'error', throttlingMethod: 'provided' };
  const { lhr } = await lighthouse(server.url + path, flags, phone ? undefined : desktopConfig);
  const figures = [lhr.categories.accessibility, lhr.categories['best-practices']].map((one) => Math.round((one.score ?? 0) * 100));
  const failed = Object.values(lhr.audits).filter((audit) => audit.score !== null && audit.score < 1 && audit.scoreDisplayMode === 'binary').map((audit) => audit.id);
  scores[`${path} ${phone ? 'phone' : 'desktop'}`] = figures;
  const ok = Math.min(...figures) >= WANTED;
  const why = [lhr.runtimeError?.message, ...failed].filter(Boolean).join(' ');
  process.stdout.write(`[${ok ? '       OK' : '  FAILED '} ] Lighthouse.${path}:${phone ? 'phone' : 'desktop'} (${figures.join(', ')}${why && `; ${why}`})\n`);
  if (!ok) below.push(path);
};
await measure('/sign-in', false);
const admin = server.person('admin');
const answer = await context.request.post(`${server.url}/api/session`, { data: admin });
if (answer.status() !== 200) throw new Error(await answer.text());
const screens = ['/s/gifts', '/s/gifts/products', '/admin/gifts/products', '/admin/gifts/dashboard', '/admin/gifts/import', '/admin/gifts/people', '/outbox'];
for (const path of screens) await measure(path, false);
for (const path of screens.slice(0, 3)) await measure(path, true);
await context.close();
await server.stop();
rmSync(profile, { recursive: true, force: true });
save('lighthouse', { version: VERSION, scores });
const lowest = (place) => Math.min(...Object.values(scores).map((figures) => figures[place]));
process.stdout.write(`figures: Lighthouse ${VERSION}, ${Object.keys(scores).length} screens, accessibility at least ${lowest(0)}, best practices at least ${lowest(1)}\n`);
process.exitCode = below.length > 0 ? 1 : 0;
