// The state of the grid: what is chosen, the one cell that is being typed in, what is staged and can be taken back.
import { useCallback, useMemo, useRef, useState, type ClipboardEvent } from 'react';
import type { Row } from '../../../sync';
import { announce } from '../../../ui/announcer';
import { parseField } from '../../../ui/fields';
import { plural } from '../../../ui/format';
import { toast } from '../../../ui/toasts';
import type { SheetColumn } from './grid-columns';
import { bounds, clampRange, moved, nextSpot, only, placeText, spotsIn, START, type Bounds, type Range, type Size, type Spot } from './range';
import { parseSheet, PASTE_MAX_CHARS, writeSheet } from './sheet-text';
import type { SheetAction, Then } from './sheet-keys';
import { STAGED_MAX_CELLS, type StagedStore } from './staged-store';
import { applyStep, cellAt, copyText, stageCells, type CellStep, type TypedCell } from './staging';
import { doAgain, emptyStack, pushStep, takeBack, type UndoStack } from './undo-stack';

export interface SheetEdit {
  id: string;
  field: string;
  text: string;
  typed: boolean;
  problem: string | null;
}

const THEN: Record<Then, [number, number]> = { down: [1, 0], up: [-1, 0], right: [0, 1], left: [0, -1], stay: [0, 0] };
const FAR = 100_000;

interface SheetProps {
  rows: readonly Row[];
  columns: readonly SheetColumn[];
  staged: StagedStore;
  titleOf: (row: Row) => string;
  onReview: () => void;
}

export function useSheet({ rows, columns, staged, titleOf, onReview }: SheetProps) {
  const size: Size = useMemo(() => ({ rows: rows.length, columns: columns.length }), [rows.length, columns.length]);
  const [wanted, setRange] = useState<Range>(START);
  const range = clampRange(wanted, size);
  const [editing, setEditing] = useState<SheetEdit | null>(null);
  const [free, setFree] = useState(false);
  const [undo, setUndo] = useState<UndoStack<CellStep[]>>(emptyStack);
  const wantsFocus = useRef(false);

  /** Once after every choice: the active cell is to be focused. */
  const takesFocus = (): boolean => {
    const wanted = wantsFocus.current;
    wantsFocus.current = false;
    return wanted;
  };

  const choose = useCallback((next: Range) => {
    wantsFocus.current = true;
    setFree(false);
    setRange(next);
  }, []);

  /** One step of everything that is typed into these cells; rows that are gone take nothing. */
  const stage = useCallback((cells: readonly { spot: Spot; text: string }[], what: string): void => {
    const typed = cells.flatMap(({ spot, text }): TypedCell[] => {
      const [row, column] = [rows[spot.row], columns[spot.column]];
      if (!row || !column || row.removed) return [];
      return [{ id: row.id, title: titleOf(row), field: column.field, text, shown: row.fields[column.field.name] ?? null }];
    });
    let step: CellStep[] = [];
    const taken = staged.update((now) => {
      const next = stageCells(now, typed);
      step = next.step;
      return next.staged;
    });
    if (!taken) return toast(`At most ${plural(STAGED_MAX_CELLS, 'change')} can be staged. Save these first.`);
    if (step.length === 0) return;
    setUndo((stack) => pushStep(stack, step));
    if (cells.length > 1) announce(`${what} ${plural(step.length, 'cell')}`);
  }, [rows, columns, staged, titleOf]);

  const spotOf = (edit: SheetEdit): Spot | null => {
    const spot = { row: rows.findIndex((row) => row.id === edit.id), column: columns.findIndex((column) => column.field.name === edit.field) };
    return spot.row < 0 || spot.column < 0 ? null : spot;
  };

  /** What was typed is staged as it is: what is wrong with it is said beside it, and nothing typed is lost. */
  const commit = (then: Then | null): void => {
    if (!editing) return;
    const spot = spotOf(editing);
    setEditing(null);
    if (!spot) return;
    stage([{ spot, text: editing.text }], 'Changed');
    if (then) choose(moved(only(spot), ...THEN[then], false, size));
  };

  const begin = (start: string | null): void => {
    const [row, column] = [rows[range.head.row], columns[range.head.column]];
    if (!row || !column || row.removed) return;
    const { field } = column;
    // A choice is not typed letter by letter: its first letter chooses it.
    if (start !== null && field.kind === 'choice') {
      const found = field.choices?.find((choice) => choice.toLowerCase().startsWith(start.toLowerCase()));
      if (found) stage([{ spot: range.head, text: found }], 'Changed');
      return;
    }
    const text = start ?? copyText(field, cellAt(staged.get(), row.id, field.name), row.fields[field.name] ?? null);
    setEditing({ id: row.id, field: field.name, text, typed: start !== null, problem: null });
  };

  const change = (text: string): void => {
    const field = columns.find((column) => column.field.name === editing?.field)?.field;
    if (!editing || !field) return;
    const parsed = parseField(field, text);
    setEditing({ ...editing, text, problem: parsed.ok ? null : parsed.message });
  };

  const textAt = (spot: Spot): string => {
    const [row, column] = [rows[spot.row], columns[spot.column]];
    return row && column ? copyText(column.field, cellAt(staged.get(), row.id, column.field.name), row.fields[column.field.name] ?? null) : '';
  };

  const fillDown = (): void => {
    const area = bounds(range);
    const from = area.top === area.bottom ? area.top - 1 : area.top;
    if (from < 0) return;
    stage(spotsIn({ ...area, top: from + 1 }).map((spot) => ({ spot, text: textAt({ row: from, column: spot.column }) })), 'Filled');
  };

  const step = (direction: 'undo' | 'redo'): void => {
    const found = direction === 'undo' ? takeBack(undo) : doAgain(undo);
    if (!found) return announce(direction === 'undo' ? 'Nothing staged to undo' : 'Nothing to do again');
    staged.update((now) => applyStep(now, direction === 'undo' ? [...found.step].reverse() : found.step, direction === 'undo' ? 'before' : 'after'));
    setUndo(found.stack);
    announce(`${direction === 'undo' ? 'Undone' : 'Done again'}: ${plural(found.step.length, 'cell')}`);
  };

  const clear = (): void => stage(spotsIn(bounds(range)).map((spot) => ({ spot, text: '' })), 'Emptied');

  const edge = (to: 'row-start' | 'row-end' | 'first' | 'last', extend: boolean): void => {
    const rowsBy = to === 'first' ? -FAR : to === 'last' ? FAR : 0;
    choose(moved(range, rowsBy, to === 'row-start' || to === 'first' ? -FAR : FAR, extend, size));
  };

  /** False when the key is not the grid's. */
  const run = (action: SheetAction): boolean => {
    switch (action.do) {
      case 'move': choose(moved(range, action.rows, action.columns, action.extend, size)); break;
      case 'edge': edge(action.to, action.extend); break;
      case 'next': {
        const next = nextSpot(range.head, action.by, size);
        // Behind the last cell Tab leads on to what follows the grid.
        if (!next) return false;
        choose(only(next));
        break;
      }
      case 'edit': begin(action.start); break;
      case 'commit': commit(action.then); break;
      case 'cancel':
        setEditing(null);
        choose(only(range.head));
        break;
      case 'free':
        choose(only(range.head));
        setFree(true);
        announce('Tab leaves the grid now');
        break;
      case 'all': choose({ anchor: { row: size.rows - 1, column: size.columns - 1 }, head: { row: 0, column: 0 } }); break;
      case 'clear': clear(); break;
      case 'fill': fillDown(); break;
      case 'undo': step('undo'); break;
      case 'redo': step('redo'); break;
      case 'review':
        commit('stay');
        onReview();
        break;
    }
    return true;
  };

  const onCopy = (event: ClipboardEvent, cut: boolean): void => {
    if (editing) return;
    const area = bounds(range);
    const lines: string[][] = [];
    for (let row = area.top; row <= area.bottom; row += 1) {
      lines.push(spotsIn({ ...area, top: row, bottom: row }).map(textAt));
    }
    event.clipboardData.setData('text/plain', writeSheet(lines));
    event.preventDefault();
    if (cut) clear();
    else announce(`Copied ${plural(lines.length * (lines[0]?.length ?? 0), 'cell')}`);
  };

  const onPaste = (event: ClipboardEvent): void => {
    if (editing) return;
    event.preventDefault();
    const text = event.clipboardData.getData('text/plain');
    if (text === '') return;
    if (text.length > PASTE_MAX_CHARS) return toast('This is too much for one paste. Paste it in parts.');
    const placed = placeText(parseSheet(text), bounds(range), size);
    stage(placed.cells, 'Pasted');
    choose(rangeOf(placed.area));
    if (placed.cutRows + placed.cutColumns > 0) {
      const parts = [placed.cutRows > 0 ? plural(placed.cutRows, 'row') : '', placed.cutColumns > 0 ? plural(placed.cutColumns, 'column') : ''];
      toast(`${parts.filter(Boolean).join(' and ')} of the pasted text did not fit here and ${placed.cutRows + placed.cutColumns === 1 ? 'was' : 'were'} left out`);
    }
  };

  const discardAll = (): void => {
    const taken: CellStep[] = Object.entries(staged.get()).flatMap(([id, record]) =>
      Object.entries(record.cells).map(([field, before]) => ({ id, title: record.title, field, before, after: null })));
    staged.update((now) => applyStep(now, taken, 'after'));
    setUndo((stack) => pushStep(stack, taken));
  };

  return {
    range, editing, free, size, takesFocus, choose, commit, change, run, begin, onCopy, onPaste, discardAll,
    canUndo: undo.done.length > 0, canRedo: undo.undone.length > 0, forgetSteps: () => setUndo(emptyStack()),
  };
}

export type Sheet = ReturnType<typeof useSheet>;

const rangeOf = (area: Bounds): Range => ({ anchor: { row: area.bottom, column: area.right }, head: { row: area.top, column: area.left } });
