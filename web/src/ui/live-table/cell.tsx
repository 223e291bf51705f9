import { memo, type ReactNode } from 'react';
import type { FieldMark, FieldValue } from '../../sync';
import { isNumeric, showValue } from '../fields';
import { SaveMark } from '../save-mark';
import { useTint } from '../use-tint';
import type { Column } from './columns';

interface CellProps {
  rowId: string;
  column: Column;
  value: FieldValue | undefined;
  mark: FieldMark;
  reason: string | undefined;
  foreignAt: number | null;
  focusable: boolean;
  editable: boolean;
  /** Shown in place of the value while it is edited. */
  editor: ReactNode;
  /** A picture or a link beside the value. */
  before?: ReactNode;
  /** In place of the value. */
  shown?: ReactNode;
}

export const Cell = memo(function Cell(props: CellProps) {
  const { rowId, column, value, mark, reason, foreignAt, focusable, editable, editor } = props;
  const tint = useTint(foreignAt);
  const { field } = column;
  const text = showValue(field, value);
  const kind = isNumeric(field.kind) ? 'num' : field.mono ? 'mono' : '';
  return (
    <td className={`cell ${isNumeric(field.kind) ? 'right' : ''} ${editor ? 'editing' : ''}`}
      tabIndex={focusable ? 0 : -1} data-cell={`${rowId}:${field.name}`} aria-readonly={!editable}>
      {tint > 0 ? <i key={tint} className="tint" aria-hidden="true" /> : null}
      {editor ?? (
        <span className="cell-lines">
          <span className="cell-value">
            {props.before}
            <span className={`clip ${kind}`} dir="auto" data-field={field.name} data-sync={mark}
              title={text.length > 24 ? text : undefined}>{props.shown ?? text}</span>
          </span>
          <SaveMark mark={mark} reason={reason} />
        </span>
      )}
    </td>
  );
});
