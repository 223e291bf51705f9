// The state of the grid: what is chosen, the one cell that is being typed in, and what every key does to them.
import { useCallback, useMemo, useRef, useState, type ClipboardEvent } from 'react';
import { announce } from '../../../ui/announcer';
import { parseField } from '../../../ui/fields';
import { plural } from '../../../ui/format';
import { bounds, clampRange, moved, nextSpot, only, spotsIn, START, type Bounds, type Range, type Size, type Spot } from './range';
import { copyCells, pastedCells } from './sheet-clipboard';
import type { SheetAction, Then } from './sheet-keys';
import { useStaging, type SheetProps } from './use-staging';

export interface SheetEdit {
  id: string;
  field: string;
  text: string;
  typed: boolean;
  problem: string | null;
}

const THEN: Record<Then, [number, number]> = { down: [1, 0], up: [-1, 0], right: [0, 1], left: [0, -1], stay: [0, 0] };
const FAR = 100_000;

/** What is chosen; the active cell takes the focus once after each choice. */
function useRange(size: Size) {
  const [wanted, setRange] = useState<Range>(START);
  /** After Escape Tab leads out of the grid. */
  const [free, setFree] = useState(false);
  const wantsFocus = useRef(false);
  const choose = useCallback((next: Range) => {
    wantsFocus.current = true;
    setFree(false);
    setRange(next);
  }, []);
  const takesFocus = (): boolean => {
    const asked = wantsFocus.current;
    wantsFocus.current = false;
    return asked;
  };
  return { range: clampRange(wanted, size), free, setFree, choose, takesFocus };
}

type Staging = ReturnType<typeof useStaging>;
type Chosen = ReturnType<typeof useRange>;

/** The one cell that is being typed in. What was typed is staged as it is: what is wrong with it is said beside it, and nothing typed is lost. */
function useEditor({ rows, columns }: SheetProps, size: Size, { range, choose }: Chosen, { stage, textAt }: Staging) {
  const [editing, setEditing] = useState<SheetEdit | null>(null);

  const commit = (then: Then | null): void => {
    if (!editing) return;
    const spot: Spot = { row: rows.findIndex((row) => row.id === editing.id), column: columns.findIndex((column) => column.field.name === editing.field) };
    setEditing(null);
    if (spot.row < 0 || spot.column < 0) return;
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
    setEditing({ id: row.id, field: field.name, text: start ?? textAt(range.head), typed: start !== null, problem: null });
  };

  const change = (text: string): void => {
    const field = columns.find((column) => column.field.name === editing?.field)?.field;
    if (!editing || !field) return;
    const parsed = parseField(field, text);
    setEditing({ ...editing, text, problem: parsed.ok ? null : parsed.message });
  };

  return { editing, commit, begin, change, cancel: () => setEditing(null) };
}

export function useSheet(props: SheetProps & { onReview: () => void }) {
  const size: Size = useMemo(() => ({ rows: props.rows.length, columns: props.columns.length }), [props.rows.length, props.columns.length]);
  const chosen = useRange(size);
  const staging = useStaging(props);
  const editor = useEditor(props, size, chosen, staging);
  const { range, choose } = chosen;
  const { stage, textAt } = staging;

  const fillDown = (): void => {
    const area = bounds(range);
    const from = area.top === area.bottom ? area.top - 1 : area.top;
    if (from < 0) return;
    stage(spotsIn({ ...area, top: from + 1 }).map((spot) => ({ spot, text: textAt({ row: from, column: spot.column }) })), 'Filled');
  };

  const clear = (): void => stage(spotsIn(bounds(range)).map((spot) => ({ spot, text: '' })), 'Emptied');

  const edge = (to: 'row-start' | 'row-end' | 'first' | 'last', extend: boolean): void => {
    const rowsBy = to === 'first' ? -FAR : to === 'last' ? FAR : 0;
    choose(moved(range, rowsBy, to === 'row-start' || to === 'first' ? -FAR : FAR, extend, size));
  };

  /** Behind the last cell there is none: Tab leads on to what follows the grid. */
  const next = (by: 1 | -1): boolean => {
    const spot = nextSpot(range.head, by, size);
    if (spot) choose(only(spot));
    return spot !== null;
  };

  /** False when the key is not the grid's. */
  const run = (action: SheetAction): boolean => {
    switch (action.do) {
      case 'move': choose(moved(range, action.rows, action.columns, action.extend, size)); break;
      case 'edge': edge(action.to, action.extend); break;
      case 'next': return next(action.by);
      case 'edit': editor.begin(action.start); break;
      case 'commit': editor.commit(action.then); break;
      case 'cancel':
        editor.cancel();
        choose(only(range.head));
        break;
      case 'free':
        choose(only(range.head));
        chosen.setFree(true);
        announce('Tab leaves the grid now');
        break;
      case 'all': choose({ anchor: { row: size.rows - 1, column: size.columns - 1 }, head: { row: 0, column: 0 } }); break;
      case 'clear': clear(); break;
      case 'fill': fillDown(); break;
      case 'undo': staging.undo(); break;
      case 'redo': staging.redo(); break;
      case 'review':
        editor.commit('stay');
        props.onReview();
        break;
    }
    return true;
  };

  const onCopy = (event: ClipboardEvent, cut: boolean): void => {
    if (editor.editing) return;
    const count = copyCells(event, bounds(range), textAt);
    if (cut) clear();
    else announce(`Copied ${plural(count, 'cell')}`);
  };

  const onPaste = (event: ClipboardEvent): void => {
    if (editor.editing) return;
    const placed = pastedCells(event, bounds(range), size);
    if (!placed) return;
    stage(placed.cells, 'Pasted');
    choose(rangeOf(placed.area));
  };

  const { discardAll, forgetSteps, canUndo, canRedo } = staging;
  return { ...chosen, ...editor, run, onCopy, onPaste, discardAll, forgetSteps, canUndo, canRedo };
}

export type Sheet = ReturnType<typeof useSheet>;

const rangeOf = (area: Bounds): Range => ({ anchor: { row: area.bottom, column: area.right }, head: { row: area.top, column: area.left } });
