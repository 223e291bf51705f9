// The real server as its users run it: started on a free port, killed without warning, started again on the same port.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = resolve(__dirname, '..', '..');
const BINARY = process.env['SYNCSTORE_BINARY'] ?? join(ROOT, 'build', 'release', 'syncstore');
const WEB = process.env['SYNCSTORE_WEB'] ?? join(ROOT, 'web', 'dist');

/** The server's exit code for it. */
const ADDRESS_IN_USE = 4;
const ATTEMPTS = 50;

interface Listening {
  url: string;
  setupUrl: string | null;
}

export interface SignIn {
  user: string;
  password: string;
  role: string;
  stores: string;
}

export class Server {
  readonly directory = mkdtempSync(join(tmpdir(), 'syncstore-e2e-'));
  url = '';
  setupUrl: string | null = null;
  #process: ChildProcess | null = null;
  #port = 0;
  readonly #demo: boolean;
  readonly #more: string[];
  /** The built application that it serves from its next start on. */
  web = WEB;

  /** `replicaRecords`: collections with more are told to browsers by pages. */
  constructor(options: { demo: boolean; replicaRecords?: number }) {
    this.#demo = options.demo;
    this.#more = options.replicaRecords ? ['--replica-records', String(options.replicaRecords)] : [];
  }

  /** The port of a server that was killed is free: until it starts again any connection of this machine may be given it for a moment. */
  async start(): Promise<void> {
    for (let attempt = 1; !(await this.#startOnce()); attempt += 1) {
      if (attempt === ATTEMPTS) throw new Error(`port ${this.#port} stays taken`);
    }
  }

  /** False when somebody else holds the port. */
  async #startOnce(): Promise<boolean> {
    const args = ['serve', '--data', this.directory, '--listen', `127.0.0.1:${this.#port}`, '--web', this.web, '--rate-limit', '0', ...this.#more];
    const child = spawn(BINARY, this.#demo ? [...args, '--demo'] : args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    let log = '';
    child.stderr.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-4_000);
    });
    const lines = createInterface({ input: child.stdout });
    const first = await Promise.race([
      once(lines, 'line').then(([line]) => String(line)),
      once(child, 'exit').then(() => null),
    ]);
    if (first === null && child.exitCode === ADDRESS_IN_USE) return false;
    if (first === null) throw new Error(`the server ended before it listened:\n${log}`);
    const listening = JSON.parse(first) as Listening;
    this.url = listening.url.replace(/\/$/, '');
    this.setupUrl = listening.setupUrl;
    this.#port = Number(new URL(this.url).port);
    return true;
  }

  /** kill -9: nothing is flushed, nothing is said. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (!child || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** It answers nobody, and every connection to it stands, until it goes on. */
  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  goOn(): void {
    this.#process?.kill('SIGCONT');
  }

  /** Of a server that was killed: its files as they stand, in a folder of their own. */
  copyData(): string {
    const copy = mkdtempSync(join(tmpdir(), 'syncstore-e2e-copy-'));
    cpSync(this.directory, copy, { recursive: true, filter: (file) => !file.endsWith('.sock') });
    return copy;
  }

  /** Likewise: this copy in place of its files. The copy is gone then. */
  replaceData(copy: string): void {
    rmSync(this.directory, { recursive: true });
    cpSync(copy, this.directory, { recursive: true });
    rmSync(copy, { recursive: true });
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }

  demoSignIns(): SignIn[] {
    return JSON.parse(readFileSync(join(this.directory, 'demo-sign-ins.json'), 'utf8')) as SignIn[];
  }
}
