import { describe, expect, it, vi } from 'vitest';
import { parseSheet, writeSheet } from './sheet-text';
import { forSeeds, type Random } from './test-random';

// Many cases on a machine that does other things as well: slow is not wrong.
vi.setConfig({ testTimeout: 60_000 });

const PIECES = ['a', 'Mug', '"', '""', '\t', '\n', ' ', '5 inch', ',', '£', 'ü', '漢', "'", '=1+1', ''];

const someText = (random: Random): string => Array.from({ length: random.below(6) }, () => random.pick(PIECES)).join('');

describe('cells on the clipboard', () => {
  it('read back what was written, whatever is in the cells', () => {
    forSeeds(2_000, (random) => {
      const width = 1 + random.below(5);
      const rows = Array.from({ length: 1 + random.below(5) }, () => Array.from({ length: width }, () => someText(random)));
      expect(parseSheet(writeSheet(rows))).toEqual(rows);
    });
  });
  it('are rows and cells whatever text comes, and lose no letter of it', () => {
    forSeeds(2_000, (random) => {
      const text = Array.from({ length: random.below(12) }, () => random.pick([...PIECES, '\r\n', '\r'])).join('');
      const rows = parseSheet(text);
      expect(rows.length).toBeGreaterThan(0);
      const letters = (from: string) => from.replace(/["\t\r\n]/g, '');
      expect(rows.map((row) => letters(row.join(''))).join('')).toBe(letters(text));
    });
  });
  it.each([
    ['a\tb\r\nc\td\r\n', [['a', 'b'], ['c', 'd']]],
    ['a\tb\nc\td', [['a', 'b'], ['c', 'd']]],
    ['"two\nlines"\tb\n', [['two\nlines', 'b']]],
    ['"two\r\nlines"\r\n', [['two\nlines']]],
    ['"he said ""no"""\tx', [['he said "no"', 'x']]],
    ['"5 inch" mug\t1', [['"5 inch" mug', '1']]],
    ['"never closed\tb\nc', [['"never closed', 'b'], ['c']]],
    ['\t\n', [['', '']]],
    ['', [['']]],
    ['a\n\nb', [['a'], [''], ['b']]],
  ])('%j', (text, rows) => {
    expect(parseSheet(text)).toEqual(rows);
  });
  it('are read in one pass, however many quotes open and none closes', () => {
    const rows = parseSheet('"a\t'.repeat(2_000));
    expect(rows[0]).toHaveLength(2_001);
  });
});
