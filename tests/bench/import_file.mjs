// A CSV file of 100 MB through the command line beside a running server: rows per second and the server's memory before and at its
// highest, for a preview (nothing is stored), the import, and the same file again (nothing changes).
import { execFile } from 'node:child_process';
import { createWriteStream, rmSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BINARY, Client, PASSWORD, Server, WORK, procKb, round, save } from './lib.mjs';

const MEGABYTES = Number(process.argv[2] ?? 100);
const run = promisify(execFile);
const path = join(WORK, 'import.csv');
const words = ['enamel', 'lantern', 'wicker', 'basket', 'cotton', 'apron', 'ceramic', 'jug', 'pine', 'shelf', 'glass', 'vase', 'wool', 'throw'];
const file = createWriteStream(path);
file.write('title,sku,status,price,inventory,sales_amount,units_sold,page_views,handle,category,description\r\n');
let rows = 0;
let state = 1;
const dice = (below) => {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
  return Math.floor((state / 2_147_483_648) * below);
};
const text = (count) => Array.from({ length: count }, () => words[dice(words.length)]).join(' ');
for (let bytes = 0; bytes < MEGABYTES * 1_000_000; rows += 1) {
  const row = `"${text(4)}, no. ${rows}",SKU-${rows},Active,${dice(500)}.${10 + dice(90)},${dice(1000)},${dice(100000)}.5,${dice(5000)},${dice(90000)},handle-${rows},`
    + `Home > ${text(2)},"<p>${text(60)}</p><p>${text(70)}</p>"\r\n`;
  bytes += row.length;
  if (!file.write(row)) await once(file, 'drain');
}
file.end();
await once(file, 'close');

const server = new Server({ demo: false });
await server.start();
const admin = new Client(server.url);
const { data } = await admin.call('POST', '/api/setup', { token: new URL(server.setupUrl).searchParams.get('token'), user: 'root', password: PASSWORD });
admin.csrf = data.csrf;
await admin.call('POST', '/api/stores', { id: 'big', name: 'Big', currency: 'GBP', timeZone: 'Europe/London' });
const figures = { megabytes: round(statSync(path).size / 1e6), rows };
for (const [name, flags] of [['preview', ['--dry-run']], ['import', []], ['again', []]]) {
  const before = procKb(server.pid, 'VmRSS');
  writeFileSync(`/proc/${server.pid}/clear_refs`, '5');  // the highest mark starts anew
  const begun = performance.now();
  const { stdout } = await run(BINARY, ['import', 'products', path, '--store', 'big', '--data', server.directory, '--json', ...flags], { maxBuffer: 1e8 });
  const seconds = (performance.now() - begun) / 1000;
  const { read, inserted, unchanged, rejected } = JSON.parse(stdout);
  figures[name] = {
    seconds: round(seconds), rows_per_s: round(rows / seconds, 0), before_mb: round(before / 1024), peak_mb: round(procKb(server.pid, 'VmHWM') / 1024),
    after_mb: round(procKb(server.pid, 'VmRSS') / 1024), read, inserted, unchanged, rejected,
  };
}
await server.remove();
rmSync(path);
save('import_file', figures);
