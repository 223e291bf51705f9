// The browser's module in node, and in a worker of Chromium when asked ("chromium"): the same recorded frames as client_replay natively.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { replay } from './replay.mjs';
import { CHROMIUM, ROOT, WORK, fromWeb } from './lib.mjs';

const [recording, changes, where] = process.argv.slice(2);
const files = {
  '/module.wasm': process.env.SYNCSTORE_WASM ?? join(ROOT, 'build/wasm/syncstore.wasm'),
  '/recording': recording,
  '/changes': changes,
};
if (where !== 'chromium') {
  const [module, frames, made] = Object.values(files).map((path) => new Uint8Array(readFileSync(path)));
  console.log(JSON.stringify(await replay(module, frames, made)));
} else {
  const here = dirname(fileURLToPath(import.meta.url));
  const pages = createServer(({ url }, answer) => {
    if (url === '/favicon.ico') return answer.writeHead(204).end();
    const type = url.endsWith('.mjs') ? 'text/javascript' : url.endsWith('.wasm') ? 'application/wasm' : url === '/' ? 'text/html' : 'application/octet-stream';
    // Isolated, so that the page's clock has its finest steps.
    answer.writeHead(200, { 'Content-Type': type, 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' });
    return answer.end(url === '/' ? '<!doctype html>' : readFileSync(files[url] ?? join(here, url.slice(1))));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => { pages.once('listening', resolve); });
  const browser = await fromWeb('@playwright/test').chromium.launch(CHROMIUM);
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${pages.address().port}/`);
  const figures = await page.evaluate(() => new Promise((resolve, reject) => {
    const worker = new Worker('/replay_worker.mjs', { type: 'module' });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
  }));
  console.log(JSON.stringify(figures));
  await browser.close();
  pages.close();
}
