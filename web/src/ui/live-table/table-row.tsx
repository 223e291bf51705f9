import { memo, type ReactNode } from 'react';
import type { Row } from '../../sync';
import { Icon } from '../icon';
import { Link } from '../router';
import { Cell } from './cell';
import { removedWords } from '../fields';
import { CellEditor } from './cell-editor';
import type { Column } from './columns';
import type { CellEdit } from './use-cell-edit';

export interface RowActions {
  toggle: (id: string) => void;
  change: (text: string) => void;
  leave: () => void;
}

interface TableRowProps {
  row: Row;
  index: number;
  columns: readonly Column[];
  title: string;
  activeField: string | null;
  editing: CellEdit | null;
  writable: boolean;
  selecting: boolean;
  selected: boolean;
  openTo: string;
  picture?: ((row: Row) => ReactNode) | undefined;
  actions: RowActions;
  draggable?: boolean;
}

export const TableRow = memo(function TableRow(props: TableRowProps) {
  const { row, columns, title, activeField, editing, writable, selecting, selected, actions } = props;
  const state = row.removed ? 'removed' : row.placed ? '' : 'unplaced';
  return (
    <tr className={`${state} ${selected ? 'selected' : ''}`} data-record={row.id} aria-selected={selecting ? selected : undefined}
      aria-rowindex={props.index + 2} draggable={props.draggable || undefined}>
      {selecting ? (
        <td className="col-select">
          <input type="checkbox" tabIndex={-1} aria-label={`Select ${title}`} checked={selected} onChange={() => actions.toggle(row.id)} />
        </td>
      ) : null}
      {columns.map((column, at) => {
        const name = column.field.name;
        const edits = editing?.field.name === name ? editing : null;
        return (
          <Cell key={name} rowId={row.id} column={column} value={row.fields[name]} mark={row.marks[name] ?? 'clean'}
            reason={row.reasons[name]} foreignAt={row.foreign[name]?.at ?? null} focusable={activeField === name}
            editable={writable && column.editable && !row.removed}
            before={at === 0 ? <RowLead row={row} picture={props.picture} /> : null} shown={column.render?.(row)}
            editor={edits ? (
              <CellEditor field={column.field} recordTitle={title} text={edits.text} problem={edits.problem} typed={edits.typed}
                onText={actions.change} onLeave={actions.leave} />
            ) : null} />
        );
      })}
      <td className="col-open">
        <Link to={props.openTo} tabIndex={-1} className="button quiet small" aria-label={`Open ${title}`} title="Open">
          <Icon name="right" />
        </Link>
      </td>
    </tr>
  );
});

function RowLead({ row, picture }: { row: Row; picture: ((row: Row) => ReactNode) | undefined }) {
  if (row.removed) return <span className="chip">{removedWords(row.removed)}</span>;
  if (!row.placed) return <span className="chip">not placed yet</span>;
  return picture ? picture(row) : null;
}
