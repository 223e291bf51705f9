import { useCallback, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import type { Row } from '../../sync';
import type { Column } from './columns';
import { useSelection } from './use-selection';

export interface Active {
  id: string;
  field: string;
}

/** The one cell that Tab reaches, and the rows that are selected; both survive every change of the rows around them. */
export function useGridFocus(grid: RefObject<HTMLElement | null>, rows: readonly Row[], columns: readonly Column[]) {
  const [active, setActive] = useState<Active | null>(null);
  const selection = useSelection(rows);
  const wanted = useRef<Active | null>(null);

  const rowAt = active ? rows.findIndex((row) => row.id === active.id) : -1;
  const columnAt = active ? columns.findIndex((column) => column.field.name === active.field) : -1;
  const firstRow = rows[0];
  const firstColumn = columns[0];
  // Without a cell of its own the first one is where Tab enters.
  const entry: Active | null = rowAt >= 0 && columnAt >= 0 ? active
    : firstRow && firstColumn ? { id: firstRow.id, field: firstColumn.field.name } : null;

  const focus = useCallback((next: Active) => {
    wanted.current = next;
    setActive({ ...next });
  }, []);

  useLayoutEffect(() => {
    const next = wanted.current;
    if (!next) return;
    const cell = grid.current?.querySelector<HTMLElement>(`[data-cell="${CSS.escape(`${next.id}:${next.field}`)}"]`);
    if (!cell) return;
    wanted.current = null;
    cell.focus();
  });

  // The cell that had the focus is gone with its page: the one at its place takes over, unless the reader went elsewhere. Before anything
  // is painted: the next key must find it.
  const place = useRef(0);
  const inside = useRef(false);
  useLayoutEffect(() => {
    if (rowAt >= 0) {
      place.current = rowAt;
      inside.current = grid.current?.contains(document.activeElement) ?? false;
      return;
    }
    const row = rows[Math.min(place.current, rows.length - 1)];
    if (!row || !active || !inside.current || document.activeElement !== document.body) return;
    focus({ id: row.id, field: active.field });
  });

  const move = useCallback((byRows: number, byColumns: number): Active | null => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, Math.max(0, rowAt) + byRows))];
    const column = columns[Math.min(columns.length - 1, Math.max(0, Math.max(0, columnAt) + byColumns))];
    if (!row || !column) return null;
    const next = { id: row.id, field: column.field.name };
    focus(next);
    return next;
  }, [rows, columns, rowAt, columnAt, focus]);

  const { extend } = selection;
  const extendTo = useCallback((id: string) => extend(active?.id ?? id, id), [extend, active]);

  return { active, entry, rowAt, columnAt, setActive, focus, move, ...selection, extendTo };
}
