// A bad network: a TCP proxy between browsers and the server with one door per browser. What passes is delayed by chance; between faults
// lie 5 to 30 seconds, and the same seed makes the same faults in the same order. A process of its own, so that a busy driver delays nothing.
//   node proxy.mjs --to PORT [--doors N] [--seed N] [--delay MS] [--jitter MS] [--every MS,MS]
// Says first {"ports":[...]}, then each fault when it begins: {"door","fault","at","until"} (ms since 1970; until: the last moment at which it
// still works on a connection). Reads lines: "start" lets faults begin, "stop" ends them all, "fault DOOR NAME [MS]" makes one.
import net from 'node:net';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { Chance } from './chance.mjs';

const QUEUE_BYTES = 1 << 20;
const DRIP_BYTES = 64;
const DRIP_MS = 50;

/** One direction of a connection: a queue of pieces, each with the moment at which it may go on. */
class Pipe {
  #queue = [];
  #bytes = 0;
  #timer = null;
  #last = 0;
  #ended = false;

  constructor(connection, from, to) {
    Object.assign(this, { connection, from, to });
    from.on('data', (piece) => this.#take(piece));
    from.on('end', () => { this.#ended = true; this.#flush(); });
    from.on('error', () => connection.end());
    from.on('close', () => { this.#ended = true; this.#flush(); });
  }

  #take(piece) {
    if (this.connection.swallows) return;
    const door = this.connection.door;
    this.#last = Math.max(this.#last, Date.now() + door.options.delay + door.chance.next() * door.options.jitter);
    this.#queue.push({ due: this.#last, piece });
    this.#bytes += piece.length;
    if (this.#bytes > QUEUE_BYTES) this.from.pause();
    this.#flush();
  }

  /** Sends what is due; waits for what is not. */
  #flush() {
    if (this.#timer !== null || this.connection.swallows) return;
    const door = this.connection.door;
    while (this.#queue.length > 0) {
      const now = Date.now();
      const due = Math.max(this.#queue[0].due, door.stalledUntil);
      if (due > now) return this.#wait(due - now);
      const drips = door.dripsUntil > now;
      const first = this.#queue[0].piece;
      const piece = drips ? first.subarray(0, DRIP_BYTES) : first;
      if (piece.length === first.length) this.#queue.shift();
      else this.#queue[0].piece = first.subarray(DRIP_BYTES);
      this.#bytes -= piece.length;
      this.#send(piece);
      if (drips) return this.#wait(DRIP_MS);
    }
    if (this.from.isPaused() && this.#bytes < QUEUE_BYTES / 2) this.from.resume();
    if (this.#ended) this.to.end();
  }

  #send(piece) {
    const cut = this.connection.cutAfter;
    if (cut !== null && cut <= piece.length) {
      this.to.write(piece.subarray(0, cut));
      return this.connection.reset();
    }
    if (cut !== null) this.connection.cutAfter -= piece.length;
    if (!this.to.destroyed && this.to.writable) this.to.write(piece);
  }

  #wait(ms) {
    this.#timer = setTimeout(() => { this.#timer = null; this.#flush(); }, ms);
  }
}

class Connection {
  swallows = false;
  cutAfter = null;

  constructor(door, client) {
    this.door = door;
    this.client = client;
    this.server = net.connect({ port: door.options.to, host: '127.0.0.1', noDelay: true });
    client.setNoDelay(true);
    this.pipes = [new Pipe(this, client, this.server), new Pipe(this, this.server, client)];
    client.on('close', () => { door.connections.delete(this); });
  }

  end() {
    this.client.destroy();
    this.server.destroy();
  }

  reset() {
    if (!this.client.destroyed) this.client.resetAndDestroy();
    if (!this.server.destroyed) this.server.resetAndDestroy();
  }
}

/** What can happen to a browser's way to the server. Each answers for how many ms it works on. */
const FAULTS = {
  reset(door) {
    for (const one of [...door.connections]) one.reset();
    return 0;
  },
  close(door) {
    for (const one of [...door.connections]) { one.client.end(); one.server.end(); }
    return 0;
  },
  // In the middle of a frame, or of its header.
  cut(door) {
    for (const one of door.connections) one.cutAfter = Math.floor(door.chance.between(1, 400));
    return 5_000;
  },
  // What is sent arrives nowhere and nobody is told; a NAT that forgot.
  half_open(door, ms = door.chance.between(2_000, 12_000)) {
    const taken = [...door.connections];
    for (const one of taken) one.swallows = true;
    setTimeout(() => taken.forEach((one) => one.reset()), ms);
    return ms;
  },
  stall(door, ms = door.chance.between(500, 5_000)) {
    door.stalledUntil = Date.now() + ms;
    return ms;
  },
  drip(door, ms = door.chance.between(1_000, 6_000)) {
    door.dripsUntil = Date.now() + ms;
    return ms;
  },
  refuse(door, ms = door.chance.between(1_000, 5_000)) {
    door.refusesUntil = Date.now() + ms;
    FAULTS.reset(door);
    return ms;
  },
};

class Door {
  connections = new Set();
  stalledUntil = 0;
  dripsUntil = 0;
  refusesUntil = 0;
  #timer = null;

  constructor(number, options) {
    Object.assign(this, { number, options, chance: new Chance(options.seed * 1_000 + number) });
    this.listener = net.createServer((client) => {
      client.on('error', () => {});
      if (Date.now() < this.refusesUntil) return void client.resetAndDestroy();
      this.connections.add(new Connection(this, client));
    });
  }

  async open() {
    await new Promise((opened) => { this.listener.listen(0, '127.0.0.1', opened); });
    return this.listener.address().port;
  }

  fault(name, ms) {
    const at = Date.now();
    const lasts = FAULTS[name](this, ms);
    process.stdout.write(`${JSON.stringify({ door: this.number, fault: name, at, until: at + Math.ceil(lasts) })}\n`);
  }

  begin() {
    const [low, high] = this.options.every;
    this.#timer = setTimeout(() => {
      this.fault(this.chance.one(Object.keys(FAULTS)));
      this.begin();
    }, this.chance.between(low, high));
  }

  rest() {
    clearTimeout(this.#timer);
    this.stalledUntil = this.dripsUntil = this.refusesUntil = 0;
    for (const one of this.connections) {
      one.cutAfter = null;
      if (one.swallows) one.reset();
    }
  }
}

async function main() {
  const { values } = parseArgs({ options: {
    to: { type: 'string' }, doors: { type: 'string', default: '1' }, seed: { type: 'string', default: '1' },
    delay: { type: 'string', default: '5' }, jitter: { type: 'string', default: '40' }, every: { type: 'string', default: '5000,30000' },
  } });
  const options = {
    to: Number(values.to), seed: Number(values.seed), delay: Number(values.delay), jitter: Number(values.jitter),
    every: values.every.split(',').map(Number),
  };
  const doors = Array.from({ length: Number(values.doors) }, (_, number) => new Door(number, options));
  const ports = await Promise.all(doors.map((door) => door.open()));
  process.stdout.write(`${JSON.stringify({ ports })}\n`);
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    const [word, door, name, ms] = line.split(' ');
    if (word === 'start') doors.forEach((one) => one.begin());
    if (word === 'stop') doors.forEach((one) => one.rest());
    if (word === 'fault') doors[Number(door)].fault(name, ms === undefined ? undefined : Number(ms));
  });
  lines.on('close', () => process.exit(0));
}

await main();
