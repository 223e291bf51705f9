// Many open browsers: 20 edits a second at 100 and 1,000 links of the larger demo store, what an idle hour costs, what readers that
// stop cost, and how everybody comes back after the server was killed. The links are those of load_clients; the server is the real one.
import { readFileSync } from 'node:fs';
import { Server, procKb, round, save, signedIn } from './lib.mjs';
import { Clients, cpuUs, metric } from './load/clients.mjs';

const MANY = Number(process.argv[2] ?? 1000);
const SECONDS = Number(process.argv[3] ?? 10);
const STORE = 'games';

async function edits(server, clients, seconds) {
  const pids = [server.pid, clients.process.pid];
  const waited = () => pids.reduce((sum, pid) => sum + cpuUs(pid, 1), 0);
  const before = { cpu: cpuUs(server.pid), waited: waited(), handed: await metric(server, 'syncstore_socket_hand_overs_total') };
  const told = await clients.ask(`commit 20 ${seconds} 1`);
  const used = cpuUs(server.pid) - before.cpu;
  const handed = await metric(server, 'syncstore_socket_hand_overs_total') - before.handed;
  return {
    commits: told.commits, frames: told.frames, cpu_us: round(used / told.frames, 2), cpu_share: round(used / told.ms / 10, 1),
    hand_overs: round(handed / told.commits, 1), waited_ms: round((waited() - before.waited) / 1000 / told.commits),
    p50: told.p50_tenths / 10, p99: told.p99_tenths / 10, last_p50: told.last_p50_tenths / 10, last_p99: told.last_p99_tenths / 10,
  };
}

async function steady() {
  const server = new Server();
  await server.start();
  const client = await signedIn(server, 'editor');
  const clients = new Clients(server, client, STORE);
  await clients.ask('connect 3');
  await clients.ask('commit 20 1 1');
  const alone = procKb(server.pid, 'VmRSS');
  await clients.ask('connect 97');
  const hundred = await edits(server, clients, SECONDS);
  const opened = await clients.ask(`connect ${MANY - 100}`);
  const rss = procKb(server.pid, 'VmRSS');
  const many = await edits(server, clients, SECONDS);
  const after = procKb(server.pid, 'VmRSS');
  await clients.ask('idle 2');  // the digests of the last edits are still to come
  const quiet = await clients.ask('idle 30');
  const loops = await metric(server, 'syncstore_socket_loops');
  clients.end();
  await server.stop('SIGKILL');
  return {
    hundred, many, loops, open_ms: opened.ms, rss_each_kb: round((rss - alone) / (MANY - 3)), rss_each_busy_kb: round((after - alone) / (MANY - 3)),
    // 52: an IPv4 and a TCP header with timestamps.
    idle_payload: quiet.payload_per_hour, idle_wire: quiet.payload_per_hour + 52 * quiet.segments_per_hour,
  };
}

/** What the same edits cost with and without readers that stop: each edit changes 100 products, 90 kB. */
async function stopped(count) {
  const server = new Server();
  await server.start();
  const client = await signedIn(server, 'editor');
  const clients = new Clients(server, client, 'gifts', 1 << 20);
  await clients.ask(`connect ${30 + count}`);
  await clients.ask('commit 10 1 100');
  if (count) await clients.ask(`stop ${count}`);
  const before = procKb(server.pid, 'VmRSS');
  const told = await clients.ask('commit 10 6 100');
  const grown = procKb(server.pid, 'VmRSS') - before;
  clients.end();
  await server.stop('SIGKILL');
  return { grown_kb: grown, p50: told.p50_tenths / 10, p99: told.p99_tenths / 10 };
}

/** The server is killed under all links and started again at the same address. */
async function storm(mode) {
  const server = new Server();
  await server.start();
  const client = await signedIn(server, 'editor');
  const clients = new Clients(server, client, STORE);
  const port = new URL(server.url).port;
  await clients.ask(`connect ${MANY}`);
  clients.say(`again ${mode} ${port}`);
  await server.stop('SIGKILL');
  await server.start(`127.0.0.1:${port}`);
  const ready = performance.now();
  const told = await clients.answer();
  const live = performance.now() - ready;
  const figures = {
    live_ms: round(live, 0), p50_ms: told.p50_ms, gone_ms: told.ms_since_gone, attempts: told.attempts,
    rss_peak_mb: round(procKb(server.pid, 'VmHWM') / 1000), cpu_ms: round(cpuUs(server.pid) / 1000, 0),
    snapshots: await metric(server, 'syncstore_snapshots_total'), slow: await metric(server, 'syncstore_slow_links_total'),
  };
  clients.end();
  await server.stop('SIGKILL');
  return figures;
}

const average = () => readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' ');
const before = average();
const figures = { links: MANY, seconds: SECONDS, ...await steady() };
figures.without_stopped = await stopped(0);
figures.stopped = { readers: 20, ...await stopped(20) };
figures.storm_warm = await storm('warm');
figures.storm_cold = await storm('cold');
figures.when = new Date().toISOString().slice(0, 16).replace('T', ' ');
figures.load_average = `${before} at the beginning, ${average()} at the end`;
figures.note = process.env.SYNCSTORE_BENCH_NOTE ?? '';
save('load', figures);
