import { describe, expect, it } from 'vitest';
import type { Row } from '../../sync/types';
import { fieldInfo } from '../fields';
import { draftOps, prepare, typeInto } from './use-draft';

const price = fieldInfo('products', 'price');
const title = fieldInfo('products', 'title');
const row = (fields: Row['fields']): Row => ({
  id: '0000000000001', fields, marks: {}, reasons: {}, conflicts: {}, version: 1, changedAt: null, changedBy: null,
  foreign: {}, removed: null, placed: true,
});

describe('an open form', () => {
  it('remembers what stood there when typing began', () => {
    const first = typeInto({}, price, '10', '9.5');
    const second = typeInto(first, price, '11', '12');
    expect(second['price']).toEqual({ text: '11', seen: '9.5' });
  });
  it('forgets a field that was typed back', () => {
    expect(typeInto(typeInto({}, price, '10', '9.5'), price, '9.50', '9.5')).toEqual({});
  });
  it('saves changed fields only', () => {
    const draft = typeInto({}, price, '10', '9.5');
    const prepared = prepare([title, price], draft);
    expect(prepared).toEqual({ ok: true, values: { price: '10' } });
    expect(draftOps('products', row({ title: 'Mug', price: '9.5' }), draft, { price: '10' })).toEqual([
      { op: 'set', collection: 'products', id: '0000000000001', field: 'price', to: '10', from: '9.5' },
    ]);
  });
  it('tells what the author saw when the value moved meanwhile', () => {
    const draft = typeInto({}, price, '10', '9.5');
    expect(draftOps('products', row({ price: '12' }), draft, { price: '10' })[0]).toMatchObject({ from: '9.5', to: '10' });
  });
  it('changes a list entry by entry', () => {
    const tags = fieldInfo('products', 'tags');
    const draft = typeInto({}, tags, 'blue, red', ['green', 'red']);
    expect(draftOps('products', row({ tags: ['green', 'red', 'new'] }), draft, { tags: ['blue', 'red'] })).toEqual([
      { op: 'list_remove', collection: 'products', id: '0000000000001', field: 'tags', value: 'green' },
      { op: 'list_add', collection: 'products', id: '0000000000001', field: 'tags', value: 'blue' },
    ]);
  });
  it('names every wrong field', () => {
    const draft = typeInto(typeInto({}, price, 'abc', '9.5'), title, '', 'Mug');
    const prepared = prepare([title, price], draft);
    expect(prepared.ok ? [] : Object.keys(prepared.problems)).toEqual(['title', 'price']);
  });
});
