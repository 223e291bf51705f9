import { useMemo, useState } from 'react';
import { usePage, useSession, type Row, type StoreAccess } from '../../sync';
import type { Change } from '../../ui/batch/batch';
import { BatchDialog } from '../../ui/batch/batch-dialog';
import { membershipChanges, productName } from '../../ui/batch/membership';
import { plural } from '../../ui/format';
import { fieldInfo } from '../../ui/fields';
import { Icon } from '../../ui/icon';
import type { Column } from '../../ui/live-table/columns';
import { LiveTable } from '../../ui/live-table/live-table';
import { usePageSpec } from '../../ui/live-table/page-address';
import { EmptyState } from '../../ui/notices';
import { go, goQuery } from '../../ui/router';
import { SearchBox } from '../../ui/search-box';
import { ChooseProducts, PasteSkus } from './add-products';

const shown = (name: string, width: number): Column => ({ field: fieldInfo('products', name), width, editable: false, fixed: name === 'title', onCard: true });
const COLUMNS: readonly Column[] = [shown('title', 360), shown('sku', 140), shown('status', 96), shown('price', 110), shown('inventory', 100), shown('sales_amount', 140)];
const LIST = {
  collection: 'products', sort: 'title', sortable: COLUMNS.map((column) => column.field.name), filters: {},
} as const;

/** The products of one collection, live. */
export function CollectionProducts({ store, collection }: { store: StoreAccess; collection: Row }) {
  const address = usePageSpec(LIST);
  const spec = useMemo(() => ({ ...address, filter: { collections: collection.id } }), [address, collection.id]);
  const page = usePage(store.id, spec);
  const session = useSession();
  const [dialog, setDialog] = useState<'choose' | 'paste' | null>(null);
  const [taking, setTaking] = useState<Change[] | null>(null);
  const writable = store.role !== 'viewer' && !collection.removed;
  const name = { id: collection.id, title: String(collection.fields['title'] ?? 'this collection') };
  const close = () => setDialog(null);
  const addButtons = (
    <>
      <button type="button" className="button small" onClick={() => setDialog('choose')}><Icon name="plus" />Add products…</button>
      <button type="button" className="button small" onClick={() => setDialog('paste')}>Paste SKUs…</button>
    </>
  );
  const productAt = (row: Row): string => `/admin/${store.id}/products/${row.id}`;
  const takeOut = (rows: Row[]) => setTaking(membershipChanges(rows, name, false));
  return (
    <div className="panel inner-table">
      <LiveTable name="collection-products" title={`Products in ${name.title}`} what="products" store={store.id} spec={spec} page={page} columns={COLUMNS}
        sortable={LIST.sortable} writable={writable} user={session.userId} currencySymbol={store.currencySymbol} titleOf={productName}
        openTo={productAt} onOpen={(row) => go(productAt(row))} onRemove={takeOut}
        tools={<><SearchBox query={spec.query} label="Search products" placeholder="Search title, SKU, ASIN" />{writable ? addButtons : null}</>}
        selectionTools={(rows, clear) => (
          <>
            <strong>{plural(rows.length, 'product')} selected</strong>
            <button type="button" className="button small" onClick={() => takeOut(rows)}>Take out of {name.title}</button>
            <button type="button" className="button small quiet" onClick={clear}>Clear selection</button>
          </>
        )}
        empty={spec.query ? (
          <EmptyState title="No product matches" actions={
            <button type="button" className="button primary" onClick={() => goQuery({ q: null, page: null })}>Clear the search</button>
          }>Looked for “{spec.query}” among the products of {name.title}.</EmptyState>
        ) : (
          <EmptyState title={`No products in ${name.title} yet`} actions={writable ? <div className="row">{addButtons}</div> : null}>
            Choose them, paste their SKUs, or drag rows of the product table onto the collection.
          </EmptyState>
        )} />
      {dialog === 'choose' ? <ChooseProducts store={store.id} collection={name} onClose={close} /> : null}
      {dialog === 'paste' ? <PasteSkus store={store.id} collection={name} onClose={close} /> : null}
      {taking ? <BatchDialog store={store.id} title={`Take out of ${name.title}`} changes={taking} onClose={() => setTaking(null)} /> : null}
    </div>
  );
}
