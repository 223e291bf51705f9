import { memo } from 'react';
import type { FieldValue, Row } from '../../../sync';
import { CellEditor } from '../../../ui/live-table/cell-editor';
import { isNumeric, removedWords, showValue } from '../../../ui/fields';
import { Icon } from '../../../ui/icon';
import { SaveMark } from '../../../ui/save-mark';
import { useTint } from '../../../ui/use-tint';
import type { SheetColumn } from './grid-columns';
import { cellState, isShared, type CellState, type StagedCell, type StagedRecord } from './staging';
import type { SheetEdit } from './use-sheet';

interface GridRowProps {
  row: Row;
  /** In the whole list, from 0. */
  index: number;
  /** On this page, from 0. */
  at: number;
  title: string;
  columns: readonly SheetColumn[];
  staged: StagedRecord | undefined;
  skuProblem: string | null;
  active: number | null;
  chosenFrom: number | null;
  chosenTo: number | null;
  editing: SheetEdit | null;
  onText: (text: string) => void;
  onLeave: () => void;
}

export const GridRow = memo(function GridRow(props: GridRowProps) {
  const { row, at, columns, title, staged, active, chosenFrom, chosenTo, editing } = props;
  return (
    <tr className={row.removed ? 'removed' : ''} data-record={row.id} aria-rowindex={props.index + 2}>
      <td className="sheet-number num">{props.index + 1}</td>
      {columns.map((column, place) => {
        const name = column.field.name;
        return (
          <GridCell key={name} row={row} at={at} place={place} column={column} staged={staged?.cells[name]} skuProblem={name === 'sku' ? props.skuProblem : null}
            active={active === place} chosen={chosenFrom !== null && chosenTo !== null && place >= chosenFrom && place <= chosenTo}
            editor={editing?.field === name ? (
              <CellEditor field={column.field} recordTitle={title} text={editing.text} problem={editing.problem} typed={editing.typed}
                onText={props.onText} onLeave={props.onLeave} />
            ) : null} />
        );
      })}
    </tr>
  );
});

interface GridCellProps {
  row: Row;
  at: number;
  place: number;
  column: SheetColumn;
  staged: StagedCell | undefined;
  skuProblem: string | null;
  active: boolean;
  chosen: boolean;
  editor: React.ReactNode;
}

function GridCell({ row, at, place, column, staged, skuProblem, active, chosen, editor }: GridCellProps) {
  const { field } = column;
  const shown = row.fields[field.name] ?? null;
  const tint = useTint(row.foreign[field.name]?.at ?? null);
  const state = staged ? cellState(field, staged, shown) : null;
  const problem = skuProblem ?? state?.problem ?? (staged?.reason ? `Not saved: ${staged.reason}` : null);
  // The first cell names its row to whoever hears the table.
  const Tag = place === 0 ? 'th' : 'td';
  const classes = ['cell', isNumeric(field.kind) ? 'right' : '', editor ? 'editing' : '', chosen ? 'chosen' : '', staged ? 'staged' : '',
    problem ? 'wrong' : '', state?.theirs?.decide ? 'contested' : ''].filter(Boolean).join(' ');
  return (
    <Tag scope={place === 0 ? 'row' : undefined} className={classes} tabIndex={active ? 0 : -1} data-spot={`${at}:${place}`} data-cell={`${row.id}:${field.name}`}
      aria-colindex={place + 2} aria-selected={chosen} aria-readonly={row.removed ? true : undefined} aria-invalid={problem ? true : undefined}>
      {tint > 0 ? <i key={tint} className="tint" aria-hidden="true" /> : null}
      {editor ?? (
        <span className="cell-lines">
          <span className="cell-value">
            {place === 0 && row.removed ? <span className="chip">{removedWords(row.removed)}</span> : null}
            <span className={`clip ${isNumeric(field.kind) ? 'num' : field.mono ? 'mono' : ''}`} dir="auto" data-field={field.name}
              data-sync={row.marks[field.name] ?? 'clean'} data-staged={staged ? '' : undefined}>
              {staged ? stagedText(column, staged, state, shown) : showValue(field, shown)}
            </span>
            {staged ? <span className="sr-only">, staged</span> : null}
          </span>
          {staged && state ? <StagedNote column={column} staged={staged} state={state} problem={problem} />
            : <SaveMark mark={row.marks[field.name]} reason={row.reasons[field.name]} />}
        </span>
      )}
    </Tag>
  );
}

/** What will stand there; as typed while it cannot be. */
export function stagedText({ field }: SheetColumn, staged: StagedCell, state: CellState | null, shown: FieldValue): string {
  if (!state || state.problem) return staged.text === '' ? '–' : staged.text;
  return field.kind === 'list' && state.theirs ? `${showValue(field, state.value)} (merged with ${showValue(field, shown)})` : showValue(field, state.value);
}

function StagedNote({ column, staged, state, problem }: { column: SheetColumn; staged: StagedCell; state: CellState; problem: string | null }) {
  const { field } = column;
  if (problem) return <span className="mark refused" title={problem}><Icon name="warning" /><span>{problem}</span></span>;
  if (state.theirs) {
    const words = `${isShared(field) ? 'Now' : 'Theirs'}: ${showValue(field, state.theirs.value)}`;
    return <span className={`mark ${state.theirs.decide ? 'conflict' : 'queued'}`} title={words}><Icon name="split" /><span data-theirs={field.name}>{words}</span></span>;
  }
  const was = `Was ${showValue(field, staged.seen)}`;
  return <span className="mark queued" title={was}><span>{was}</span></span>;
}
