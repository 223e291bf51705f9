// What stands before a save: every staged cell, and whether it can be sent.
import type { FieldValue, Row } from '../../../sync';
import { fieldInfo, type FieldInfo } from '../../../ui/fields';
import { cellState, COLLECTION, doubled, type CellState, type Change, type Staged, type StagedCell } from './staging';

export interface ReviewCell {
  id: string;
  title: string;
  field: FieldInfo;
  cell: StagedCell;
  shown: FieldValue;
  state: CellState;
}

export interface Review {
  ready: (ReviewCell & { change: Change })[];
  /** Wrong as they stand, or of records that are gone. */
  problems: ReviewCell[];
  /** Others changed what was seen: mine or theirs. */
  decide: ReviewCell[];
  /** The record has the value already. */
  settled: ReviewCell[];
  /** Of records that are not here now. */
  elsewhere: number;
}

/** `rows`: the records that are known now; null = it is known that there is none. */
export function review(staged: Staged, rows: ReadonlyMap<string, Row | null>): Review {
  const made: Review = { ready: [], problems: [], decide: [], settled: [], elsewhere: 0 };
  const twice = doubledSkus(staged, rows);
  for (const [id, record] of Object.entries(staged)) {
    const row = rows.get(id);
    for (const [name, cell] of Object.entries(record.cells)) {
      if (row === undefined) {
        made.elsewhere += 1;
        continue;
      }
      const field = fieldInfo(COLLECTION, name);
      const shown = row?.fields[name] ?? null;
      const state = cellState(field, cell, shown);
      const gone = row === null || row.removed ? 'This product was removed meanwhile' : null;
      const problem = gone ?? state.problem ?? (name === 'sku' ? twice.get(id) ?? null : null);
      const one: ReviewCell = { id, title: String(row?.fields['title'] ?? record.title), field, cell, shown, state: { ...state, problem } };
      if (problem) made.problems.push(one);
      else if (state.settled) made.settled.push(one);
      else if (state.theirs?.decide) made.decide.push(one);
      else made.ready.push({ ...one, change: { id, title: one.title, field, cell, from: cell.seen, to: state.value } });
    }
  }
  return made;
}

/** Records of which two would have one SKU. */
export function doubledSkus(staged: Staged, rows: ReadonlyMap<string, Row | null>): Map<string, string> {
  const field = fieldInfo(COLLECTION, 'sku');
  const values = [...rows].flatMap(([id, row]) => {
    if (!row || row.removed) return [];
    const cell = staged[id]?.cells['sku'];
    return { id, value: cell ? cell.text.trim() : row.fields['sku'] ?? null };
  });
  const problems = doubled(field, values);
  // Only who is about to change it has something to correct.
  for (const id of problems.keys()) if (!staged[id]?.cells['sku']) problems.delete(id);
  return problems;
}
