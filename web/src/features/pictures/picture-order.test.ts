import { describe, expect, it } from 'vitest';
import { moveTo, type Placed } from './picture-order';

const placed = (...positions: (string | null)[]): Placed[] => positions.map((position, index) => ({ id: 'abcdef'[index] ?? '', position }));

/** The ids in the order that the writes lead to. */
function order(pictures: Placed[], writes: { id: string; position: string }[]): string {
  const now = new Map(pictures.map(({ id, position }) => [id, position]));
  for (const { id, position } of writes) now.set(id, position);
  return [...now].sort(([, a], [, b]) => Number(a ?? Infinity) - Number(b ?? Infinity)).map(([id]) => id).join('');
}

describe('moving a picture', () => {
  it('writes one position where there is room', () => {
    const pictures = placed('1', '2', '3', '4');
    expect(moveTo(pictures, 3, 0)).toEqual([{ id: 'd', position: '0' }]);
    expect(moveTo(pictures, 0, 3)).toEqual([{ id: 'a', position: '5' }]);
    expect(moveTo(pictures, 3, 1)).toEqual([{ id: 'd', position: '1.5' }]);
    expect(moveTo(pictures, 0, 1)).toEqual([{ id: 'a', position: '2.5' }]);
  });

  it('leads to the wanted order from anywhere to anywhere', () => {
    for (const positions of [['1', '2', '3', '4'], ['1', '1.0001', '1.0002', '2'], ['1', '1', '1', '1'], ['-3', '0', null, null]]) {
      for (let from = 0; from < 4; from += 1) {
        for (let to = 0; to < 4; to += 1) {
          const pictures = placed(...positions);
          if (from === to) continue;
          const wanted = [...'abcd'];
          wanted.splice(to, 0, ...wanted.splice(from, 1));
          expect(order(pictures, moveTo(pictures, from, to)), `${positions.join()} ${from} to ${to}`).toBe(wanted.join(''));
        }
      }
    }
  });

  it('leaves alone what does not move', () => {
    expect(moveTo(placed('1', '2'), 1, 1)).toEqual([]);
    expect(moveTo(placed('1', '2'), 0, -1)).toEqual([]);
    expect(moveTo(placed('1', '2'), 1, 2)).toEqual([]);
    expect(moveTo([], 0, 0)).toEqual([]);
  });
});
