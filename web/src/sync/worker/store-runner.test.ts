import { describe, expect, it } from 'vitest';
import type { CoreSession, Effect } from './core-session';
import { EFFECT } from './core-session';
import type { Persistence, QueueWrite } from './persistence';
import { StoreRunner } from './store-runner';
import type { RunnerEvents } from './store-runner';

const entry = (number: number): Effect => ({ kind: EFFECT.writeEntry, number, text: '', bytes: new Uint8Array([number]) });
const commit = (number: number): Effect => ({ kind: EFFECT.commitQueue, number, text: '', bytes: new Uint8Array() });
const cache = (number: number): Effect => ({ kind: EFFECT.appendCache, number, text: '', bytes: new Uint8Array([number]) });

/** Storage whose writes end when the test says so, and a session that hands out the effects it was given. */
class World {
  readonly asked: string[] = [];
  readonly told: string[] = [];
  readonly #ends: ((error?: Error) => void)[] = [];
  #effects: Effect[] = [];
  readonly runner: StoreRunner;

  constructor() {
    const write = (name: string): Promise<void> => {
      this.asked.push(name);
      return new Promise((resolve, reject) => this.#ends.push((error) => (error ? reject(error) : resolve())));
    };
    const persistence = {
      writeQueue: (_: string, writes: QueueWrite[]) => write(`edits ${writes.map((one) => one.number).join(' ')}`),
      appendCache: (_: string, bytes: Uint8Array) => write(`cache ${bytes.join(' ')}`),
    } as unknown as Persistence;
    const session = {
      takeEffects: () => this.#effects.splice(0),
      queueWritten: (number: number, ok: boolean) => this.told.push(`${number} ${ok ? 'stored' : 'not stored'}`),
      cacheWritten: (number: number) => this.told.push(`cache ${number}`),
    } as unknown as CoreSession;
    const events = { storage: () => undefined } as unknown as RunnerEvents;
    this.runner = new StoreRunner('gifts', session, persistence, events);
  }

  causes(...effects: Effect[]): void {
    this.runner.run(() => this.#effects.push(...effects));
  }

  async ends(error?: Error): Promise<void> {
    await this.#settled();
    this.#ends.shift()?.(error);
    await this.#settled();
  }

  async #settled(): Promise<void> {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  }
}

describe('edits that come faster than storage takes them', () => {
  it('are stored together, in the order in which they were made, and each is told of', async () => {
    const world = new World();
    world.causes(entry(1), commit(1));
    await Promise.resolve();
    world.causes(entry(2), commit(2));
    world.causes(entry(3), entry(4), commit(3));
    world.causes(entry(2), commit(4));
    expect(world.asked).toEqual(['edits 1']);
    await world.ends();
    expect(world.told).toEqual(['1 stored']);
    expect(world.asked).toEqual(['edits 1', 'edits 2 3 4 2']);
    await world.ends();
    expect(world.told).toEqual(['1 stored', '2 stored', '3 stored', '4 stored']);
  });

  it('never overtake what was asked before them', async () => {
    const world = new World();
    world.causes(entry(1), commit(1));
    await Promise.resolve();
    world.causes(entry(2), commit(2), cache(7), entry(3), commit(3));
    world.causes(entry(4), commit(4));
    for (let turn = 0; turn < 4; turn += 1) await world.ends();
    expect(world.asked).toEqual(['edits 1', 'edits 2', 'cache 7', 'edits 3 4']);
    expect(world.told).toEqual(['1 stored', '2 stored', 'cache 7', '3 stored', '4 stored']);
  });

  it('are each told when storage did not take them', async () => {
    const world = new World();
    world.causes(entry(1), commit(1));
    await Promise.resolve();
    world.causes(entry(2), commit(2));
    world.causes(entry(3), commit(3));
    await world.ends();
    await world.ends(new DOMException('no room', 'QuotaExceededError'));
    world.causes(entry(4), commit(4));
    await world.ends();
    expect(world.told).toEqual(['1 stored', '2 not stored', '3 not stored', '4 stored']);
  });
});
