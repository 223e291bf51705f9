// How long a server takes until both doors answer: an empty directory with the demo to put in, and the same directory again; and what it
// holds in memory with both stores open.
import { rmSync } from 'node:fs';
import { DEMO, Server, procKb, round, save, signedIn } from './lib.mjs';

rmSync(DEMO, { recursive: true, force: true });
const server = new Server();
const first = await server.start();
await server.stop();
const again = [];
for (let n = 0; n < 3; n += 1) {
  again.push(await server.start());
  if (n < 2) await server.stop();
}
const empty = procKb(server.pid, 'VmRSS');
const client = await signedIn(server, 'admin');
const opened = [];
for (const store of ['gifts', 'games']) {
  const begun = performance.now();
  await client.call('GET', `/api/products?storeId=${store}&size=25`);
  opened.push(performance.now() - begun);
}
const loaded = procKb(server.pid, 'VmRSS');
await server.stop();
save('server_start', {
  demo_ms: round(first, 0), again_ms: round(again.sort((a, b) => a - b)[1], 0), open_ms: opened.map((ms) => round(ms, 0)),
  rss_mb: round(empty / 1024), rss_both_mb: round(loaded / 1024),
});
