import { describe, expect, it } from 'vitest';
import { decisionOps } from './conflict-actions';

const about = { store: 'gifts', collection: 'products', record: 'P', field: 'price' };
const conflict = { id: 'C', mine: '20' };
const closed = (how: string) => [
  { op: 'set', collection: 'conflicts', id: 'C', field: 'status', from: 'open', to: 'resolved' },
  { op: 'set', collection: 'conflicts', id: 'C', field: 'resolution', to: how },
];

describe('a decision as one edit', () => {
  it('keeps mine, theirs or a third value', () => {
    const set = (to: string) => ({ op: 'set', collection: 'products', id: 'P', field: 'price', to });
    expect(decisionOps(about, conflict, { choice: 'mine' })).toEqual([...closed('mine'), set('20')]);
    expect(decisionOps(about, conflict, { choice: 'value', value: '25' })).toEqual([...closed('value'), set('25')]);
    expect(decisionOps(about, conflict, { choice: 'theirs' })).toEqual(closed('theirs'));
  });
});
