// What the measurements share: the real server as a process, an HTTP client with a cookie, medians, and where results go.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const BINARY = process.env.SYNCSTORE_BINARY ?? join(ROOT, 'build', 'release', 'syncstore');
export const WEB = process.env.SYNCSTORE_WEB ?? join(ROOT, 'web', 'dist');
/** On the disk that is measured, not in a memory file system. */
export const WORK = process.env.SYNCSTORE_BENCH_WORK ?? join(ROOT, 'build', 'bench');
export const DEMO = join(WORK, 'demo');
export const PASSWORD = 'correct horse battery';
mkdirSync(WORK, { recursive: true });

export const fromWeb = createRequire(join(ROOT, 'web', 'package.json'));

export function quantile(samples, share) {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
export const median = (samples) => quantile(samples, 0.5);
export const round = (value, digits = 1) => Number(value.toFixed(digits));

/** One measurement writes one file; report.mjs reads them all. */
export function save(name, figures) {
  writeFileSync(join(WORK, `${name}.json`), JSON.stringify(figures, null, 1));
  process.stderr.write(`${name} ${JSON.stringify(figures)}\n`);
}

export function procKb(pid, key) {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8').split('\n').find((one) => one.startsWith(`${key}:`));
  return Number(line?.split(/\s+/)[1] ?? 0);
}

/** The system's Chromium without what it would ask the internet for, as in tests/e2e. */
export const CHROMIUM = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
};
export const SCREEN = { viewport: { width: 1440, height: 900 }, locale: 'en-GB', timezoneId: 'Europe/London' };

/** A page of the app with its rows shown and the link live, signed in as this person or as the demo's person of this role. */
export async function openLive(context, server, person, path) {
  const data = typeof person === 'string' ? server.person(person) : person;
  const answer = await context.request.post(`${server.url}/api/session`, { data });
  if (answer.status() !== 200) throw new Error(await answer.text());
  const page = await context.newPage();
  await page.goto(server.url + path);
  await page.locator('html[data-ready]').waitFor({ timeout: 60_000 });
  await page.locator('[data-connection="live"]').first().waitFor({ state: 'attached', timeout: 60_000 });
  return page;
}

export class Server {
  /** The demo's directory is made once per run and kept; the others are their measurement's own. */
  constructor({ demo = true, directory = demo ? DEMO : mkdtempSync(join(WORK, 'data-')) } = {}) {
    this.demo = demo;
    this.directory = directory;
    // A measurement that fails must not leave a server behind.
    process.on('exit', () => this.process?.kill('SIGKILL'));
  }

  /** Answers how long it took until both doors answered, in ms. */
  async start(listen = '127.0.0.1:0') {
    const begun = performance.now();
    const flags = ['serve', '--data', this.directory, '--listen', listen, '--web', WEB, '--rate-limit', '0'];
    this.process = spawn(BINARY, this.demo ? [...flags, '--demo'] : flags, { stdio: ['ignore', 'pipe', 'pipe'] });
    let log = '';
    this.process.stderr.on('data', (chunk) => { log = (log + chunk).slice(-4000); });
    const first = await Promise.race([
      once(createInterface({ input: this.process.stdout }), 'line').then(([line]) => line),
      once(this.process, 'exit').then(() => null),
    ]);
    if (first === null) throw new Error(`the server ended:\n${log}`);
    const said = JSON.parse(first);
    this.url = said.url.replace(/\/$/, '');
    this.setupUrl = said.setupUrl;
    return performance.now() - begun;
  }

  get pid() { return this.process.pid; }

  async stop(signal = 'SIGTERM') {
    if (this.process.exitCode !== null) return;
    const gone = once(this.process, 'exit');
    this.process.kill(signal);
    await gone;
  }

  async remove() {
    await this.stop('SIGKILL');
    if (this.directory !== DEMO) rmSync(this.directory, { recursive: true, force: true });
  }

  /** The demo's person with this role. */
  person(role) {
    const content = JSON.parse(readFileSync(join(this.directory, 'demo-sign-ins.json'), 'utf8'));
    const list = Array.isArray(content) ? content : content.signIns;
    const found = list.find((one) => one.role === role) ?? list[0];
    return { user: found.user ?? found.name, password: found.password };
  }
}

export class Client {
  constructor(url) { this.url = url; }

  async raw(method, path, body, headers = {}) {
    const response = await fetch(this.url + path, {
      method,
      headers: { Cookie: this.cookie ?? '', 'X-CSRF-Token': this.csrf ?? '', ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const cookie = response.headers.getSetCookie().find((one) => one.startsWith('syncstore_session='));
    if (cookie) this.cookie = cookie.split(';')[0];
    return response;
  }

  async call(method, path, body) {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const response = await this.raw(method, path, text, { 'Content-Type': 'application/json' });
    const answer = await response.text();
    if (response.status >= 300) throw new Error(`${method} ${path}: ${response.status} ${answer.slice(0, 300)}`);
    return answer ? JSON.parse(answer) : {};
  }

  async signIn(user, password) {
    const { data } = await this.call('POST', '/api/session', { user, password });
    this.csrf = data.csrf;
    this.user = data.user;
    this.stores = data.stores;
    return this;
  }
}

export async function signedIn(server, role) {
  const person = server.person(role);
  return new Client(server.url).signIn(person.user, person.password);
}
