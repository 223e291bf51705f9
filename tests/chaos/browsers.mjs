// Real browsers behind a bad network, for as long as asked: people edit in every one of them, every edit must be on every other screen. At
// the end the network is good again, and every edit is in the history once and on every screen.
//   node browsers.mjs [--minutes 30] [--seed 1] [--browsers 3] [--rate 1]   (edits a second of all together)
// SYNCSTORE_BINARY, SYNCSTORE_WEB as in tests/bench/lib.mjs. Prints {...figures} and ends with 1 when something was lost or doubled, or does
// not stand on every screen. How soon edits are seen is told for two kinds of pairs of author and reader: those whose ways were both open, and all.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CHROMIUM, Client, SCREEN, Server, fromWeb, quantile, round } from '../bench/lib.mjs';
import { Chance } from './chance.mjs';
import { watchTable } from './watch.mjs';

const { chromium } = fromWeb('@playwright/test');
const HERE = dirname(fileURLToPath(import.meta.url));
const PASSWORD = 'correct horse battery';
const STORE = 'chaos';
const VISIBLE_MS = 500;
const DRAIN_LOG_MS = 1_000;
const REST_MS = 180_000;  // of everything, once the network is good

const { values } = parseArgs({ options: {
  minutes: { type: 'string', default: '30' }, seed: { type: 'string', default: '1' }, browsers: { type: 'string', default: '3' },
  rate: { type: 'string', default: '1' }, every: { type: 'string', default: '5000,30000' },
} });
const MINUTES = Number(values.minutes);
const BROWSERS = Number(values.browsers);
const ROWS_EACH = 8;  // all on one page

class Proxy {
  faults = [];

  async start(port) {
    this.process = spawn(process.execPath, [join(HERE, 'proxy.mjs'), '--to', String(port), '--doors', String(BROWSERS), '--seed', values.seed,
      '--every', values.every], { stdio: ['pipe', 'pipe', 'inherit'] });
    process.on('exit', () => this.process.kill('SIGKILL'));
    const lines = createInterface({ input: this.process.stdout });
    this.ports = await new Promise((told) => {
      lines.on('line', (line) => {
        const said = JSON.parse(line);
        if (said.ports) told(said.ports);
        else this.faults.push(said);
      });
    });
  }

  say(word) { this.process.stdin.write(`${word}\n`); }

  /** A fault of this door worked at some moment from `from` to `to`. */
  disturbs(door, from, to) {
    return this.faults.some((one) => one.door === door && one.at <= to && one.until >= from);
  }
}

/** A browser with one page of the products' table; remembers what its page showed and when its link was live. */
class Person {
  fumbled = 0;     // cells that did not open at once
  seen = [];       // { record, text, at }
  links = [];      // { mark, at }
  own = [];        // records that it edits
  busy = new Map();  // record -> the text that is not known to be in the history yet

  constructor(number) {
    this.number = number;
    this.chance = new Chance(Number(values.seed) * 77 + number);
  }

  async open(port) {
    this.url = `http://127.0.0.1:${port}`;
    this.browser = await chromium.launch(CHROMIUM);
    this.context = await this.browser.newContext(SCREEN);
    await this.context.addInitScript(watchTable);
    const answer = await this.context.request.post(`${this.url}/api/session`, { data: { user: `editor-${this.number}`, password: PASSWORD } });
    if (answer.status() !== 200) throw new Error(await answer.text());
    this.page = await this.context.newPage();
    await this.page.goto(`${this.url}/admin/${STORE}/products`);
    await this.ready();
    await this.page.locator('[data-connection="live"]').first().waitFor({ state: 'attached', timeout: 120_000 });
    // From now on the app starts without the network.
    await this.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  }

  async ready() {
    await this.page.locator('html[data-ready]').waitFor({ timeout: 120_000 });
    await this.page.locator('tr[data-record]').first().waitFor({ timeout: 120_000 });
  }

  /** What people do to their browser: about once a minute it loses its network, or the page is loaded again. */
  async whim(faults) {
    const dice = this.chance.next() * 60 * Number(values.rate) / BROWSERS;
    if (dice >= 2) return;
    const at = Date.now();
    if (dice < 1) {
      await this.drain();
      await this.page.reload();
      await this.ready();
      faults.push({ door: this.number, fault: 'reload', at, until: Date.now() });
      return;
    }
    const ms = this.chance.between(1_000, 8_000);
    faults.push({ door: this.number, fault: 'offline', at, until: at + ms });
    await this.context.setOffline(true);
    setTimeout(() => { void this.context.setOffline(false); }, ms);
  }

  async drain() {
    const { cells, links } = await this.page.evaluate(() => window.takeWatched());
    this.seen.push(...cells);
    this.links.push(...links);
  }

  /** Enter was pressed at the moment that is answered; null: the cell could not be opened, nothing was edited. */
  async edit(record, text) {
    const cell = this.page.locator(`[data-record="${record}"] [data-field="price"]`).first();
    const input = this.page.locator(`[data-record="${record}"] input[data-field="price"]`);
    for (let attempt = 1; ; attempt += 1) {
      try {
        // On a busy machine two clicks can lie too far apart to be one double click.
        await cell.dblclick({ timeout: 10_000 });
        await input.fill(text, { timeout: 5_000 });
        break;
      } catch (error) {
        this.fumbled += 1;
        if (attempt === 5) return null;
      }
    }
    await input.press('Enter', { timeout: 60_000 });
    return this.page.evaluate(() => window.enterAt);
  }

  /** The link was live from `from` to `to` without a break. */
  isLive(from, to) {
    let mark = null;
    for (const one of this.links) {
      if (one.at > to) break;
      if (one.at > from && one.mark !== 'live') return false;
      mark = one.mark;
    }
    return mark === 'live';
  }
}

async function prepare(server) {
  const admin = new Client(server.url);
  const token = new URL(server.setupUrl).searchParams.get('token');
  const { data } = await admin.call('POST', '/api/setup', { token, user: 'root', password: PASSWORD });
  admin.csrf = data.csrf;
  await admin.call('POST', '/api/stores', { id: STORE, name: 'Chaos', currency: 'GBP', timeZone: 'Europe/London' });
  for (let n = 0; n < BROWSERS; n += 1) {
    await admin.call('POST', `/api/people?storeId=${STORE}`, { name: `editor-${n}`, password: PASSWORD, role: 'editor' });
  }
  const records = [];
  for (let n = 0; n < BROWSERS * ROWS_EACH; n += 1) {
    const made = await admin.call('POST', `/api/products?storeId=${STORE}`, { title: `Mug ${n}`, price: '1', inventory: 5, sales_amount: String(1000 - n) });
    records.push(made.data.id);
  }
  return { admin, records };
}

/** Every value that each record's price has had, in order, as the history tells it. */
async function history(admin, record) {
  const texts = [];
  let after = '';
  for (;;) {
    const body = await admin.call('GET', `/api/history?storeId=${STORE}&dataType=products&id=${record}&limit=200${after}`);
    for (const change of body.data) {
      for (const field of change.changes) {
        if (field.field === 'price' && change.kind === 'update') texts.push(Number(field.new).toFixed(2));
      }
    }
    if (!body.page?.next && !body.next) return texts;
    after = `&after=${encodeURIComponent(body.page?.next ?? body.next)}`;
  }
}

async function main() {
  const server = new Server({ demo: false });
  await server.start();
  const { admin, records } = await prepare(server);
  const proxy = new Proxy();
  await proxy.start(new URL(server.url).port);
  const people = Array.from({ length: BROWSERS }, (_, n) => new Person(n));
  for (const person of people) {
    person.own = records.filter((_, n) => n % BROWSERS === person.number);
    await person.open(proxy.ports[person.number]);
  }
  const edits = [];
  let value = 10;
  const end = Date.now() + MINUTES * 60_000;
  proxy.say('start');

  // A record is edited again only when its last edit is in the history: what waits would else be folded into one.
  const known = async () => {
    const body = await admin.call('GET', `/api/products?storeId=${STORE}&size=200`);
    const now = new Map(body.data.map((one) => [one.id, Number(one.price).toFixed(2)]));
    for (const person of people) {
      for (const [record, text] of person.busy) if (now.get(record) === text) person.busy.delete(record);
    }
  };
  const life = async (person) => {
    let turn = 0;
    const wait = (1_000 * BROWSERS) / Number(values.rate);
    while (Date.now() < end) {
      const began = Date.now();
      await person.whim(proxy.faults);
      const free = person.own.filter((record) => !person.busy.has(record));
      if (free.length > 0) {
        const record = free[turn++ % free.length];
        const text = (value += 1).toFixed(2);
        person.busy.set(record, text);
        const at = await person.edit(record, text);
        if (at === null) person.busy.delete(record);
        else edits.push({ record, text, at, author: person.number });
      }
      await pause(Math.max(0, wait - (Date.now() - began)));
    }
  };
  const watch = async () => {
    while (Date.now() < end) {
      // A page that is being loaded again has nothing to tell.
      await Promise.all([known(), ...people.map((person) => person.drain().catch(() => {}))]);
      await pause(DRAIN_LOG_MS);
    }
  };
  const loads = [];
  const load = setInterval(() => loads.push(loadavg()[0]), 10_000);
  await Promise.all([watch(), ...people.map(life)]);
  clearInterval(load);
  proxy.say('stop');

  // At rest: nothing waits, and every screen shows the last edit of every record.
  const last = new Map();
  for (const edit of edits) last.set(edit.record, edit.text);
  const rested = Date.now();
  await Promise.all(people.map((person) => person.context.setOffline(false)));
  const complete = async (person) => {
    const shown = await person.page.evaluate(() => window.shownPrices());
    const queued = await person.page.locator('[data-connection]').first().getAttribute('data-queued');
    return queued === '0' && [...last].every(([record, text]) => shown[record] === text);
  };
  let same = [];
  while (Date.now() < rested + REST_MS) {
    same = await Promise.all(people.map(complete));
    if (same.every(Boolean)) break;
    await pause(250);
  }
  const rest_ms = Date.now() - rested;
  await Promise.all(people.map((person) => person.drain()));

  const stored = new Map();
  for (const record of records) stored.set(record, await history(admin, record));
  const times = (edit) => stored.get(edit.record).filter((text) => text === edit.text).length;
  const lost = edits.filter((edit) => times(edit) === 0);
  const doubled = edits.filter((edit) => times(edit) > 1);

  const first = people.map((person) => {
    const at = new Map();
    for (const cell of person.seen) {
      const key = `${cell.record} ${cell.text}`;
      if (!at.has(key)) at.set(key, cell.at);
    }
    return at;
  });
  const open = [];
  const all = [];
  let unseen = 0;
  for (const edit of edits) {
    for (const reader of people) {
      if (reader.number === edit.author) continue;
      const at = first[reader.number].get(`${edit.record} ${edit.text}`);
      const ms = at === undefined ? Infinity : at - edit.at;
      all.push(ms);
      if (at === undefined) unseen += 1;
      const undisturbed = [people[edit.author], reader].every((one) => one.isLive(edit.at - 100, edit.at + VISIBLE_MS)
        && !proxy.disturbs(one.number, edit.at - 100, edit.at + VISIBLE_MS));
      if (undisturbed) open.push(ms);
    }
  }
  const share = (list) => round((100 * list.filter((ms) => ms <= VISIBLE_MS).length) / list.length, 3);
  const kinds = {};
  for (const one of proxy.faults) kinds[one.fault] = (kinds[one.fault] ?? 0) + 1;
  const figures = {
    minutes: MINUTES, browsers: BROWSERS, seed: Number(values.seed), edits: edits.length, faults: kinds, lost: lost.length, doubled: doubled.length,
    on_every_screen_at_rest: same.every(Boolean), rest_ms, pairs_open: open.length, within_500_open: share(open), p50_open: quantile(open, 0.5),
    p99_open: quantile(open, 0.99), max_open: Math.max(...open), pairs: all.length, within_500: share(all), p50: quantile(all, 0.5),
    skipped: unseen, fumbled: people.reduce((sum, person) => sum + person.fumbled, 0), load: loads.length ? round(loads.reduce((a, b) => a + b) / loads.length) : null,
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  for (const edit of [...lost, ...doubled].slice(0, 20)) process.stderr.write(`${JSON.stringify({ ...edit, stored: times(edit) })}\n`);
  const kept = !lost.length && !doubled.length && same.every(Boolean);
  if (kept) {
    await Promise.all(people.map((person) => person.browser.close()));
    await server.remove();
  } else process.stderr.write(`the data is kept in ${server.directory}\n`);
  process.exit(kept ? 0 : 1);
}

await main();
