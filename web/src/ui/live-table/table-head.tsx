import { useRef, type KeyboardEvent, type PointerEvent } from 'react';
import { isNumeric } from '../fields';
import { Icon } from '../icon';
import { clampWidth, type Column } from './columns';
import { nextSort } from './page-address';

interface TableHeadProps {
  columns: readonly Column[];
  sort: string;
  sortable: readonly string[];
  currencySymbol: string;
  selecting: boolean;
  allSelected: boolean;
  onSelectAll: () => void;
  onSort: (sort: string) => void;
  onWidth: (field: string, width: number) => void;
}

export function TableHead(props: TableHeadProps) {
  const { columns, sort, selecting, allSelected } = props;
  return (
    <thead>
      <tr>
        {selecting ? (
          <th className="col-select" scope="col">
            <input type="checkbox" aria-label="Select all rows of this page" checked={allSelected} onChange={props.onSelectAll} />
          </th>
        ) : null}
        {columns.map((column) => <HeadCell key={column.field.name} {...props} column={column} sort={sort} />)}
        <th className="col-open" scope="col"><span className="sr-only">Open</span></th>
      </tr>
    </thead>
  );
}

function HeadCell({ column, sort, sortable, currencySymbol, onSort, onWidth }: TableHeadProps & { column: Column }) {
  const { field } = column;
  const up = sort === field.name;
  const down = sort === `-${field.name}`;
  const unit = field.kind === 'money' && currencySymbol ? ` (${currencySymbol})` : '';
  const words = <span className="clip">{field.label}{unit}</span>;
  return (
    <th scope="col" className={isNumeric(field.kind) ? 'right' : ''} aria-sort={up ? 'ascending' : down ? 'descending' : undefined}>
      {sortable.includes(field.name) ? (
        <button type="button" className="sort" onClick={() => onSort(nextSort(sort, field.name, isNumeric(field.kind)))}>
          {words}{up ? <Icon name="up" /> : down ? <Icon name="down" /> : null}
        </button>
      ) : <span className="sort plain">{words}</span>}
      <WidthHandle label={field.label} width={column.width} onWidth={(width) => onWidth(field.name, width)} />
    </th>
  );
}

/** Dragged, or moved by the arrow keys. */
function WidthHandle({ label, width, onWidth }: { label: string; width: number; onWidth: (width: number) => void }) {
  const start = useRef<{ x: number; width: number } | null>(null);
  const down = (event: PointerEvent<HTMLElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    start.current = { x: event.clientX, width };
  };
  const drag = (event: PointerEvent) => {
    if (start.current) onWidth(clampWidth(start.current.width + event.clientX - start.current.x));
  };
  const key = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowRight' ? 16 : event.key === 'ArrowLeft' ? -16 : 0;
    if (by === 0) return;
    event.preventDefault();
    event.stopPropagation();
    onWidth(clampWidth(width + by));
  };
  return (
    <span className="width-handle" role="slider" tabIndex={-1} aria-label={`Width of ${label}`} aria-valuenow={width}
      aria-valuemin={64} aria-valuemax={720} onPointerDown={down} onPointerMove={drag} onKeyDown={key}
      onPointerUp={() => {
        start.current = null;
      }} />
  );
}
