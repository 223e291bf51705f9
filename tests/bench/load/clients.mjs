// The load generator as a process that is told what to do, and what the system and the server say of the server.
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../lib.mjs';

const PROGRAM = join(process.env.SYNCSTORE_BENCH_PROGRAMS ?? join(ROOT, 'build', 'release'), 'load_clients');

/** The links, as one process that is told line by line what to do. */
export class Clients {
  constructor(server, client, store, keep) {
    this.process = spawn(PROGRAM, [new URL(server.url).port, client.cookie, client.csrf, store, ...(keep ? [String(keep)] : [])], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
    process.on('exit', () => this.process.kill('SIGKILL'));
  }

  say(line) { this.process.stdin.write(`${line}\n`); }

  async answer() {
    const { value, done } = await this.lines.next();
    if (done) throw new Error('load_clients ended');
    return JSON.parse(value);
  }

  ask(line) {
    this.say(line);
    return this.answer();
  }

  end() { this.process.kill('SIGKILL'); }
}

/** Time of all threads on a processor, or with field 1 ready and waiting for one, in µs. */
export function cpuUs(pid, field = 0) {
  const folder = `/proc/${pid}/task`;
  return readdirSync(folder).reduce((sum, task) => sum + Number(readFileSync(`${folder}/${task}/schedstat`, 'utf8').split(' ')[field]) / 1000, 0);
}

export async function metric(server, name) {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.split(' ')[1] ?? NaN);
}
