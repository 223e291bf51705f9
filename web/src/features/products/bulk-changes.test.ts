import { describe, expect, it } from 'vitest';
import type { Row } from '../../sync/types';
import { bulkChanges, NOTHING_PLANNED } from './bulk-changes';

const product = (id: string, fields: Row['fields']): Row => ({
  id, fields: { title: `Mug ${id}`, ...fields }, marks: {}, reasons: {}, conflicts: {}, version: 1, changedAt: null, changedBy: null, foreign: {},
  removed: null, placed: true,
});

describe('a change of many products', () => {
  it('is one difference for each field that differs, with what was seen', () => {
    const rows = [product('1', { status: 'Active', category: 'A' }), product('2', { status: 'Inactive', category: null })];
    const { changes } = bulkChanges(rows, { ...NOTHING_PLANNED, status: 'Inactive', category: 'A' });
    expect(changes.map((change) => change.op)).toEqual([
      { op: 'set', collection: 'products', id: '1', field: 'status', to: 'Inactive', from: 'Active' },
      { op: 'set', collection: 'products', id: '2', field: 'category', to: 'A', from: null },
    ]);
  });
  it('names products without a price to begin with', () => {
    const { changes, without } = bulkChanges([product('1', { price: '10' }), product('2', { price: null })], {
      ...NOTHING_PLANNED, price: { mode: 'percent', value: '5', rounding: 'cent' },
    });
    expect([changes.map((change) => change.to), without.map((row) => row.id)]).toEqual([['10.50'], ['2']]);
  });
  it('removes, and then does nothing else; what is gone already is left alone', () => {
    const rows = [product('1', {}), { ...product('2', {}), removed: { by: null, at: null } }];
    const { changes } = bulkChanges(rows, { ...NOTHING_PLANNED, status: 'Active', remove: true });
    expect(changes.map((change) => change.op)).toEqual([{ op: 'remove', collection: 'products', id: '1' }]);
  });
  it('takes a category away', () => {
    const { changes } = bulkChanges([product('1', { category: 'A' }), product('2', { category: null })], { ...NOTHING_PLANNED, category: '' });
    expect(changes.map((change) => [change.op, change.to])).toEqual([
      [{ op: 'set', collection: 'products', id: '1', field: 'category', to: null, from: 'A' }, '–'],
    ]);
  });
});
