// After the bundler: writes the list of files into the service worker, puts compressed siblings beside them, checks the budget.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { isFirstLoad } from './first-load.mjs';

// Another folder when it is named: two builds must not stand in one another's way.
const dist = process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const COMPRESSED = new Set(['.html', '.js', '.css', '.svg', '.json', '.webmanifest', '.wasm', '.txt', '.csv']);
// What a first visit loads beside the WebAssembly module, gzipped.
const FIRST_LOAD_BUDGET = 150_000;
// The catalogue of the whole store (17 collections, 260 fields with their words) is part of it.
const MODULE_BUDGET = 158_000;

const files = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !/\.(br|gz)$/.test(entry.name))
  .map((entry) => relative(dist, join(entry.parentPath, entry.name)).split(sep).join('/'))
  .sort();

const precached = files.filter((name) => name !== 'sw.js');
const hash = createHash('sha256');
for (const name of precached) hash.update(name).update(readFileSync(join(dist, name)));
const release = hash.digest('hex').slice(0, 16);

const workerPath = join(dist, 'sw.js');
const worker = readFileSync(workerPath, 'utf8');
const filled = worker
  .replace(/["'`]__RELEASE__["'`]/, JSON.stringify(release))
  .replace(/["'`]__PRECACHE__["'`]/, JSON.stringify(JSON.stringify(precached.map((name) => `/${name}`))));
if (filled.includes('__PRECACHE__') || filled.includes('__RELEASE__') || /^\s*(import|export)\b/m.test(filled)) {
  throw new Error('finish-build: the service worker did not come out self-contained');
}
writeFileSync(workerPath, filled);

const page = readFileSync(join(dist, 'index.html'), 'utf8');

let firstLoad = 0;
let onDemand = 0;
let module = 0;
for (const name of files) {
  if (!COMPRESSED.has(extname(name))) continue;
  const bytes = readFileSync(join(dist, name));
  const gzip = gzipSync(bytes, { level: 9 });
  const brotli = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
  // A sibling that saves nothing only costs a lookup.
  if (gzip.length < bytes.length) writeFileSync(join(dist, `${name}.gz`), gzip);
  if (brotli.length < bytes.length) writeFileSync(join(dist, `${name}.br`), brotli);
  if (extname(name) === '.wasm') module += gzip.length;
  else if (isFirstLoad(name, page)) firstLoad += gzip.length;
  else onDemand += gzip.length;
}
console.log(`first load ${firstLoad} B gzipped beside the module, on demand ${onDemand} B, module ${module} B gzipped, release ${release}`);
if (firstLoad > FIRST_LOAD_BUDGET) throw new Error(`finish-build: ${firstLoad} B are above ${FIRST_LOAD_BUDGET} B`);
// The module has its own build; here its size is only said, so that its budget cannot stop work on screens.
if (module > MODULE_BUDGET) console.warn(`finish-build: the module has ${module} B gzipped, its budget is ${MODULE_BUDGET} B`);
