// Which rows of a table are chosen, for what is done to several at once. Kept by id: rows come and go around them.
import { useCallback, useRef, useState } from 'react';
import type { Row } from '../../sync';

export function useSelection(rows: readonly Row[]) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  /** Where a range began. */
  const anchor = useRef<string | null>(null);

  const toggle = useCallback((id: string) => {
    anchor.current = id;
    setSelected((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });
  }, []);

  /** All rows from where the range began, or from `start` when none has, to `id`. */
  const extend = useCallback((start: string, id: string) => {
    anchor.current ??= start;
    const from = rows.findIndex((row) => row.id === anchor.current);
    const to = rows.findIndex((row) => row.id === id);
    if (from < 0 || to < 0) return;
    setSelected(new Set(rows.slice(Math.min(from, to), Math.max(from, to) + 1).map((row) => row.id)));
  }, [rows]);

  const clear = useCallback(() => {
    anchor.current = null;
    setSelected(new Set());
  }, []);

  const chosen = rows.filter((row) => selected.has(row.id) && !row.removed);
  const all = chosen.length > 0 && chosen.length === rows.length;
  const toggleAll = () => (all ? clear() : setSelected(new Set(rows.map((row) => row.id))));

  return { selected, chosen, all, toggle, toggleAll, extend, clear };
}
