import { describe, expect, it } from 'vitest';
import { keyOnCell, keyWhileEditing, type Key } from './grid-keys';

const press = (key: string, more: Partial<Key> = {}): Key => ({ key, ctrl: false, shift: false, alt: false, ...more });

describe('a key on a cell', () => {
  it('moves by arrows and extends the selection only up and down', () => {
    expect(keyOnCell(press('ArrowDown'), 'none')).toEqual({ do: 'move', rows: 1, columns: 0, extend: false });
    expect(keyOnCell(press('ArrowUp', { shift: true }), 'text')).toEqual({ do: 'move', rows: -1, columns: 0, extend: true });
    expect(keyOnCell(press('ArrowLeft', { shift: true }), 'text')).toEqual({ do: 'move', rows: 0, columns: -1, extend: false });
  });
  it('opens the row on Enter where nothing can be edited, else edits', () => {
    expect(keyOnCell(press('Enter'), 'none')).toEqual({ do: 'open' });
    expect(keyOnCell(press('Enter'), 'number')).toEqual({ do: 'edit', start: null });
    expect(keyOnCell(press('Enter', { shift: true }), 'number')).toEqual({ do: 'open' });
  });
  it('begins editing with what was typed', () => {
    expect(keyOnCell(press('n'), 'text')).toEqual({ do: 'edit', start: 'n' });
    expect(keyOnCell(press('7'), 'number')).toEqual({ do: 'edit', start: '7' });
    expect(keyOnCell(press('£'), 'number')).toEqual({ do: 'edit', start: '£' });
  });
  it('keeps letters as shortcuts where they cannot begin a value', () => {
    expect(keyOnCell(press('n'), 'number')).toEqual({ do: 'create' });
    expect(keyOnCell(press('n'), 'none')).toEqual({ do: 'create' });
    expect(keyOnCell(press('g'), 'number')).toBeNull();
    expect(keyOnCell(press('7'), 'none')).toBeNull();
  });
  it.each([['/', 'search'], ['.', 'show-held'], [' ', 'select']])('means the same in every cell: %s', (key, what) => {
    for (const cell of ['none', 'text', 'number', 'choice'] as const) expect(keyOnCell(press(key), cell)).toEqual({ do: what });
  });
  it('pages, removes and goes to edges', () => {
    expect(keyOnCell(press('PageDown'), 'text')).toEqual({ do: 'page', by: 1 });
    expect(keyOnCell(press('Delete'), 'text')).toEqual({ do: 'remove' });
    expect(keyOnCell(press('End', { ctrl: true }), 'text')).toEqual({ do: 'edge', to: 'last' });
  });
  it('leaves combinations to the browser and the app', () => {
    expect(keyOnCell(press('z', { ctrl: true }), 'text')).toBeNull();
    expect(keyOnCell(press('d', { alt: true }), 'text')).toBeNull();
    expect(keyOnCell(press('F8'), 'text')).toBeNull();
  });
});

describe('a key while a cell is edited', () => {
  it('commits down, up, right, left or stays', () => {
    expect(keyWhileEditing(press('Enter'))).toEqual({ do: 'commit', then: 'down' });
    expect(keyWhileEditing(press('Enter', { shift: true }))).toEqual({ do: 'commit', then: 'up' });
    expect(keyWhileEditing(press('Tab'))).toEqual({ do: 'commit', then: 'right' });
    expect(keyWhileEditing(press('Tab', { shift: true }))).toEqual({ do: 'commit', then: 'left' });
    expect(keyWhileEditing(press('s', { ctrl: true }))).toEqual({ do: 'commit', then: 'stay' });
  });
  it('restores on Escape and lets every other key type', () => {
    expect(keyWhileEditing(press('Escape'))).toEqual({ do: 'cancel' });
    expect(keyWhileEditing(press('ArrowLeft'))).toBeNull();
    expect(keyWhileEditing(press('s'))).toBeNull();
  });
});
