import { describe, expect, it } from 'vitest';
import {
  combinations, COMBINATIONS_MAX, missingCombinations, placeBetween, readPairs, readValues, variantName, variantSku, writePairs,
} from './variant-options';

const size = { name: 'Size', values: ['S', 'M'] };
const colour = { name: 'Colour', values: ['Red', 'Blue'] };

describe('variants from options', () => {
  it('are every combination, the first option changing slowest', () => {
    expect(combinations([size, colour]).map(variantName)).toEqual(['S / Red', 'S / Blue', 'M / Red', 'M / Blue']);
  });
  it('leave out empty options, and are none when there are too many', () => {
    expect(combinations([size, { name: '', values: ['x'] }, { name: 'Empty', values: [] }])).toEqual([{ Size: 'S' }, { Size: 'M' }]);
    const many = { name: 'N', values: Array.from({ length: COMBINATIONS_MAX + 1 }, (_, n) => String(n)) };
    expect(combinations([many])).toEqual([]);
    expect(combinations([])).toEqual([]);
  });
  it('are made once, whatever the order and case of what is there', () => {
    expect(missingCombinations([size, colour], [{ colour: 'red', size: 's' }, { Size: 'M', Colour: 'Blue' }]).map(variantName)).toEqual(['S / Blue', 'M / Red']);
  });
  it('have a code only where the product has one', () => {
    expect(variantSku('MUG', { Size: 'X L', Colour: 'Bleu clair' })).toBe('MUG-XL-BLEUCLAIR');
    expect([variantSku(null, { Size: 'S' }), variantSku('MUG', { Size: '小' })]).toEqual([null, null]);
  });
  it('reads values and pairs as people write them, and back', () => {
    expect(readValues(' S, M,,S ')).toEqual(['S', 'M']);
    expect(readPairs('Size: L, Link: a:b')).toEqual({ ok: true, value: { Size: 'L', Link: 'a:b' } });
    expect(readPairs('')).toEqual({ ok: true, value: null });
    expect(readPairs('Size').ok).toBe(false);
    expect(writePairs({ Size: 'L', Colour: 'Red' })).toBe('Size: L, Colour: Red');
  });
});

describe('places', () => {
  it('lie between their neighbours, or after the last', () => {
    expect([placeBetween(null, null), placeBetween('3', null), placeBetween('3.5', null), placeBetween(null, '1'), placeBetween('1', '2')]).toEqual(['1', '4', '4', '0.5', '1.5']);
  });
  it('stay in order however often one is put at the same spot, until there is no room', () => {
    let low = '1';
    let steps = 0;
    for (let next = placeBetween(low, '2'); next !== null; next = placeBetween(low, '2')) {
      expect(Number(next)).toBeGreaterThan(Number(low));
      expect(Number(next)).toBeLessThan(2);
      low = next;
      steps += 1;
    }
    expect(steps).toBeGreaterThan(10);
  });
});
