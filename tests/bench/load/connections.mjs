// Ten thousand browsers that look at a store and do nothing: what a connection costs in memory, what all of them cost in time on a processor
// while nothing happens but pings, and how soon an edit among them is everywhere.
//   node connections.mjs [LINKS] [IDLE_SECONDS]   (10,000 and 60; both processes need a descriptor for each: ulimit -Hn)
import { readFileSync } from 'node:fs';
import { Server, procKb, round, save, signedIn } from '../lib.mjs';
import { Clients, cpuUs, metric } from './clients.mjs';

const MANY = Number(process.argv[2] ?? 10_000);
const IDLE = Number(process.argv[3] ?? 60);
const FEW = 100;
const STORE = 'games';
const average = () => readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' ');

const before = average();
const server = new Server();
await server.start();
const client = await signedIn(server, 'editor');
const clients = new Clients(server, client, STORE);
const edits = async () => {
  const told = await clients.ask('commit 1 20 1');
  return { p50: told.p50_tenths / 10, p99: told.p99_tenths / 10, last_p50: told.last_p50_tenths / 10, last_p99: told.last_p99_tenths / 10, frames: told.frames };
};
const share = async () => {
  const [used, began] = [cpuUs(server.pid), performance.now()];
  const quiet = await clients.ask(`idle ${IDLE}`);
  return { cpu_percent: round((cpuUs(server.pid) - used) / (performance.now() - began) / 10, 2), payload_per_hour: quiet.payload_per_hour };
};
// Later ones bring the cursors that the first one has learned: nobody is sent the whole store ten thousand times.
await clients.ask(`connect ${FEW} warm`);
const few = await edits();
await clients.ask('idle 5');
const alone = procKb(server.pid, 'VmRSS');
const opened = await clients.ask(`connect ${MANY - FEW} warm`);
await clients.ask('idle 5');
const all = procKb(server.pid, 'VmRSS');
const idle = await share();
const many = await edits();
const rss = procKb(server.pid, 'VmRSS');
const open = await metric(server, 'syncstore_socket_links');
clients.end();
await server.stop('SIGKILL');
save('connections', {
  links: MANY, open, open_ms: opened.ms, rss_mb: round(rss / 1000), rss_each_kb: round((all - alone) / (MANY - FEW)), rss_each_after_edits_kb: round((rss - alone) / (MANY - FEW)),
  idle_cpu_percent: idle.cpu_percent, idle_payload_per_hour: idle.payload_per_hour, among_100: few, among_all: many,
  load_average: `${before} at the beginning, ${average()} at the end`,
});
