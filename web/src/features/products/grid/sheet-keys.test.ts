import { describe, expect, it } from 'vitest';
import { keyInEditor, keyOnSheet, type Key } from './sheet-keys';

const press = (key: string, more: Partial<Key> = {}): Key => ({ key, ctrl: false, shift: false, alt: false, ...more });

describe('a key in the grid', () => {
  it('moves, and with Shift chooses', () => {
    expect(keyOnSheet(press('ArrowRight'), false)).toEqual({ do: 'move', rows: 0, columns: 1, extend: false });
    expect(keyOnSheet(press('ArrowUp', { shift: true }), false)).toEqual({ do: 'move', rows: -1, columns: 0, extend: true });
    expect(keyOnSheet(press('End', { ctrl: true, shift: true }), false)).toEqual({ do: 'edge', to: 'last', extend: true });
  });
  it('goes on by Tab, and leaves the grid after Escape', () => {
    expect(keyOnSheet(press('Tab'), false)).toEqual({ do: 'next', by: 1 });
    expect(keyOnSheet(press('Escape'), false)).toEqual({ do: 'free' });
    expect(keyOnSheet(press('Tab'), true)).toBeNull();
    expect(keyOnSheet(press('Tab', { shift: true }), true)).toBeNull();
  });
  it.each([['d', 'fill'], ['z', 'undo'], ['y', 'redo'], ['s', 'review'], ['a', 'all']])('Ctrl+%s', (key, what) => {
    expect(keyOnSheet(press(key, { ctrl: true }), false)).toMatchObject({ do: what });
  });
  it('takes back what was taken back by Ctrl+Shift+Z', () => {
    expect(keyOnSheet(press('Z', { ctrl: true, shift: true }), false)).toEqual({ do: 'redo' });
  });
  it('leaves copy, cut, paste and everything with Alt to the browser', () => {
    for (const key of ['c', 'x', 'v']) expect(keyOnSheet(press(key, { ctrl: true }), false)).toBeNull();
    expect(keyOnSheet(press('a', { alt: true }), false)).toBeNull();
    expect(keyInEditor(press('Enter', { alt: true }))).toBeNull();
  });
  it('replaces by typing, edits by F2 and Enter, empties by Delete', () => {
    expect(keyOnSheet(press('7'), false)).toEqual({ do: 'edit', start: '7' });
    expect(keyOnSheet(press('F2'), false)).toEqual({ do: 'edit', start: null });
    expect(keyOnSheet(press('Enter'), false)).toEqual({ do: 'edit', start: null });
    expect(keyOnSheet(press('Delete'), false)).toEqual({ do: 'clear' });
    expect(keyOnSheet(press('F5'), false)).toBeNull();
  });
  it('commits in the editor and moves on', () => {
    expect(keyInEditor(press('Enter'))).toEqual({ do: 'commit', then: 'down' });
    expect(keyInEditor(press('Tab', { shift: true }))).toEqual({ do: 'commit', then: 'left' });
    expect(keyInEditor(press('Escape'))).toEqual({ do: 'cancel' });
    expect(keyInEditor(press('z', { ctrl: true }))).toBeNull();
  });
});
