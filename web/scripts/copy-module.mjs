// Puts the WebAssembly module where the worker imports it from. SYNCSTORE_WASM names it when it was built elsewhere.
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = join(dirname(fileURLToPath(import.meta.url)), '..');
const from = process.env.SYNCSTORE_WASM ?? join(web, '..', 'build', 'wasm', 'syncstore.wasm');
const to = join(web, 'src', 'sync', 'syncstore.wasm');

if (existsSync(from)) {
  // Untouched when equal: a new time stamp would rebuild what depends on it.
  if (!existsSync(to) || !readFileSync(from).equals(readFileSync(to))) copyFileSync(from, to);
} else if (!existsSync(to)) {
  console.error(`copy-module: no module at ${from}; build it with: cmake --preset wasm && cmake --build build/wasm`);
  process.exit(1);
}
