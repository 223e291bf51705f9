// The list of a collection: live, searched, edited in its cells.
import type { ReactNode } from 'react';
import { usePage, useSession, type PageSpec, type Row, type StoreAccess } from '../../sync';
import { plural } from '../format';
import { Icon } from '../icon';
import type { Column } from '../live-table/columns';
import { LiveTable } from '../live-table/live-table';
import { usePageSpec } from '../live-table/page-address';
import { EmptyState } from '../notices';
import { go, goQuery, Link } from '../router';
import { SearchBox } from '../search-box';
import { removeRecords, titleOf, type RecordKind } from './record-kind';

interface RecordListProps {
  kind: RecordKind;
  store: StoreAccess;
  /** Address of the list; a record's is below it, a new one's is `BASE/new`. */
  base: string;
  writable?: boolean;
  columns?: readonly Column[];
  tools?: (spec: PageSpec) => ReactNode;
  selectionTools?: (rows: Row[], clear: () => void) => ReactNode;
  /** In place of removing at once. */
  onRemove?: (rows: Row[]) => void;
  /** Null: records are not opened by themselves, nor made here. */
  openTo?: (row: Row) => string;
  create?: boolean;
  emptyActions?: ReactNode;
}

export function RecordList(props: RecordListProps) {
  const { kind, store, base } = props;
  const writable = props.writable ?? store.role !== 'viewer';
  const create = (props.create ?? true) && writable;
  const spec = usePageSpec(kind);
  const page = usePage(store.id, spec);
  const session = useSession();
  const openTo = props.openTo ?? ((row: Row) => `${base}/${row.id}`);
  const remove = props.onRemove ?? ((rows: Row[]) => removeRecords(store.id, kind, rows));
  const filtered = spec.query !== '' || Object.keys(spec.filter).length > 0;
  const newLink = create ? <Link className="button small" to={`${base}/new`}><Icon name="plus" />New</Link> : null;
  return (
    <LiveTable name={kind.collection} title={kind.title} what={kind.many} store={store.id} spec={spec} page={page}
      columns={props.columns ?? kind.columns} sortable={kind.sortable} writable={writable} user={session.userId} currencySymbol={store.currencySymbol}
      titleOf={titleOf(kind)} openTo={openTo} onOpen={(row) => go(openTo(row))}
      {...(create ? { onCreate: () => go(`${base}/new`) } : {})} {...(writable ? { onRemove: remove } : {})}
      tools={<>
        {kind.search ? <SearchBox query={spec.query} label={`Search ${kind.many}`} placeholder={kind.search} /> : null}
        {props.tools?.(spec)}
        {newLink}
      </>}
      {...(writable ? { selectionTools: (rows: Row[], clear: () => void) => props.selectionTools?.(rows, clear) ?? (
        <>
          <strong>{plural(rows.length, kind.one, kind.many)} selected</strong>
          <button type="button" className="button small danger" onClick={() => {
            remove(rows);
            clear();
          }}><Icon name="trash" />Remove</button>
          <button type="button" className="button small quiet" onClick={clear}>Clear selection</button>
        </>
      ) } : {})}
      empty={filtered ? (
        <EmptyState title={`No ${kind.one} matches`} actions={
          <button type="button" className="button primary" onClick={() => goQuery({ q: null, page: null, ...Object.fromEntries(Object.keys(kind.filters).map((name) => [name, null])) })}>
            Clear the filter
          </button>
        }>Looked for {[spec.query ? `“${spec.query}”` : '', ...Object.values(spec.filter).map(String)].filter(Boolean).join(' and ')}.</EmptyState>
      ) : (
        <EmptyState title={kind.empty.title} actions={create ? <>
          <Link className="button primary" to={`${base}/new`}><Icon name="plus" />New {kind.one}</Link>{props.emptyActions}
        </> : null}>{kind.empty.text}</EmptyState>
      )} />
  );
}
