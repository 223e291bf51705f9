import { usePage, useSession, type StoreAccess } from '../../sync';
import { Icon } from '../../ui/icon';
import { LiveTable } from '../../ui/live-table/live-table';
import { usePageSpec } from '../../ui/live-table/page-address';
import { EmptyState } from '../../ui/notices';
import { go, goQuery, Link, usePlace } from '../../ui/router';
import { usePhone } from '../../ui/use-media';
import { SelectionTools, useBulkWork } from './bulk-tools';
import { ADMIN_COLUMNS, PRODUCT_LIST, SELLER_COLUMNS, SORTABLE } from './product-columns';
import { rowPicture } from './product-picture';
import { removeProducts, titleOf } from './product-removal';
import { clearFilters, ProductTools, useFilterWords } from './product-tools';
import { SavedViews } from './saved-views';
import { ProductDetails } from './product-details';

/** The admin side: every cell of the table can be edited in place. */
export function AdminProductsPage({ store }: { store: StoreAccess }) {
  const spec = usePageSpec(PRODUCT_LIST);
  const page = usePage(store.id, spec);
  const session = useSession();
  const base = `/admin/${store.id}/products`;
  const { query } = usePlace();
  const phone = usePhone();
  const bulk = useBulkWork(store, page);
  return bulk.around(
    <LiveTable name="products" title="Products" what="products" store={store.id} spec={spec} page={page} columns={ADMIN_COLUMNS}
      sortable={SORTABLE} writable={store.role !== 'viewer'} user={session.userId} currencySymbol={store.currencySymbol}
      titleOf={titleOf} openTo={(row) => `${base}/${row.id}`} onOpen={(row) => go(`${base}/${row.id}`)}
      onCreate={() => go(`${base}/new`)} onRemove={(rows) => removeProducts(store.id, rows)} picture={rowPicture}
      tools={<>
        <ProductTools store={store} spec={spec} />
        <SavedViews store={store} screen="products" />
        {phone ? null : <Link className="button small" to={`${base}/grid${query.size > 0 ? `?${query}` : ''}`}><Icon name="columns" />Grid</Link>}
        <Link className="button small" to={`${base}/new`}><Icon name="plus" />New</Link>
        <Link className="button small" to={`/admin/${store.id}/import`}><Icon name="upload" />Import</Link>
        {bulk.shelfButton}
      </>}
      selectionTools={(rows, clear) => (
        <SelectionTools store={store.id} rows={rows} clear={clear} onChange={() => bulk.change(rows)} onRemove={() => removeProducts(store.id, rows)} />
      )}
      empty={<NoProducts store={store} />} {...bulk.tableProps} />,
  );
}

/** The seller side: how products perform, live; nothing is edited here. */
export function SellerProductsPage({ store }: { store: StoreAccess }) {
  const spec = usePageSpec(PRODUCT_LIST);
  const page = usePage(store.id, spec);
  const session = useSession();
  const { query } = usePlace();
  const openId = query.get('open');
  const address = (id: string): string => {
    const next = new URLSearchParams(query);
    next.set('open', id);
    return `/s/${store.id}/products?${next}`;
  };
  return (
    <>
      <LiveTable name="performance" title="Product performance" what="products" store={store.id} spec={spec} page={page}
        columns={SELLER_COLUMNS} sortable={SORTABLE} writable={false} user={session.userId} currencySymbol={store.currencySymbol}
        titleOf={titleOf} openTo={(row) => address(row.id)} onOpen={(row) => go(address(row.id))} picture={rowPicture}
        tools={<><ProductTools store={store} spec={spec} /><SavedViews store={store} screen="performance" /></>} empty={<NoProducts store={store} />} />
      {openId ? <ProductDetails store={store} id={openId} onClose={() => goQuery({ open: null })} /> : null}
    </>
  );
}

function NoProducts({ store }: { store: StoreAccess }) {
  const told = useFilterWords(store);
  if (told.length > 0) {
    return (
      <EmptyState title="No product matches" actions={
        <button type="button" className="button primary" onClick={clearFilters}>Clear the filter</button>
      }>Looked for {told.map((one) => one.words).join(' and ')}.</EmptyState>
    );
  }
  if (store.role === 'viewer') {
    return <EmptyState title="No products yet">They appear here as soon as an editor of {store.name} imports or creates them.</EmptyState>;
  }
  return (
    <EmptyState title={`${store.name} has no products yet`} actions={<>
      <Link className="button primary" to={`/admin/${store.id}/import`}><Icon name="upload" />Import a file</Link>
      <Link className="button" to={`/admin/${store.id}/products/new`}><Icon name="plus" />Create a product</Link>
      <a className="button" href="/sample-products.csv" download><Icon name="download" />Download a sample CSV</a>
    </>}>Bring a Shopify export, a plain CSV or JSON. Every row is shown with what will happen to it before anything changes.</EmptyState>
  );
}
