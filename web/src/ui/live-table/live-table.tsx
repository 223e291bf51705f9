// A table that others change while it is read: values change in place, the order stays as shown until the reader asks for it.
import { Fragment, useEffect, useMemo, useRef, useState, type DragEvent, type KeyboardEvent, type ReactNode } from 'react';
import type { LivePage, PageSpec, Row } from '../../sync';
import { announceChange } from '../announcer';
import { PageBar } from '../page-bar';
import { LoadProgress, Skeleton } from '../notices';
import { partialWords } from '../status-words';
import { useNow } from '../use-now';
import { Icon } from '../icon';
import { goQuery } from '../router';
import { usePhone } from '../use-media';
import { CardList } from './card-list';
import { ColumnMenu } from './column-menu';
import { cellKind, useColumns, type Column } from './columns';
import { keyOnCell, keyWhileEditing, type CommitThen, type GridAction } from './grid-keys';
import { useClampNote, usePageMoves } from './page-address';
import { needsDetails, RowDetails } from './row-details';
import { TableHead } from './table-head';
import { TableRow, type RowActions } from './table-row';
import { useCellEdit } from './use-cell-edit';
import { useGridFocus } from './use-grid-focus';
import './live-table.css';

export interface LiveTableProps {
  /** Names the kept column choice. */
  name: string;
  title: string;
  /** What is counted: "products". */
  what: string;
  store: string;
  spec: PageSpec;
  page: LivePage;
  columns: readonly Column[];
  sortable: readonly string[];
  writable: boolean;
  user: string | null;
  currencySymbol: string;
  tools?: ReactNode;
  selectionTools?: (rows: Row[], clear: () => void) => ReactNode;
  empty: ReactNode;
  titleOf: (row: Row) => string;
  openTo: (row: Row) => string;
  onOpen: (row: Row) => void;
  onCreate?: () => void;
  onRemove?: (rows: Row[]) => void;
  picture?: (row: Row) => ReactNode;
  /** Rows can be dragged: under this type go the ids of those that are chosen, or of the one that is not. */
  dragType?: string;
  onChosen?: (rows: readonly Row[]) => void;
}

/** While the next page is on its way the former one stays: nothing flashes, focus and scroll stay where they are. */
function useSteadyPage(page: LivePage): LivePage {
  const [former, setFormer] = useState(page);
  if (page.state === 'ready' && page !== former) setFormer(page);
  return page.state === 'ready' || page.rows.length > 0 ? page : former;
}

export function LiveTable(props: LiveTableProps) {
  const { spec, store } = props;
  const page = useSteadyPage(props.page);
  const phone = usePhone();
  const [selecting, setSelecting] = useState(false);
  const choosing = phone && selecting && page.rows.length > 0;
  const columns = useColumns(props.name, props.user, props.columns);
  const clampNote = useClampNote(spec, props.page);
  const moves = usePageMoves(page);
  const held = page.entered + page.moved;
  useReadyMark(page.state === 'ready');
  useHeldAnnouncement(page);
  return (
    <section className="table-screen" aria-label={props.title} data-total={page.total} data-page={page.page}
      data-pages={page.pages} data-held={held} data-state={page.state} aria-busy={props.page.state === 'loading'}>
      <div className={choosing && held === 0 ? 'sr-only' : 'table-tools'}>
        <h1>{props.title}</h1>
        {/* What is chosen needs the room on a phone, and has a button that leads back. */}
        {choosing ? null : props.tools}
        {phone && !choosing && props.writable && props.selectionTools ? (
          <button type="button" className="button small" onClick={() => setSelecting(true)}><Icon name="check" />Select</button>
        ) : null}
        <span className="grow" />
        {held > 0 ? <HeldButton page={page} /> : null}
        {phone ? null : <ColumnMenu columns={props.columns} choice={columns.choice} user={props.user} onChoice={columns.setChoice} />}
      </div>
      <KnownNote page={page} what={props.what} />
      {clampNote ? <p className="table-note" role="status">{clampNote}</p> : null}
      {page.state === 'loading' && page.rows.length === 0 ? <div className="table-scroll"><LoadProgress /><Skeleton rows={20} /></div>
        : page.rows.length === 0 ? <div className="table-scroll">{props.empty}</div>
        : phone ? <CardList rows={page.rows} columns={columns.shown} label={props.title} currencySymbol={props.currencySymbol} openTo={props.openTo}
            titleOf={props.titleOf} store={store} collection={spec.collection} selecting={choosing} selectionTools={props.selectionTools}
            onDone={() => setSelecting(false)} />
        : <Grid {...props} page={page} store={store} arranged={columns.shown} turn={moves.turn} onWidth={(field, width) => columns.setChoice({
            ...columns.choice, widths: { ...columns.choice.widths, [field]: width },
          })} />}
      <PageBar page={page} what={props.what} awaited={props.page.state === 'loading' ? spec.page : null}
        onPage={moves.toPage} onSize={moves.toSize} />
    </section>
  );
}

/** Said in words, and until a page of the whole collection is shown. */
function KnownNote({ page, what }: { page: LivePage; what: string }) {
  const now = useNow();
  if (!page.partial) return null;
  return (
    <p className="table-note known" role="status" data-known={page.partial.known}>
      <Icon name="clock" />{partialWords(page.partial, what, now)} The rest comes with the connection.
    </p>
  );
}

function HeldButton({ page }: { page: LivePage }) {
  const parts = [page.entered ? `${page.entered} new` : '', page.moved ? `${page.moved} moved` : ''].filter(Boolean);
  return <button type="button" className="button small held" onClick={() => page.release()}>{parts.join(', ')} · Show</button>;
}

/** <html data-ready> once rows, or their absence, are shown. */
export function useReadyMark(ready: boolean): void {
  useEffect(() => {
    if (ready) document.documentElement.dataset['ready'] = '';
  }, [ready]);
}

function useHeldAnnouncement(page: LivePage): void {
  const before = useRef(page.entered);
  useEffect(() => {
    if (page.entered > before.current) announceChange('entered', page.entered - before.current);
    before.current = page.entered;
  }, [page.entered]);
}

type GridProps = LiveTableProps & {
  arranged: readonly Column[];
  turn: (by: 1 | -1) => void;
  onWidth: (field: string, width: number) => void;
};

function Grid(props: GridProps) {
  const { page, arranged, writable, spec } = props;
  const grid = useRef<HTMLTableElement>(null);
  const focus = useGridFocus(grid, page.rows, arranged);
  const cells = useCellEdit(props.store, spec.collection, page);
  const selecting = writable && props.onRemove !== undefined;
  const { chosen } = focus;
  const actions = useRowActions(focus.toggle, cells.change, cells.commit);
  const run = useGridRun(props, focus, cells, chosen);
  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    const key = { key: event.key, ctrl: event.ctrlKey || event.metaKey, shift: event.shiftKey, alt: event.altKey };
    const column = arranged.find((candidate) => candidate.field.name === focus.entry?.field);
    const onCell = target.dataset['cell'] !== undefined;
    const action = cells.editing && !onCell ? keyWhileEditing(key)
      : onCell && column ? keyOnCell(key, cellKind(column, writable)) : null;
    if (!action) return;
    event.preventDefault();
    run(action);
  };
  const { onChosen } = props;
  const chosenIds = chosen.map((row) => row.id).join(',');
  useEffect(() => onChosen?.(chosen), [chosenIds, onChosen]);  // oxlint-disable-line react-hooks/exhaustive-deps
  const startEditing = (target: EventTarget) => {
    const cell = (target as HTMLElement).closest<HTMLElement>('[data-cell]');
    const [id, name] = (cell?.dataset['cell'] ?? '').split(':');
    const column = arranged.find((candidate) => candidate.field.name === name);
    if (!id || !column) return;
    if (cellKind(column, writable) !== 'none') cells.begin(id, column.field, null);
    else run({ do: 'open' });
  };
  const followFocus = (target: EventTarget) => {
    const [id, field] = ((target as HTMLElement).dataset['cell'] ?? '').split(':');
    if (id && field && (id !== focus.active?.id || field !== focus.active.field)) focus.setActive({ id, field });
  };
  return (
    <>
      {chosen.length > 0 && props.selectionTools ? (
        <div className="table-tools selection">{props.selectionTools(chosen, focus.clear)}</div>
      ) : null}
      <div className="table-scroll">
        <table className="live" role="grid" ref={grid} style={{ width: `max(100%, ${tableWidth(arranged, selecting)}px)` }} aria-label={props.title} aria-rowcount={page.total + 1} aria-multiselectable={selecting}
          onKeyDown={onKeyDown} onDragStart={(event) => startDrag(event, props.dragType, chosen)} onDoubleClick={(event) => startEditing(event.target)} onFocus={(event) => followFocus(event.target)}>
          <colgroup>
            {selecting ? <col className="col-select" /> : null}
            {arranged.map((column) => <col key={column.field.name} style={{ width: column.width }} />)}
            <col className="col-open" />
          </colgroup>
          <TableHead columns={arranged} sort={spec.sort} sortable={props.sortable} currencySymbol={props.currencySymbol}
            selecting={selecting} allSelected={focus.all} onSelectAll={focus.toggleAll}
            onSort={(sort) => goQuery({ sort, page: null })} onWidth={props.onWidth} />
          <tbody>
            {page.rows.map((row, index) => (
              <Fragment key={row.id}>
                <TableRow row={row} index={(page.page - 1) * page.size + index} columns={arranged} title={props.titleOf(row)}
                  activeField={focus.entry?.id === row.id ? focus.entry.field : null}
                  editing={cells.editing?.id === row.id ? cells.editing : null}
                  writable={writable} selecting={selecting} selected={focus.selected.has(row.id)} openTo={props.openTo(row)}
                  picture={props.picture} actions={actions} draggable={props.dragType !== undefined && cells.editing === null} />
                {needsDetails(row) ? (
                  <tr className="detail"><td colSpan={arranged.length + 1 + (selecting ? 1 : 0)}>
                    <RowDetails row={row} store={props.store} collection={spec.collection} />
                  </td></tr>
                ) : null}
              </Fragment>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function startDrag(event: DragEvent, type: string | undefined, chosen: readonly Row[]): void {
  const id = (event.target as HTMLElement).closest<HTMLElement>('[data-record]')?.dataset['record'];
  if (!type || !id) return;
  const ids = chosen.some((row) => row.id === id) ? chosen.map((row) => row.id) : [id];
  event.dataTransfer.setData(type, ids.join(','));
  event.dataTransfer.effectAllowed = 'copy';
}

const tableWidth = (columns: readonly Column[], selecting: boolean): number =>
  columns.reduce((sum, column) => sum + column.width, 44 + (selecting ? 36 : 0));

/** The same object from render to render, so that unchanged rows stay untouched. */
function useRowActions(toggle: RowActions['toggle'], change: RowActions['change'], commit: () => boolean): RowActions {
  return useMemo(() => ({ toggle, change, leave: () => void commit() }), [toggle, change, commit]);
}

const THEN: Record<CommitThen, [number, number]> = { down: [1, 0], up: [-1, 0], right: [0, 1], left: [0, -1], stay: [0, 0] };

function useGridRun(
  props: GridProps, focus: ReturnType<typeof useGridFocus>, cells: ReturnType<typeof useCellEdit>, chosen: Row[],
): (action: GridAction) => void {
  const { page, arranged } = props;
  const current = () => page.rows.find((row) => row.id === focus.entry?.id);
  const edge = (to: 'row-start' | 'row-end' | 'first' | 'last') => {
    const far = 100_000;
    if (to === 'row-start' || to === 'row-end') focus.move(0, to === 'row-start' ? -far : far);
    else focus.move(to === 'first' ? -far : far, to === 'first' ? -far : far);
  };
  const begin = (start: string | null) => {
    const column = arranged.find((candidate) => candidate.field.name === focus.entry?.field);
    if (column && focus.entry) cells.begin(focus.entry.id, column.field, start);
  };
  const remove = () => {
    const one = current();
    const rows = chosen.length > 0 ? chosen : one && !one.removed ? [one] : [];
    if (rows.length > 0) props.onRemove?.(rows);
  };
  return (action) => {
    switch (action.do) {
      case 'move': {
        const next = focus.move(action.rows, action.columns);
        if (next && action.extend) focus.extendTo(next.id);
        return;
      }
      case 'edge': return edge(action.to);
      case 'edit': return begin(action.start);
      case 'commit':
        if (cells.commit()) focus.move(...THEN[action.then]);
        return;
      case 'cancel':
        cells.cancel();
        focus.move(0, 0);
        return;
      case 'open': {
        const row = current();
        if (row) props.onOpen(row);
        return;
      }
      case 'select': return focus.entry ? focus.toggle(focus.entry.id) : undefined;
      case 'page': return props.turn(action.by);
      case 'show-held': return page.release();
      case 'remove': return props.writable ? remove() : undefined;
      case 'create': return props.onCreate?.();
      case 'search': return document.querySelector<HTMLInputElement>('[data-search]')?.focus();
    }
  };
}
