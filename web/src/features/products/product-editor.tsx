import { Suspense, lazy, type KeyboardEvent, type ReactNode } from 'react';
import { useNotHere, useRecord, type Row, type StoreAccess } from '../../sync';
import { formatExact } from '../../ui/format';
import { EmptyState, Skeleton } from '../../ui/notices';
import { RecordForm } from '../../ui/record-form/record-form';
import { RecordHistory } from '../../ui/record-form/record-history';
import { useReadyMark } from '../../ui/live-table/live-table';
import { Icon } from '../../ui/icon';
import { go, goQuery, Link, usePlace } from '../../ui/router';
import { productInputs } from './editor-inputs';
import { closeEditor, PRODUCT_GROUPS } from './product-groups';
import { removeProducts, titleOf } from './product-removal';
import { StockPart } from './stock-part';
import './product-editor.css';

const Variants = lazy(() => import('./variants').then((part) => ({ default: part.Variants })));
const Overrides = lazy(() => import('./overrides').then((part) => ({ default: part.Overrides })));

const TABS = [
  { key: 'details', label: 'Details' },
  { key: 'variants', label: 'Variants' },
  { key: 'marketplaces', label: 'Marketplace values' },
  { key: 'changes', label: 'All changes' },
] as const;

type TabKey = (typeof TABS)[number]['key'];

interface ProductEditorProps {
  store: StoreAccess;
  id: string;
  /** The pictures of the product, between its description and its size. */
  pictures?: (product: Row, writable: boolean) => ReactNode;
}

export function ProductEditor({ store, id, pictures }: ProductEditorProps) {
  const row = useRecord(store.id, 'products', id);
  const notHere = useNotHere(store.id, 'products', id);
  useReadyMark(row !== undefined);
  if (row === undefined) return <div className="page"><Skeleton rows={8} /></div>;
  if (notHere) {
    return (
      <EmptyState title="This product is not in this browser" actions={<Link className="button primary" to={`/admin/${store.id}/products`}>All products</Link>}>
        The server cannot be reached, and only part of {store.name}&rsquo;s products is kept here. It opens as soon as the connection is back.
      </EmptyState>
    );
  }
  if (row === null) {
    return (
      <EmptyState title="There is no such product" actions={<Link className="button primary" to={`/admin/${store.id}/products`}>All products</Link>}>
        It may have been removed, or the address belongs to another store.
      </EmptyState>
    );
  }
  return <Editor store={store} row={row} pictures={pictures} />;
}

function Editor({ store, row, pictures }: { store: StoreAccess; row: Row; pictures: ProductEditorProps['pictures'] }) {
  const { query } = usePlace();
  const writable = store.role !== 'viewer';
  const asked = query.get('tab');
  const tab: TabKey = TABS.find(({ key }) => key === asked)?.key ?? 'details';
  const open = writable && !row.removed;
  return (
    <div className={tab === 'variants' ? 'page wide' : 'page'}>
      <div className="page-head">
        <Link to={`/admin/${store.id}/products`} className="button quiet small"><Icon name="left" />Products</Link>
        <h1 className="clip" dir="auto">{titleOf(row)}</h1>
        <span className="grow" />
        {open ? (
          <button type="button" className="button small danger" onClick={() => {
            removeProducts(store.id, [row]);
            go(`/admin/${store.id}/products`);
          }}><Icon name="trash" />Remove</button>
        ) : null}
      </div>
      <Tabs tab={tab} />
      {/* What was typed in the form stays while another tab is read. */}
      <div id="product-details" role="tabpanel" aria-labelledby="tab-details" hidden={tab !== 'details'}>
        <RecordForm store={store.id} collection="products" row={row} groups={PRODUCT_GROUPS} writable={writable}
          currencySymbol={store.currencySymbol} onCancel={() => closeEditor(store.id)} inputs={productInputs(store.id, row)}
          parts={{ inventory: <StockPart store={store.id} collection="products" row={row} name="inventory" writable={open} /> }}
          extra={<>{pictures?.(row, open)}<SyncLine row={row} /></>} />
      </div>
      {tab === 'details' ? null : (
        <div id={`product-${tab}`} role="tabpanel" aria-labelledby={`tab-${tab}`}>
          <Suspense fallback={<Skeleton rows={6} />}>
            {tab === 'variants' ? <Variants store={store} product={row} writable={open} />
              : tab === 'marketplaces' ? <Overrides store={store} product={row} writable={open} />
              : <RecordHistory store={store.id} collection="products" row={row} writable={open} />}
          </Suspense>
        </div>
      )}
    </div>
  );
}

function Tabs({ tab }: { tab: TabKey }) {
  const choose = (key: TabKey) => goQuery({ tab: key === 'details' ? null : key }, { replace: true });
  const move = (event: KeyboardEvent<HTMLElement>) => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const at = TABS.findIndex(({ key }) => key === tab);
    const next = TABS[(at + by + TABS.length) % TABS.length];
    if (!next) return;
    choose(next.key);
    document.getElementById(`tab-${next.key}`)?.focus();
  };
  return (
    <div role="tablist" aria-label="Parts of the product" className="tabs">
      {TABS.map(({ key, label }) => (
        <button key={key} id={`tab-${key}`} type="button" role="tab" aria-selected={key === tab} aria-controls={key === tab || key === 'details' ? `product-${key}` : undefined}
          tabIndex={key === tab ? 0 : -1} onKeyDown={move} onClick={() => choose(key)}>{label}</button>
      ))}
    </div>
  );
}

function SyncLine({ row }: { row: Row }) {
  const at = row.fields['last_synced_at'];
  return <p className="muted">{typeof at === 'number' ? `Last synced ${formatExact(at)}` : 'Not synced with any marketplace yet.'}</p>;
}

