// The grid itself: a real table with the roles of a grid, so that a screen reader's table commands work in it.
import { useLayoutEffect, useRef, type KeyboardEvent, type MouseEvent } from 'react';
import type { LivePage, Row } from '../../../sync';
import { isNumeric } from '../../../ui/fields';
import type { SheetColumn } from './grid-columns';
import { GridRow } from './grid-row';
import { bounds, only, type Spot } from './range';
import { keyInEditor, keyOnSheet } from './sheet-keys';
import type { Staged } from './staging';
import type { Sheet } from './use-sheet';

interface GridTableProps {
  page: LivePage;
  columns: readonly SheetColumn[];
  staged: Staged;
  skuProblems: ReadonlyMap<string, string>;
  sheet: Sheet;
  currencySymbol: string;
  titleOf: (row: Row) => string;
  label: string;
}

function spotOf(target: EventTarget): Spot | null {
  const [row, column] = ((target as HTMLElement).closest<HTMLElement>('[data-spot]')?.dataset['spot'] ?? '').split(':');
  return row && column ? { row: Number(row), column: Number(column) } : null;
}

export function GridTable(props: GridTableProps) {
  const { page, columns, staged, sheet, titleOf } = props;
  const table = useRef<HTMLTableElement>(null);
  const dragging = useRef(false);
  const area = bounds(sheet.range);
  const { head } = sheet.range;
  useLayoutEffect(() => {
    if (!sheet.takesFocus()) return;
    table.current?.querySelector<HTMLElement>(`[data-spot="${head.row}:${head.column}"]`)?.focus();
  });
  const latest = useRef(sheet);
  latest.current = sheet;
  const handlers = useRef({
    text: (text: string) => latest.current.change(text),
    leave: () => latest.current.commit(null),
  });

  const onKeyDown = (event: KeyboardEvent) => {
    const onCell = (event.target as HTMLElement).dataset['spot'] !== undefined;
    const key = { key: event.key, ctrl: event.ctrlKey || event.metaKey, shift: event.shiftKey, alt: event.altKey };
    const action = sheet.editing && !onCell ? keyInEditor(key) : onCell ? keyOnSheet(key, sheet.free) : null;
    if (action && sheet.run(action)) event.preventDefault();
  };
  const onMouseDown = (event: MouseEvent) => {
    if ((event.target as HTMLElement).closest('.cell-editor')) return;
    const spot = spotOf(event.target);
    if (!spot || event.button !== 0) return;
    event.preventDefault();
    dragging.current = true;
    sheet.choose(event.shiftKey ? { anchor: sheet.range.anchor, head: spot } : only(spot));
  };
  const onMouseOver = (event: MouseEvent) => {
    if (!dragging.current || event.buttons !== 1) {
      dragging.current = false;
      return;
    }
    const spot = spotOf(event.target);
    if (spot && (spot.row !== head.row || spot.column !== head.column)) sheet.choose({ anchor: sheet.range.anchor, head: spot });
  };
  const onFocus = (event: React.FocusEvent) => {
    const spot = (event.target as HTMLElement).dataset['spot'] ? spotOf(event.target) : null;
    if (spot && (spot.row !== head.row || spot.column !== head.column)) sheet.choose(only(spot));
  };
  const first = (page.page - 1) * page.size;
  return (
    <div className="table-scroll">
      <table className="live sheet" role="grid" ref={table} aria-label={props.label} aria-multiselectable="true" aria-rowcount={page.total + 1}
        aria-colcount={columns.length + 1} style={{ width: columns.reduce((sum, column) => sum + column.width, 48) }}
        onKeyDown={onKeyDown} onMouseDown={onMouseDown} onMouseOver={onMouseOver} onFocus={onFocus}
        onDoubleClick={(event) => spotOf(event.target) && !sheet.editing && sheet.begin(null)}
        onCopy={(event) => sheet.onCopy(event, false)} onCut={(event) => sheet.onCopy(event, true)} onPaste={sheet.onPaste}>
        <colgroup>
          <col style={{ width: 48 }} />
          {columns.map((column) => <col key={column.field.name} style={{ width: column.width }} />)}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col" className="sheet-number"><span className="sr-only">Row</span></th>
            {columns.map(({ field }) => (
              <th key={field.name} scope="col" className={isNumeric(field.kind) ? 'right' : ''}>
                <span className="sort plain">{field.label}{field.kind === 'money' && props.currencySymbol ? ` (${props.currencySymbol})` : ''}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {page.rows.map((row, at) => {
            const inside = at >= area.top && at <= area.bottom && (area.top !== area.bottom || area.left !== area.right);
            return (
              <GridRow key={row.id} row={row} index={first + at} at={at} title={titleOf(row)} columns={columns} staged={staged[row.id]}
                skuProblem={props.skuProblems.get(row.id) ?? null} active={head.row === at ? head.column : null}
                chosenFrom={inside ? area.left : null} chosenTo={inside ? area.right : null}
                editing={sheet.editing?.id === row.id ? sheet.editing : null} onText={handlers.current.text} onLeave={handlers.current.leave} />
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
