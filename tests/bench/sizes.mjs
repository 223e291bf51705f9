// What a first visit loads, compressed as served, and how large the program is.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { BINARY, WEB, WORK, save } from './lib.mjs';

const gzip = (path) => gzipSync(readFileSync(path), { level: 9 }).length;
const names = readdirSync(join(WEB, 'assets'));
const files = (ending) => names.filter((name) => name.endsWith(ending)).map((name) => join(WEB, 'assets', name));
const sum = (paths, size) => paths.reduce((total, path) => total + size(path), 0);
const wasm = files('.wasm');
const brotli = (path) => { try { return statSync(`${path}.br`).size; } catch { return 0; } };
const app = [...files('.js'), ...files('.css'), join(WEB, 'index.html')];
execFileSync('strip', ['-o', join(WORK, 'stripped'), BINARY]);
save('sizes', {
  wasm: sum(wasm, (path) => statSync(path).size), wasm_gzip: sum(wasm, gzip), wasm_brotli: sum(wasm, brotli),
  app: sum(app, (path) => statSync(path).size), app_gzip: sum(app, gzip), app_brotli: sum(app, brotli),
  binary: statSync(BINARY).size, binary_stripped: statSync(join(WORK, 'stripped')).size,
});
