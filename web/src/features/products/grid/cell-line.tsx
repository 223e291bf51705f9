// The line above the grid: the active cell in words, and what can be decided about it.
import type { Row } from '../../../sync';
import { showValue } from '../../../ui/fields';
import type { SheetColumn } from './grid-columns';
import { cellState, isShared, keepMine, unstage, type Staged } from './staging';
import type { StagedStore } from './staged-store';

interface CellLineProps {
  row: Row | undefined;
  column: SheetColumn | undefined;
  title: string;
  staged: Staged;
  store: StagedStore;
  skuProblem: string | null;
}

export function CellLine({ row, column, title, staged, store, skuProblem }: CellLineProps) {
  if (!row || !column) return <p className="cell-line muted">No cell is chosen.</p>;
  const { field } = column;
  const cell = staged[row.id]?.cells[field.name];
  const shown = row.fields[field.name] ?? null;
  const state = cell ? cellState(field, cell, shown) : null;
  const problem = (field.name === 'sku' ? skuProblem : null) ?? state?.problem ?? null;
  const by = row.foreign[field.name]?.by;
  return (
    <div className="cell-line" aria-label="Active cell" role="group">
      <span className="clip"><strong>{field.label}</strong> <span className="muted">of</span> <bdi>{title}</bdi></span>
      {!cell || !state ? <span className="clip" dir="auto">{showValue(field, shown)}</span> : (
        <>
          <span className="clip"><span className="muted">was</span> <bdi>{showValue(field, cell.seen)}</bdi> <span className="muted">will be</span> <strong dir="auto">{problem ? cell.text || '–' : showValue(field, state.value)}</strong></span>
          {problem ? <span className="field-problem">{problem}</span> : null}
          {cell.reason ? <span className="field-problem">Not saved: {cell.reason}</span> : null}
          {state.theirs ? (
            <span className="clip their-value">
              {isShared(field) ? 'Now ' : 'Theirs '}<strong dir="auto">{showValue(field, state.theirs.value)}</strong>{by ? ` by ${by}` : ''}{isShared(field) ? ': both are kept' : ''}
            </span>
          ) : null}
          {state.theirs?.decide && !state.settled ? (
            <button type="button" className="button small" onClick={() => store.update((now) => keepMine(now, row.id, field.name, shown))}>Keep mine</button>
          ) : null}
          <button type="button" className="button small" onClick={() => store.update((now) => unstage(now, row.id, field.name))}>
            {state.theirs?.decide ? 'Keep theirs' : 'Take this change back'}
          </button>
        </>
      )}
    </div>
  );
}
