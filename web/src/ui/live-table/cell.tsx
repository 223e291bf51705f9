import { memo, useEffect, useRef, useState, type ReactNode } from 'react';
import type { FieldMark, FieldValue } from '../../sync';
import { announceChange } from '../announcer';
import { isNumeric, showValue } from '../fields';
import { SaveMark } from '../save-mark';
import type { Column } from './columns';

const TINT_EVERY_MS = 1_000;

/** A number that grows when a foreign change should show, at most once a second. */
function useTint(foreignAt: number | null): number {
  const seen = useRef(foreignAt);
  const lastAt = useRef(0);
  const [tint, setTint] = useState(0);
  useEffect(() => {
    if (foreignAt === null || foreignAt === seen.current) return;
    seen.current = foreignAt;
    announceChange('changed');
    const now = Date.now();
    if (now - lastAt.current < TINT_EVERY_MS) return;
    lastAt.current = now;
    setTint((before) => before + 1);
  }, [foreignAt]);
  return tint;
}

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
              title={text.length > 24 ? text : undefined}>{text}</span>
          </span>
          <SaveMark mark={mark} reason={reason} />
        </span>
      )}
    </td>
  );
});
