import { describe, expect, it } from 'vitest';
import type { Row } from '../../sync/types';
import { parentThatStays, removeChanges, renameChanges, type Branch } from './category-changes';
import { isBelow, missingPaths, renamed, tidyPath } from './category-kind';

const row = (id: string, fields: Row['fields']): Row => ({
  id, fields, marks: {}, reasons: {}, conflicts: {}, version: 1, changedAt: null, changedBy: null, foreign: {}, removed: null, placed: true,
});

const branch = (others: string[] = []): Branch => ({
  categories: [row('c1', { path: 'Home' }), row('c2', { path: 'Home > Kitchen' })],
  products: [row('p1', { title: 'Mug', category: 'Home > Kitchen' }), row('p2', { title: 'Chair', category: 'Home' })],
  others: new Set(others), cut: false,
});

describe('names of categories', () => {
  it('are written one way', () => {
    expect(tidyPath(' Home>Kitchen  >  Tea  cups ')).toBe('Home > Kitchen > Tea cups');
    expect(tidyPath(' > ')).toBeNull();
  });
  it('stand below others only by whole names', () => {
    expect(isBelow('Home > Kitchen', 'Home')).toBe(true);
    expect(isBelow('Homeware > Kitchen', 'Home')).toBe(false);
    expect(renamed('Homeware', 'Home', 'House')).toBeNull();
    expect(renamed('Home > Kitchen', 'Home', 'House')).toBe('House > Kitchen');
  });
  it('that products use are added with their parents, once', () => {
    expect(missingPaths(['A > B > C', 'A > B', 'D'], new Set(['A']))).toEqual(['A > B', 'A > B > C', 'D']);
  });
});

describe('renaming', () => {
  it('takes everything below and every product along', () => {
    const changes = renameChanges(branch(), 'Home', 'House');
    expect(changes.map((change) => change.op)).toEqual([
      { op: 'set', collection: 'categories', id: 'c1', field: 'path', to: 'House', from: 'Home' },
      { op: 'set', collection: 'categories', id: 'c2', field: 'path', to: 'House > Kitchen', from: 'Home > Kitchen' },
      { op: 'set', collection: 'products', id: 'p1', field: 'category', to: 'House > Kitchen', from: 'Home > Kitchen' },
      { op: 'set', collection: 'products', id: 'p2', field: 'category', to: 'House', from: 'Home' },
    ]);
  });
  it('into a name that exists leaves one category of that name', () => {
    const [first, second] = renameChanges(branch(['House']), 'Home', 'House');
    expect([first?.op.op, second?.op.op]).toEqual(['remove', 'set']);
  });
});

describe('removing', () => {
  it('moves products to the nearest category that stays, or leaves them without one, or as they are', () => {
    const only = { ...branch(), categories: [row('c2', { path: 'Home > Kitchen' })], products: [row('p1', { title: 'Mug', category: 'Home > Kitchen' })] };
    expect(removeChanges(only, 'parent').map((change) => change.to)).toEqual(['Home', 'removed']);
    expect(removeChanges(only, 'none').map((change) => change.to)).toEqual(['–', 'removed']);
    expect(removeChanges(only, 'keep').map((change) => change.op.op)).toEqual(['remove']);
    expect(parentThatStays('A > B > C', new Set(['A > B', 'A > B > C']))).toBe('A');
    expect(parentThatStays('A', new Set(['A']))).toBeNull();
  });
});
