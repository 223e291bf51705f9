import { describe, expect, it, vi } from 'vitest';
import { bounds, clampRange, contains, moved, nextSpot, only, placeText, spotsIn, type Range, type Size } from './range';
import { forSeeds, type Random } from './test-random';

// Many cases on a machine that does other things as well: slow is not wrong.
vi.setConfig({ testTimeout: 60_000 });

const someSize = (random: Random): Size => ({ rows: 1 + random.below(8), columns: 1 + random.below(6) });
const someSpot = (random: Random, size: Size) => ({ row: random.below(size.rows), column: random.below(size.columns) });
const someRange = (random: Random, size: Size): Range => ({ anchor: someSpot(random, size), head: someSpot(random, size) });

describe('a range of cells', () => {
  it('stays inside the grid however it is moved, and keeps its corner while it grows', () => {
    forSeeds(300, (random) => {
      const size = someSize(random);
      let range = someRange(random, size);
      for (let step = 0; step < 10; step += 1) {
        const extend = random.below(2) === 1;
        const next = moved(range, random.below(7) - 3, random.below(7) - 3, extend, size);
        expect(next.anchor).toEqual(extend ? range.anchor : next.head);
        range = next;
        const area = bounds(range);
        expect(area.top >= 0 && area.left >= 0 && area.bottom < size.rows && area.right < size.columns).toBe(true);
        expect(contains(area, range.head) && contains(area, range.anchor)).toBe(true);
        expect(spotsIn(area)).toHaveLength((area.bottom - area.top + 1) * (area.right - area.left + 1));
      }
    });
  });
  it('is put back into a grid that has become smaller', () => {
    expect(clampRange({ anchor: { row: 9, column: 2 }, head: { row: 3, column: 7 } }, { rows: 5, columns: 4 }))
      .toEqual({ anchor: { row: 4, column: 2 }, head: { row: 3, column: 3 } });
    expect(clampRange(only({ row: 3, column: 3 }), { rows: 0, columns: 0 })).toEqual(only({ row: 0, column: 0 }));
  });
  it('visits every cell once in reading order, and ends', () => {
    forSeeds(200, (random) => {
      const size = someSize(random);
      const seen: string[] = [];
      for (let spot: { row: number; column: number } | null = { row: 0, column: 0 }; spot; spot = nextSpot(spot, 1, size)) seen.push(`${spot.row}:${spot.column}`);
      expect(new Set(seen).size).toBe(size.rows * size.columns);
      expect(nextSpot({ row: 0, column: 0 }, -1, size)).toBeNull();
    });
  });
});

describe('pasted text', () => {
  it('fills whole multiples of itself, never leaves the grid, and says what it cut', () => {
    forSeeds(500, (random) => {
      const size = someSize(random);
      const area = bounds(someRange(random, size));
      const width = 1 + random.below(4);
      const text = Array.from({ length: 1 + random.below(4) }, (_, row) => Array.from({ length: width }, (_cell, column) => `${row}:${column}`));
      const placed = placeText(text, area, size);
      for (const { spot, text: value } of placed.cells) {
        expect(spot.row >= area.top && spot.row < size.rows && spot.column >= area.left && spot.column < size.columns).toBe(true);
        expect(contains(placed.area, spot)).toBe(true);
        expect(value).toBe(text[(spot.row - area.top) % text.length]?.[(spot.column - area.left) % width]);
      }
      const height = placed.area.bottom - placed.area.top + 1 + placed.cutRows;
      expect(height % text.length).toBe(0);
      expect(placed.cells).toHaveLength(new Set(placed.cells.map(({ spot }) => `${spot.row}:${spot.column}`)).size);
    });
  });
  it('leaves cells alone that a short row has nothing for', () => {
    const placed = placeText([['a', 'b'], ['c']], { top: 0, left: 0, bottom: 0, right: 0 }, { rows: 3, columns: 3 });
    expect(placed.cells.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
  });
});
