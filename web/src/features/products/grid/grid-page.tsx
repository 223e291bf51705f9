// Products as a spreadsheet: changes are staged here, reviewed once and sent together.
import { useCallback, useEffect, useMemo, useState } from 'react';
import { discardEntry, usePage, useQueueList, useSession, useSyncStatus, type PageSpec, type Row, type StoreAccess } from '../../../sync';
import { plural } from '../../../ui/format';
import { Icon } from '../../../ui/icon';
import { useReadyMark } from '../../../ui/live-table/live-table';
import { usePageMoves, usePageSpec } from '../../../ui/live-table/page-address';
import { EmptyState, LoadProgress, Skeleton } from '../../../ui/notices';
import { PAGE_SIZES, PageBar } from '../../../ui/page-bar';
import { goQuery, Link, usePlace } from '../../../ui/router';
import { toast } from '../../../ui/toasts';
import { usePhone } from '../../../ui/use-media';
import { PRODUCT_LIST } from '../product-columns';
import { ProductTools } from '../product-tools';
import { CellLine } from './cell-line';
import { SHEET_COLUMNS } from './grid-columns';
import { GridTable } from './grid-table';
import { LeaveDialog } from './leave-dialog';
import { doubledSkus, review } from './review';
import { ReviewDialog, WatchedRow } from './review-dialog';
import { outcomeWords, sendChanges } from './send';
import { stagedStore, useStaged, type StagedStore } from './staged-store';
import { countStaged, withoutSent, type Staged } from './staging';
import { useSheet } from './use-sheet';
import './grid.css';

/** As many as the server puts on a page. */
const SIZES = [...PAGE_SIZES, 200] as const;

/** Staged products of other pages that one review follows: each is a live record of its own. */
const WATCHED_MAX = 16;

const titleOf = (row: Row): string => String(row.fields['title'] ?? row.fields['sku'] ?? row.id);

function useGridSpec(): PageSpec {
  const spec = usePageSpec(PRODUCT_LIST);
  const large = usePlace().query.get('size') === '200';
  return useMemo(() => (large ? { ...spec, size: 200 } : spec), [spec, large]);
}

export function GridPage({ store }: { store: StoreAccess }) {
  const phone = usePhone();
  const { query } = usePlace();
  const back = `/admin/${store.id}/products${query.size > 0 ? `?${query}` : ''}`;
  useReadyMark(phone);
  if (phone) {
    return (
      <EmptyState title="The grid needs a wider screen" actions={<Link className="button primary" to={back}>Open the list</Link>}>
        Copying, filling and comparing cells takes room and a keyboard. Everything it changes can be changed in the list and in the form of a product as well.
      </EmptyState>
    );
  }
  return <Grid store={store} back={back} />;
}

function Grid({ store, back }: { store: StoreAccess; back: string }) {
  const session = useSession();
  const spec = useGridSpec();
  const page = usePage(store.id, spec);
  const kept = stagedStore(session.userId ?? '', store.id);
  const staged = useStaged(kept);
  const [reviewing, setReviewing] = useState(false);
  const moves = usePageMoves(page);
  const count = countStaged(staged);
  const rows = useKnownRows(page.rows, staged, reviewing);
  const skuProblems = useMemo(() => doubledSkus(staged, rows.known), [staged, rows.known]);
  const sheet = useSheet({ rows: page.rows, columns: SHEET_COLUMNS, staged: kept, titleOf, onReview: () => setReviewing(countStaged(kept.get()) > 0) });
  const save = useSave(store, kept, sheet.forgetSteps);
  useReadyMark(page.state === 'ready');
  useParkedTakenOver(store.id, staged);
  const held = page.entered + page.moved;
  const { head } = sheet.range;
  const elsewhere = count - page.rows.reduce((sum, row) => sum + Object.keys(staged[row.id]?.cells ?? {}).length, 0);
  return (
    <section className="table-screen grid-screen" aria-label="Product grid" data-total={page.total} data-page={page.page} data-pages={page.pages}
      data-held={held} data-staged={count} aria-busy={page.state === 'loading'}>
      <div className="table-tools">
        <h1>Product grid</h1>
        <ProductTools store={store} spec={spec} />
        <span className="grow" />
        {held > 0 ? <button type="button" className="button small held" onClick={() => page.release()}>{held} new or moved · Show</button> : null}
        <button type="button" className="button small" disabled={!sheet.canUndo} onClick={() => sheet.run({ do: 'undo' })}>Undo</button>
        <button type="button" className="button small" disabled={!sheet.canRedo} onClick={() => sheet.run({ do: 'redo' })}>Redo</button>
        {count > 0 ? <button type="button" className="button small" onClick={() => discardAll(sheet.discardAll, count, () => sheet.run({ do: 'undo' }))}>Discard all</button> : null}
        <button type="button" className="button small primary" disabled={count === 0} onClick={() => setReviewing(true)}>
          {count === 0 ? 'Nothing to save' : `Save ${plural(count, 'change')}`}
        </button>
        <Link className="button small" to={back}><Icon name="columns" />Table</Link>
      </div>
      <CellLine row={page.rows[head.row]} column={SHEET_COLUMNS[head.column]} title={page.rows[head.row] ? titleOf(page.rows[head.row]!) : ''}
        staged={staged} store={kept} skuProblem={skuProblems.get(page.rows[head.row]?.id ?? '') ?? null} />
      {elsewhere > 0 ? <p className="table-note" role="status">{plural(elsewhere, 'staged change')} of products that this page does not show.</p> : null}
      {kept.kept ? null : <p className="table-note" role="status">This browser keeps nothing: staged changes last as long as this page. Save them before you leave.</p>}
      {page.state === 'loading' && page.rows.length === 0 ? <div className="table-scroll"><LoadProgress /><Skeleton rows={20} /></div>
        : page.rows.length === 0 ? (
          <div className="table-scroll"><EmptyState title="No products to edit here" actions={<Link className="button primary" to={back}>Open the table</Link>}>Change the filter, or create and import products from the table.</EmptyState></div>
        ) : (
          <GridTable page={page} columns={SHEET_COLUMNS} staged={staged} skuProblems={skuProblems} sheet={sheet} currencySymbol={store.currencySymbol}
            titleOf={titleOf} label="Products as a spreadsheet" />
        )}
      <p className="grid-help muted">Type to replace, F2 to edit, Ctrl+D fills down, Ctrl+Z takes back, Ctrl+S reviews and saves. Esc, then Tab leaves the grid.</p>
      <PageBar page={page} what="products" sizes={SIZES} awaited={page.state === 'loading' ? spec.page : null} onPage={moves.toPage}
        onSize={(size) => goQuery({ size: size === PAGE_SIZES[0] ? null : size, page: null })} />
      {reviewing ? rows.others.map((id) => <WatchedRow key={id} store={store.id} id={id} onRow={rows.tell} />) : null}
      {reviewing ? (
        <ReviewDialog store={store} staged={kept} review={review(staged, rows.known)} onClose={() => setReviewing(false)} onSend={() => {
          setReviewing(false);
          save(staged, rows.known);
        }} />
      ) : null}
      <LeaveDialog count={count} onDiscard={() => kept.update(() => ({}))} />
    </section>
  );
}

function discardAll(discard: () => void, count: number, undo: () => void): void {
  discard();
  toast(`${plural(count, 'staged change')} discarded`, { label: 'Undo', run: undo });
}

/** The rows of the page, and while a review stands those staged ones that are elsewhere. */
function useKnownRows(shown: readonly Row[], staged: Staged, reviewing: boolean) {
  const [watched, setWatched] = useState<ReadonlyMap<string, Row | null>>(new Map());
  const tell = useCallback((id: string, row: Row | null) => setWatched((before) => new Map(before).set(id, row)), []);
  useEffect(() => {
    if (!reviewing) setWatched(new Map());
  }, [reviewing]);
  const ids = Object.keys(staged).filter((id) => !shown.some((row) => row.id === id)).slice(0, WATCHED_MAX);
  const known = useMemo(() => new Map<string, Row | null>([...watched, ...shown.map((row) => [row.id, row] as const)]), [watched, shown]);
  return { known, tell, others: ids };
}

function useSave(store: StoreAccess, kept: StagedStore, forgetSteps: () => void) {
  const { connection } = useSyncStatus();
  return (staged: Staged, known: ReadonlyMap<string, Row | null>) => {
    const { ready, settled } = review(staged, known);
    const changes = ready.map((one) => one.change);
    kept.update((now) => withoutSent(now, settled.map(({ id, title, field, cell, shown }) => ({ id, title, field, cell, from: shown, to: shown }))));
    const sending = sendChanges(store.id, kept, changes);
    forgetSteps();
    void sending.queued.then(() => {
      if (connection !== 'live') toast(`${plural(changes.length, 'change')} ${changes.length === 1 ? 'waits' : 'wait'} to be sent. The answer comes with the connection.`);
    });
    void sending.answered.then((outcome) => toast(outcomeWords(outcome)));
  };
}

/** What was refused stands here again, staged with its reason: the outbox need not ask about it as well. */
function useParkedTakenOver(store: string, staged: Staged): void {
  const parked = useQueueList(store, 'parked', 0, 100);
  useEffect(() => {
    for (const entry of parked.entries) {
      const here = entry.ops.every((op) => staged[op.id]?.cells[op.field ?? '']?.mutation === entry.mutation);
      if (here && entry.ops.length > 0) void discardEntry(store, entry.number).catch(() => undefined);
    }
  }, [store, staged, parked]);
}
