import { useMemo, useState } from 'react';
import { readAll, type Row, type StoreAccess } from '../../sync';
import type { Change } from '../../ui/batch/batch';
import { BatchDialog } from '../../ui/batch/batch-dialog';
import { membershipChanges } from '../../ui/batch/membership';
import type { Column } from '../../ui/live-table/columns';
import { ProductCount } from '../../ui/product-count';
import { RecordCreate, RecordEditor } from '../../ui/record-page/record-editor';
import { removeRecords } from '../../ui/record-page/record-kind';
import { RecordList } from '../../ui/record-page/record-list';
import { CollectionProducts } from './collection-products';
import { COLLECTION } from './collection-kind';
import './collections.css';

const nameOf = (row: Row) => ({ id: row.id, title: String(row.fields['title'] ?? 'Collection') });

function columnsOf(store: StoreAccess): readonly Column[] {
  const [title, ...others] = COLLECTION.columns;
  const count: Column = {
    field: { name: 'count', label: 'Products', kind: 'count' }, width: 110, editable: false, onCard: true,
    render: (row) => <ProductCount store={store.id} filter={{ collections: row.id }} to={`/admin/${store.id}/collections/${row.id}`} label={nameOf(row).title} />,
  };
  return title ? [title, count, ...others] : others;
}

/** The collection goes, and its id out of every product that is in it. */
async function removalOf(store: string, collections: readonly Row[]): Promise<Change[]> {
  const all = await Promise.all(collections.map(async (row) => {
    const inIt = await readAll(store, { collection: 'products', sort: 'title', filter: { collections: row.id }, query: '' });
    return membershipChanges(inIt.rows, nameOf(row), false);
  }));
  return [...all.flat(), ...collections.map((row): Change => ({
    op: { op: 'remove', collection: 'collections', id: row.id }, title: nameOf(row).title, label: 'Collection', from: 'there', to: 'removed',
  }))];
}

function useRemoval(store: string) {
  const [changes, setChanges] = useState<Change[] | null>(null);
  const begin = (rows: readonly Row[]) => {
    void removalOf(store, rows).then((found) => {
      // Nothing is in it: it can be taken back with one click.
      if (found.length === rows.length) removeRecords(store, COLLECTION, rows);
      else setChanges(found);
    });
  };
  const dialog = changes ? <BatchDialog store={store} title="Remove collections" danger changes={changes} onClose={() => setChanges(null)} /> : null;
  return { begin, dialog };
}

export default function Collections({ store, id }: { store: StoreAccess; id: string | null }) {
  const base = `/admin/${store.id}/collections`;
  const columns = useMemo(() => columnsOf(store), [store]);
  const removal = useRemoval(store.id);
  if (id === 'new') return <RecordCreate kind={COLLECTION} store={store} base={base} />;
  return (
    <>
      {id === null
        ? <RecordList kind={COLLECTION} store={store} base={base} columns={columns} onRemove={removal.begin} />
        : <RecordEditor kind={COLLECTION} store={store} base={base} id={id} onRemove={(row) => removal.begin([row])}
            below={(row) => <CollectionProducts store={store} collection={row} />} />}
      {removal.dialog}
    </>
  );
}
