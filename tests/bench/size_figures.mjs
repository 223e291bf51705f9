// How large is what people download and install, in bytes: compressed as it is served, the program without its debug information.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { BINARY, WEB, WORK } from './lib.mjs';
import { isFirstLoad } from '../../web/scripts/first-load.mjs';

const sum = (paths, size) => paths.reduce((total, path) => total + size(path), 0);
const plain = (path) => statSync(path).size;
const gzip = (path) => gzipSync(readFileSync(path), { level: 9 }).length;
const brotli = (path) => { try { return statSync(`${path}.br`).size; } catch { return 0; } };

export function sizeFigures() {
  const names = readdirSync(join(WEB, 'assets'));
  const files = (ending) => names.filter((name) => name.endsWith(ending)).map((name) => join(WEB, 'assets', name));
  const wasm = files('.wasm');
  const app = [...files('.js'), ...files('.css'), join(WEB, 'index.html')];
  const page = readFileSync(join(WEB, 'index.html'), 'utf8');
  const first = app.filter((path) => isFirstLoad(basename(path), page));
  const stripped = join(WORK, 'stripped');
  execFileSync('strip', ['-o', stripped, BINARY]);
  return {
    wasm: sum(wasm, plain), wasm_gzip: sum(wasm, gzip), wasm_brotli: sum(wasm, brotli),
    app: sum(app, plain), app_gzip: sum(app, gzip), app_brotli: sum(app, brotli),
    first_load_gzip: sum(first, gzip) + sum(wasm, gzip),
    binary: plain(BINARY), binary_stripped: plain(stripped),
  };
}
