import type { ClipboardEvent } from 'react';
import { plural } from '../../../ui/format';
import { toast } from '../../../ui/toasts';
import { placeText, spotsIn, type Bounds, type Placed, type Size, type Spot } from './range';
import { parseSheet, PASTE_MAX_CHARS, writeSheet } from './sheet-text';

/** Puts the chosen cells on the clipboard; how many they are. */
export function copyCells(event: ClipboardEvent, area: Bounds, textAt: (spot: Spot) => string): number {
  const lines: string[][] = [];
  for (let row = area.top; row <= area.bottom; row += 1) lines.push(spotsIn({ ...area, top: row, bottom: row }).map(textAt));
  event.clipboardData.setData('text/plain', writeSheet(lines));
  event.preventDefault();
  return lines.length * (lines[0]?.length ?? 0);
}

/** What the clipboard holds, placed into the grid; null when that is nothing, or too much. */
export function pastedCells(event: ClipboardEvent, area: Bounds, size: Size): Placed | null {
  event.preventDefault();
  const text = event.clipboardData.getData('text/plain');
  if (text === '') return null;
  if (text.length > PASTE_MAX_CHARS) {
    toast('This is too much for one paste. Paste it in parts.');
    return null;
  }
  const placed = placeText(parseSheet(text), area, size);
  const left = placed.cutRows + placed.cutColumns;
  if (left > 0) {
    const parts = [placed.cutRows > 0 ? plural(placed.cutRows, 'row') : '', placed.cutColumns > 0 ? plural(placed.cutColumns, 'column') : ''];
    toast(`${parts.filter(Boolean).join(' and ')} of the pasted text did not fit here and ${left === 1 ? 'was' : 'were'} left out`);
  }
  return placed;
}
