// RESULTS.md from what the measurements of one run left behind. A figure that was not measured is missing there, never guessed.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WORK, median, round } from './lib.mjs';

const read = (name) => (existsSync(join(WORK, `${name}.json`)) ? JSON.parse(readFileSync(join(WORK, `${name}.json`), 'utf8')) : null);
const say = (command, ...args) => { try { return execFileSync(command, args).toString().trim().split('\n')[0]; } catch { return '?'; } };
const kb = (bytes) => `${round(bytes / 1000)} kB`;
const verdict = (good) => (good ? 'met' : '**missed**');
const lines = [];
const row = (...cells) => lines.push(`| ${cells.join(' | ')} |`);
const head = (...cells) => { row(...cells); row(...cells.map(() => '---')); };
const title = (text) => lines.push('', `## ${text}`, '');

const facts = read('facts') ?? {};
lines.push('# Figures', '', `\`${facts.command ?? 'tests/bench/run.sh'}\` on ${facts.date ?? '?'}, commit ${facts.commit ?? '?'}.`,
  `${cpus().length} × ${cpus()[0].model.trim()}, ${round(totalmem() / 1e9, 0)} GB, kernel ${say('uname', '-r')}, ${facts.disk ?? '?'}.`,
  `${say('g++', '--version')}; ${say('chromium', '--version')}; node ${process.version}. Binary: ${facts.binary ?? '?'}.`,
  `Load average (1, 5, 15 min) at the beginning ${facts.load_before ?? '?'}, at the end ${facts.load_after ?? '?'}${facts.note ? `. ${facts.note}` : ''}`);

const windows = read('two_windows');
if (windows) {
  title('Save to visible in another window');
  head('samples', 'p50', 'p95', 'largest', 'goal p95');
  row(windows.samples, `${windows.p50} ms`, `${windows.p95} ms`, `${windows.max} ms`, `≤ 100 ms: ${verdict(windows.p95 <= 100)}`);
  lines.push('', `From Enter to the changed cell (mutation observer, clock of 1 ms); painted: p50 ${windows.painted_p50} ms, p95 ${windows.painted_p95} ms.`);
}
const durable = read('durable_mutations');
if (durable) {
  title('Durable mutations per second');
  head('', 'engine', 'SQLite alone', 'ratio (median of rounds, lowest to highest)', 'goal');
  for (const [key, name] of [['one_by_one', 'one by one'], ['waiting_64', '64 waiting']]) {
    const one = durable[key];
    row(name, one.engine, one.raw, `${one.ratio} (${one.lowest} to ${one.highest})`, `≥ 0.4: ${verdict(one.ratio >= 0.4)}`);
  }
  lines.push('', `${durable.rounds} interleaved rounds; SQLite alone writes the product row and one outbox row per edit, the engine also receipt, hash chain and history index.`);
}
const absence = read('long_absence');
if (absence) {
  title('Return after 90 days');
  head('', 'measured', 'goal');
  row(`${absence.products} products, of them ${absence.changed} changed, ${absence.removed} removed, ${absence.inserted} new`,
    `${kb(absence.return_bytes)}, ${absence.percent} % of the snapshot's ${kb(absence.snapshot_bytes)}`, `≤ 5 %: ${verdict(absence.percent <= 5)}`);
  row('applied in, native', `${absence.apply_ms} ms (server: ${absence.server_ms} ms)`, `≤ 500 ms: ${verdict(absence.apply_ms <= 500)}`);
  row('edits in the queue', `${absence.waiting_before} before, ${absence.waiting_after} after`, `kept: ${verdict(absence.waiting_before === absence.waiting_after)}`);
  lines.push('', `${absence.forgotten} removals were forgotten meanwhile: the row numbers that live came as a bitmap. Cached base read in ${absence.restore_ms} ms; equal to the server's: ${absence.equal}.`);
}
const natives = read('client_native');
const modules = read('client_module');
const [chromium] = read('client_chromium') ?? [];
if (natives && modules) {
  const pick = (runs, key) => median(runs.map((run) => (typeof run[key] === 'object' ? run[key].us : run[key])));
  title(`Page update, ${natives[0].rows} products`);
  head('µs per changed row', 'native', 'module in node', 'module / native', 'module in Chromium');
  for (const [key, name] of [['beside_the_sort', 'one field beside the sort'], ['moves_the_row', 'one field that moves the row'], ['hundred_moves', 'frames of 100'], ['ten_thousand_moves', 'frames of 10,000']]) {
    const [native, module] = [pick(natives, key), pick(modules, key)];
    row(name, round(native, 2), round(module, 2), round(module / native, 1), chromium ? round(chromium[key].us, 2) : '–');
  }
  const [native, module] = [pick(natives, 'load_ms'), pick(modules, 'load_ms')];
  row('snapshot to first page, ms', round(native), round(module), round(module / native, 1), chromium ? round(chromium.load_ms) : '–');
  lines.push('', `Whole session: change frame in, page patch out. Medians over ${natives.length} alternating runs. Memory: native ${pick(natives, 'bytes_per_row')} B per row (heap),`
    + ` module at most ${round(pick(modules, 'bytes_per_session') / natives[0].rows, 0)} B per row.`);
}
const page = read('page_bench');
if (page) {
  title('Parts of the page update, native');
  head('', 'median');
  const inUs = { ns: 1e-3, us: 1, ms: 1e3 };
  const medians = page.benchmarks.filter((each) => each.aggregate_name === 'median').sort((a, b) => a.run_name.localeCompare(b.run_name));
  for (const one of medians) row(one.run_name.replaceAll('_', ' '), `${round(one.real_time * inUs[one.time_unit], 2)} µs`);
}
const wire = read('wire_bytes');
if (wire) {
  title('Bytes');
  head('', 'measured', 'goal');
  row('one changed field alone (frame)', `${wire.alone.largest} B at most, ${wire.alone.mean} B on average of ${wire.alone.frames}`, `≤ 24 B: ${verdict(wire.alone.largest <= 24)}`);
  row(`${wire.hundreds.changes} changes together (${wire.hundreds.frames} frames)`, `${wire.hundreds.each} B each`, `≤ 10 B: ${verdict(wire.hundreds.each <= 10)}`);
  for (const store of ['gifts', 'games']) {
    const one = wire[store];
    row(`snapshot of \`${store}\`, ${one.products} products`, `${kb(one.snapshot)}, ${one.bytes_per_row} B per row; rows as JSON ${kb(one.json)}, gzip -6 ${kb(one.gzip)}: ${one.share} of it`, '–');
  }
  row('idle poll with headers', `${wire.poll.bytes} B; not modified ${wire.poll.again_bytes} B (${wire.poll.again_status})`, `≤ 9 kB: ${verdict(wire.poll.bytes <= 9000)}`);
  row('idle link per hour', `${wire.idle.per_hour} B (keepalive of ${wire.idle.keepalive} B and pings both ways each 30 s, computed)`, '–');
}
const sizes = read('sizes');
if (sizes) {
  title('Sizes');
  head('', 'raw', 'gzip', 'brotli', 'goal (gzip)');
  row('module', kb(sizes.wasm), kb(sizes.wasm_gzip), kb(sizes.wasm_brotli), `≤ 158 kB: ${verdict(sizes.wasm_gzip <= 158_000)}`);
  row('first load beside it', kb(sizes.app), kb(sizes.app_gzip), kb(sizes.app_brotli), `≤ 300 kB: ${verdict(sizes.app_gzip <= 300_000)}`);
  row('server binary', kb(sizes.binary), `stripped ${kb(sizes.binary_stripped)}`, '–', '–');
}
const offline = read('offline_start');
if (offline) {
  title('Start without network, 26,688 products');
  head('', 'median', 'runs', 'goal');
  row('reload to first page', `${offline.ready} ms (painted ${offline.painted} ms)`, offline.all.join(', '), `≤ 500 ms: ${verdict(offline.ready <= 500)}`);
  row('browser started anew', `${offline.cold_ready} ms`, offline.cold.join(', '), '–');
}
const queue = read('queue_stress');
if (queue) {
  title(`${queue.edits} edits made at once without network`);
  head('', 'measured', 'goal');
  row('all of them stored', `${queue.stored_ms} ms (${queue.per_edit_ms} ms each; longest task of the page ${queue.longest_task_ms} ms)`, `task ≤ 200 ms: ${verdict(queue.longest_task_ms <= 200)}`);
  row('start without network, longer than with none', `${queue.longer} ms (${queue.start_empty} to ${queue.start_full})`, `≤ 300 ms: ${verdict(queue.longer <= 300)}`);
  row('drained when the network is back', `${queue.drained_ms} ms`, `≤ 4,000 ms: ${verdict(queue.drained_ms <= 4_000)}`);
  row('exported whole', `${queue.export_ms} ms`, '–');
}
const memory = read('client_memory');
if (memory) {
  title(`Memory of a connection in the browser, ${memory.products} products`);
  head('the process that shows the page, with its worker and module', 'MB', 'goal');
  row('an empty page of the same server', memory.empty, '–');
  row('the store opened', memory.opened, `< 100: ${verdict(memory.opened < 100)}`);
  row(`after 20 pages, another order, a search and ${memory.edits} edits of others, collected`, memory.rested, `< 100: ${verdict(memory.rested < 100)}`);
  row('the same moment before the browser collected what is not used any more', memory.used, '–');
  lines.push('', `Private pages that were written (smaps). Of it the module ${memory.module} MB, objects of the page ${memory.heap} MB. A browser with room to spare collects late: by itself`
    + ' after half a minute of rest, here at once.');
}
const large = read('large_store');
if (large) {
  title(`A store of ${large.products} products`);
  head('', 'measured');
  row('import from a JSON file', `${large.import_s} s`);
  row('server started again until both doors answer', `${large.load_ms} ms`);
  row('empty browser with a network: first page', `${large.online_first} ms, with all rows and the link live ${large.online_whole} ms`);
  row('reload without network: first page', `${large.ready} ms (${large.all.join(', ')})`);
  row('browser started anew without network', `${large.cold_ready} ms (${large.cold.join(', ')})`);
  row('stored in the browser', `${large.stored_mb} MB`);
}
const imported = read('import_file');
if (imported) {
  title(`Import of a CSV file of ${imported.megabytes} MB, ${imported.rows} products`);
  head('', 'seconds', 'rows per second', 'server RSS before', 'highest');
  for (const [key, name] of [['preview', 'preview'], ['import', 'import'], ['again', 'the same file again']]) {
    const one = imported[key];
    row(name, one.seconds, one.rows_per_s, `${one.before_mb} MB`, `${one.peak_mb} MB`);
  }
}
const load = read('load');
if (load) {
  title(`Load: 20 edits a second, ${load.loops} socket loops`);
  head('links', 'edits', 'frames', 'p50', 'p99', 'p99 at the last link', 'goal', 'server CPU per delivery', 'server CPU', 'hand-overs per edit', 'waiting for a processor');
  for (const [links, one] of [[100, load.hundred], [load.links, load.many]]) {
    row(links, one.commits, one.frames, `${one.p50} ms`, `${one.p99} ms`, `${one.last_p99} ms`, `≤ 250 ms: ${verdict(one.last_p99 <= 250)}`,
      `${one.cpu_us} µs`, `${one.cpu_share} % of a core`, one.hand_overs, `${one.waited_ms} ms per edit`);
  }
  lines.push('', 'From the edit being sent to its frame being read, durable commit included; generator and server share the cores; how long their threads were ready and had none is the last column.',
    `\`tests/bench/run.sh --only load\` on ${load.when} UTC; load average (1, 5, 15 min) ${load.load_average}${load.note ? `. ${load.note}` : ''}`, '');
  head('', 'measured', 'goal');
  row(`memory per link, ${load.links} links`, `${load.rss_each_kb} kB idle, ${load.rss_each_busy_kb} kB after the edits`, '–');
  row('idle link per hour', `${kb(load.idle_wire)} with TCP and IP headers, ${kb(load.idle_payload)} without`, `< 200 kB: ${verdict(load.idle_wire < 200_000)}`);
  const each = (load.stopped.grown_kb - load.without_stopped.grown_kb) / load.stopped.readers;
  row(`a stopped reader (of ${load.stopped.readers}, edits of 90 kB)`, `${round(each)} kB`, `≤ 1,024 kB: ${verdict(each <= 1024)}`);
  row('the 30 others beside them', `p50 ${load.stopped.p50} ms, p99 ${load.stopped.p99} ms; without them ${load.without_stopped.p50} ms, ${load.without_stopped.p99} ms`, '–');
  lines.push('', `Killed (SIGKILL) under ${load.links} links and started again; the links come back with the client core's backoff:`, '');
  head('', 'all live after', 'half live after', 'attempts', 'RSS at most', 'server CPU', 'snapshots encoded');
  for (const [key, name] of [['storm_warm', 'with what they had'], ['storm_cold', 'with nothing']]) {
    const one = load[key];
    row(name, `${one.live_ms} ms`, `${one.p50_ms} ms`, one.attempts, `${one.rss_peak_mb} MB`, `${one.cpu_ms} ms`, one.snapshots);
  }
}
const start = read('server_start');
if (start) {
  title('Server');
  head('demo into an empty directory', 'start again', 'RSS', 'RSS, both stores loaded');
  row(`${start.demo_ms} ms`, `${start.again_ms} ms`, `${start.rss_mb} MB`, `${start.rss_both_mb} MB`);
}
// Whole runs of the suites take longer than this report: their times are kept by hand beside the commands.
const suites = join(dirname(fileURLToPath(import.meta.url)), 'suites.md');
if (existsSync(suites)) lines.push('', readFileSync(suites, 'utf8').trim());
writeFileSync(process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), 'RESULTS.md'), `${lines.join('\n')}\n`);
