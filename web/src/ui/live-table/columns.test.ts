import { describe, expect, it } from 'vitest';
import { fieldInfo } from '../fields';
import { arrange, cellKind, readChoice, type Column } from './columns';

const column = (name: string, more: Partial<Column> = {}): Column => ({ field: fieldInfo('products', name), width: 100, editable: true, ...more });
const columns = [column('title', { fixed: true }), column('sku'), column('price')];
const names = (list: Column[]) => list.map((one) => one.field.name);

describe('columns of a person', () => {
  it('stand as designed until somebody chooses', () => {
    expect(names(arrange(columns, readChoice('{}')))).toEqual(['title', 'sku', 'price']);
  });
  it('follow the kept order, hide what is hidden, keep what is fixed', () => {
    const choice = readChoice(JSON.stringify({ order: ['price', 'title', 'sku'], hidden: ['sku', 'title'], widths: { price: 9999 } }));
    const shown = arrange(columns, choice);
    expect(names(shown)).toEqual(['price', 'title']);
    expect(shown[0]?.width).toBe(720);
  });
  it('put columns of a newer version at the end', () => {
    expect(names(arrange(columns, readChoice('{"order":["price"]}')))).toEqual(['price', 'title', 'sku']);
  });
  it.each(['', 'null', '[]', '{"order":3,"hidden":null,"widths":{"a":"b"}}'])('survive damaged choices: %s', (text) => {
    expect(readChoice(text)).toEqual({ order: [], hidden: [], widths: {} });
  });
  it('know what can be typed into them', () => {
    expect(cellKind(column('price'), true)).toBe('number');
    expect(cellKind(column('status'), true)).toBe('choice');
    expect(cellKind(column('title'), true)).toBe('text');
    expect(cellKind(column('title'), false)).toBe('none');
  });
});
