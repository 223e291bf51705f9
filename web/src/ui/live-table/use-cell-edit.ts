import { useCallback, useRef, useState } from 'react';
import { edit, type FieldValue, type LivePage } from '../../sync';
import { saveWords } from '../save-mark';
import { toast } from '../toasts';
import { inputText, parseCell, parseField, sameValue, type FieldInfo } from '../fields';

export interface CellEdit {
  id: string;
  field: FieldInfo;
  text: string;
  /** What stood there when editing began. */
  from: FieldValue;
  typed: boolean;
  problem: string | null;
}

/** The one cell that is being typed in. Leaving it with a wrong value keeps it open: nothing typed is thrown away. */
export function useCellEdit(store: string, collection: string, page: LivePage) {
  const [editing, setEditing] = useState<CellEdit | null>(null);
  const current = useRef<CellEdit | null>(null);
  const rows = useRef(page.rows);
  rows.current = page.rows;
  const put = useCallback((next: CellEdit | null) => {
    current.current = next;
    setEditing(next);
  }, []);

  const begin = useCallback((id: string, field: FieldInfo, start: string | null) => {
    const row = rows.current.find((candidate) => candidate.id === id);
    if (!row || row.removed) return;
    const from = row.fields[field.name] ?? null;
    const text = start ?? inputText(field, from);
    put({ id, field, text, from, typed: start !== null, problem: null });
  }, [put]);

  const change = useCallback((text: string) => {
    const now = current.current;
    if (!now) return;
    const parsed = parseField(now.field, text);
    put({ ...now, text, problem: parsed.ok ? null : parsed.message });
  }, [put]);

  /** True when the cell closed. */
  const commit = useCallback((): boolean => {
    const now = current.current;
    if (!now) return true;
    const parsed = parseCell(now.field, now.text, now.from);
    if (!parsed.ok) {
      put({ ...now, problem: parsed.message });
      return false;
    }
    put(null);
    if (sameValue(parsed.value, now.from)) return true;
    const { notTaken } = edit(store, [{ op: 'set', collection, id: now.id, field: now.field.name, to: parsed.value, from: now.from }]);
    // Nobody could keep it: the cell opens again with what was typed, unless another one is open.
    void notTaken.then(({ message }) => {
      toast(`${now.field.label}: ${saveWords('refused', message)}`);
      if (!current.current) put({ ...now, problem: saveWords('refused', message) });
    });
    return true;
  }, [put, store, collection]);

  const cancel = useCallback(() => put(null), [put]);
  return { editing, begin, change, commit, cancel };
}
