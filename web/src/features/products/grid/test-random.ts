// Many small cases from one seed: a failing one is found again by its number.

export interface Random {
  below: (count: number) => number;
  pick: <T>(items: readonly T[]) => T;
}

export function randomOf(seed: number): Random {
  let state = seed + 0x6d2b79f5;
  const below = (count: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % count;
  };
  return { below, pick: (items) => items[below(items.length)]! };
}

export function forSeeds(count: number, check: (random: Random, seed: number) => void): void {
  for (let seed = 1; seed <= count; seed += 1) {
    try {
      check(randomOf(seed), seed);
    } catch (error) {
      throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
    }
  }
}
