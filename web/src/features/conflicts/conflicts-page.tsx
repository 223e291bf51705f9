import { useEffect, useState } from 'react';
import { api, usePage, useRecord, useSession, type FieldValue, type PageSpec, type Row, type RowConflict, type StoreAccess } from '../../sync';
import { DifferenceRow } from '../../ui/difference-row';
import { COLLECTION_LABELS, fieldInfo } from '../../ui/fields';
import { useReadyMark } from '../../ui/live-table/live-table';
import { usePageMoves, usePageSpec } from '../../ui/live-table/page-address';
import { EmptyState, Skeleton } from '../../ui/notices';
import { PageBar } from '../../ui/page-bar';
import { Link } from '../../ui/router';

const LIST = { collection: 'conflicts', sort: '-mine_at', sortable: ['mine_at'], filters: {} } as const;

/** Values inside a conflict travel as canonical JSON text. */
export function storedValue(text: FieldValue | undefined): FieldValue {
  if (typeof text !== 'string') return text ?? null;
  try {
    return JSON.parse(text) as FieldValue;
  } catch {
    return text;
  }
}

const text = (value: FieldValue | undefined): string => (typeof value === 'string' ? value : '');
const time = (value: FieldValue | undefined): number | null => (typeof value === 'number' ? value : null);

export function conflictOf(row: Row): RowConflict {
  const { fields } = row;
  return {
    id: row.id, mine: storedValue(fields['mine']), theirs: storedValue(fields['theirs']), base: storedValue(fields['base']),
    mineBy: text(fields['mine_by']), mineAt: time(fields['mine_at']), theirsBy: text(fields['theirs_by']), theirsAt: time(fields['theirs_at']),
  };
}

export function ConflictsPage({ store }: { store: StoreAccess }) {
  const asked = usePageSpec(LIST);
  const spec: PageSpec = { ...asked, filter: { status: 'open' } };
  const readable = store.role !== 'viewer';
  const page = usePage(store.id, readable ? spec : null);
  const moves = usePageMoves(page);
  useReadyMark(!readable || page.state === 'ready');
  // A list of decisions need not hold still: what was decided goes, what came is shown.
  const stale = page.entered + page.moved > 0 || page.rows.some((row) => row.removed || row.fields['status'] !== 'open');
  const { release } = page;
  useEffect(() => {
    if (stale) release();
  }, [stale, release]);
  if (!readable) return <EmptyState title="Conflicts are decided by editors">In {store.name} you are viewer.</EmptyState>;
  return (
    <div className="page" data-total={page.total} data-page={page.page} data-pages={page.pages} data-held={page.entered + page.moved}>
      <div className="page-head"><h1>Conflicts in {store.name}</h1></div>
      {page.state === 'loading' ? <Skeleton rows={4} /> : page.rows.length === 0 ? (
        <EmptyState title="No conflicts">
          When two people change the same field before they see each other's value, both values are kept and stand here until someone decides.
        </EmptyState>
      ) : (
        <ul className="stack">{page.rows.map((row) => <ConflictItem key={row.id} row={row} store={store} />)}</ul>
      )}
      {page.pages > 1 ? <PageBar page={page} what="conflicts" onPage={moves.toPage} onSize={moves.toSize} /> : null}
    </div>
  );
}

interface HistoryEntry {
  changes: { field: string; old: FieldValue; new: FieldValue }[];
}

/** What a record that is gone was called: its history still knows. */
function useFormerTitle(store: string, collection: string, record: string, gone: boolean): string {
  const [title, setTitle] = useState('');
  useEffect(() => {
    if (!gone) return undefined;
    let left = false;
    const query = new URLSearchParams({ storeId: store, dataType: collection, id: record });
    void api<HistoryEntry[]>('GET', `/api/history?${query}`).then((answer) => {
      const named = answer.ok ? answer.data.flatMap((entry) => entry.changes).find((change) => change.field === 'title') : undefined;
      if (!left && named) setTitle(text(named.new) || text(named.old));
    });
    return () => {
      left = true;
    };
  }, [store, collection, record, gone]);
  return title;
}

function ConflictItem({ row, store }: { row: Row; store: StoreAccess }) {
  const session = useSession();
  const collection = text(row.fields['data_type']);
  const record = text(row.fields['record']);
  const name = text(row.fields['field']);
  const subject = useRecord(store.id, collection, record || null);
  const label = COLLECTION_LABELS[collection] ?? collection;
  const title = text(subject?.fields['title']) || text(subject?.fields['name']) || label;
  const former = useFormerTitle(store.id, collection, record, subject === null);
  const to = collection === 'products' ? `/admin/${store.id}/products/${record}` : collection === 'dashboard' ? `/admin/${store.id}/dashboard` : `/admin/${store.id}/store`;
  return (
    <li className="panel" data-record={row.id}>
      <p className="panel-body"><span className="muted">{label} </span>{subject === null ? <><strong dir="auto">{former}</strong> <span className="chip">removed</span></> : <Link to={to} dir="auto">{title}</Link>}</p>
      <DifferenceRow field={fieldInfo(collection, name)} conflict={conflictOf(row)} userName={session.userName}
        about={row.fields['kind'] === 'removed' || row.fields['kind'] === 'changed_since' ? row.fields['kind'] : 'field'}
        of={{ store: store.id, collection, record, field: name }} />
    </li>
  );
}
