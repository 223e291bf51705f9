import { describe, expect, it } from 'vitest';
import type { Row } from '../../sync/types';
import { batchWords, counted, pieces, PIECE_MAX, type BatchState, type Change } from './batch';
import { membershipChanges, pastedSkus } from './membership';

const change = (id: string): Change => ({ op: { op: 'remove', collection: 'products', id }, title: id, label: 'Product', from: 'there', to: 'removed' });

const product = (id: string, collections: string[] | null): Row => ({
  id, fields: { title: `Product ${id}`, collections }, marks: {}, reasons: {}, conflicts: {}, version: 1, changedAt: null, changedBy: null,
  foreign: {}, removed: null, placed: true,
});

describe('a batch', () => {
  it('goes in pieces of what one mutation holds', () => {
    const all = Array.from({ length: 2 * PIECE_MAX + 1 }, (_, at) => at);
    expect(pieces(all).map((piece) => piece.length)).toEqual([PIECE_MAX, PIECE_MAX, 1]);
    expect(pieces(all).flat()).toEqual(all);
    expect(pieces([])).toEqual([]);
  });
  it('says of each change what became of it', () => {
    const piece = ['a', 'b', 'c', 'd'].map(change);
    const before: BatchState = { total: 5, waiting: 5, saved: 0, conflicts: 0, refused: [] };
    const after = counted(before, piece, { ops: [
      { status: 'applied' }, { status: 'already' }, { status: 'conflict' }, { status: 'refused', code: 'out_of_range', message: 'Not below 0' },
    ] });
    expect(after).toEqual({ total: 5, waiting: 1, saved: 2, conflicts: 1, refused: [{ change: piece[3], why: 'Not below 0' }] });
    expect(batchWords(after)).toBe('2 saved, 1 conflict to decide, 1 refused, 1 waiting to send');
    expect(before.refused).toEqual([]);
  });
  it('takes an answer without a word for a change as refused, never as saved', () => {
    const state = counted({ total: 1, waiting: 1, saved: 0, conflicts: 0, refused: [] }, [change('a')], { ops: [] });
    expect([state.saved, state.refused.length]).toEqual([0, 1]);
  });
});

describe('memberships', () => {
  const summer = { id: 's', title: 'Summer' };
  it('are changed only where they differ', () => {
    const rows = [product('1', null), product('2', ['s']), { ...product('3', null), removed: { by: null, at: null } }];
    expect(membershipChanges(rows, summer, true).map((one) => one.op)).toEqual([
      { op: 'list_add', collection: 'products', id: '1', field: 'collections', value: 's' },
    ]);
    expect(membershipChanges(rows, summer, false).map((one) => one.op)).toEqual([
      { op: 'list_remove', collection: 'products', id: '2', field: 'collections', value: 's' },
    ]);
  });
  it('are pasted in any of the ways people have them', () => {
    expect(pastedSkus('A-1\r\nA-2,"A-3";A-1\tB 4\n\n')).toEqual(['A-1', 'A-2', 'A-3', 'B 4']);
    expect(pastedSkus('  \n')).toEqual([]);
  });
});
