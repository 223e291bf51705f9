// What a product is sold as: a row per variant, each cell edited where it stands, stock by adjustment.
import { Fragment, useEffect, useRef, useState } from 'react';
import { edit, newRecordId, usePage, type EditOp, type Row, type StoreAccess } from '../../sync';
import { showValue, fieldInfo } from '../../ui/fields';
import { plural } from '../../ui/format';
import { Icon } from '../../ui/icon';
import { needsDetails, RowDetails } from '../../ui/live-table/row-details';
import { EmptyState, Skeleton } from '../../ui/notices';
import { SaveMark } from '../../ui/save-mark';
import { toast } from '../../ui/toasts';
import { InPlace } from './in-place';
import { StockAdjust } from './stock-part';
import { VariantMaker } from './variant-maker';
import { attributesOf, placeBetween, readPairs, writePairs } from './variant-options';
import './variants.css';

const COLLECTION = 'product_variants';
const VARIANTS_SHOWN = 200;
const PAIRS = { write: writePairs, read: readPairs };

interface VariantsProps {
  store: StoreAccess;
  product: Row;
  writable: boolean;
}

export function Variants({ store, product, writable }: VariantsProps) {
  const page = usePage(store.id, { collection: COLLECTION, page: 1, size: VARIANTS_SHOWN, sort: 'position', filter: { product: product.id }, query: '' });
  const [making, setMaking] = useState(false);
  // What this person made or moved finds its place at once; what others moved waits until it is asked for.
  const own = useRef(false);
  const held = page.entered + page.moved;
  const loose = page.rows.some((row) => !row.placed);
  const { release } = page;
  useEffect(() => {
    if (!loose && (held === 0 || !own.current)) return;
    own.current = false;
    release();
  }, [loose, held, release]);
  if (page.state === 'loading' && page.rows.length === 0) return <Skeleton rows={4} />;
  const rows = page.rows;
  const living = rows.filter((row) => !row.removed);
  const send = (ops: EditOp[]) => {
    own.current = ops.some((op) => 'field' in op && op.field === 'position');
    edit(store.id, ops);
  };
  const add = () => send([{ op: 'insert', collection: COLLECTION, id: newRecordId(), fields: {
    product: product.id, name: `Variant ${living.length + 1}`, is_active: true, position: placeBetween(living.at(-1)?.fields['position'], null) ?? '1',
  } }]);
  const move = (at: number, by: -1 | 1) => {
    const row = living[at];
    const others = living.filter((other) => other !== row);
    const to = at + by;
    if (!row || to < 0 || to > others.length) return;
    const unplaced = [others[to - 1], others[to]].some((other) => other && (other.fields['position'] ?? null) === null);
    const place = unplaced ? null : placeBetween(others[to - 1]?.fields['position'], others[to]?.fields['position']);
    if (place !== null) {
      send([{ op: 'set', collection: COLLECTION, id: row.id, field: 'position', to: place, from: row.fields['position'] ?? null }]);
      return;
    }
    const order = [...others.slice(0, to), row, ...others.slice(to)];
    send(order.map((one, index) => ({ op: 'set', collection: COLLECTION, id: one.id, field: 'position', to: String(index + 1), from: one.fields['position'] ?? null })));
  };
  return (
    <section className="panel variants" aria-label="Variants" data-total={page.total}>
      <div className="table-tools">
        <h2>{plural(page.total, 'variant')}</h2>
        <span className="grow" />
        {held > 0 ? <button type="button" className="button small held" onClick={release}>{plural(held, 'change')} of order · Show</button> : null}
        {writable ? <>
          <button type="button" className="button small" onClick={add}><Icon name="plus" />Add a variant</button>
          <button type="button" className="button small" aria-expanded={making} onClick={() => setMaking(!making)}><Icon name="columns" />From options</button>
        </> : null}
      </div>
      {making ? <VariantMaker product={product} existing={living.map((row) => attributesOf(row.fields['attributes']))} last={living.at(-1)?.fields['position'] ?? null}
        room={VARIANTS_SHOWN - living.length} onClose={() => setMaking(false)} onMake={(made) => {
          send(made.map((fields) => ({ op: 'insert', collection: COLLECTION, id: newRecordId(), fields })));
          setMaking(false);
          toast(`Made ${plural(made.length, 'variant')}`);
        }} /> : null}
      {page.total > rows.length && page.total > VARIANTS_SHOWN ? <p className="table-note">Only the first {VARIANTS_SHOWN} of {page.total} variants are shown here.</p> : null}
      {rows.length === 0 ? (
        <EmptyState title="Sold in one form only">Add variants when it comes in sizes, colours or other forms, each with its own SKU, price and stock.</EmptyState>
      ) : (
        <div className="table-scroll">
          <table className="plain stacked variants-table" aria-label="Variants">
            <thead><tr>
              <th scope="col">Name</th><th scope="col">SKU</th><th scope="col">Attributes</th><th scope="col">Price ({store.currencySymbol})</th>
              <th scope="col">Stock</th><th scope="col">Active</th><th scope="col">Barcode</th><th scope="col">Marketplace ids</th><th scope="col"><span className="sr-only">Order and removal</span></th>
            </tr></thead>
            <tbody>
              {rows.map((row) => (
                <Fragment key={row.id}>
                  <VariantRow store={store.id} row={row} writable={writable} at={living.indexOf(row)} last={living.length - 1} onMove={move} send={send} />
                  {needsDetails(row) ? <tr><td colSpan={9}><RowDetails row={row} store={store.id} collection={COLLECTION} /></td></tr> : null}
                </Fragment>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

interface VariantRowProps {
  store: string;
  row: Row;
  writable: boolean;
  at: number;
  last: number;
  onMove: (at: number, by: -1 | 1) => void;
  send: (ops: EditOp[]) => void;
}

function VariantRow({ store, row, writable, at, last, onMove, send }: VariantRowProps) {
  const name = String(row.fields['name'] ?? row.id);
  if (row.removed) {
    return <tr data-record={row.id} className="removed"><td colSpan={9} className="muted"><s>{name}</s> removed{row.removed.by ? ` by ${row.removed.by}` : ''}</td></tr>;
  }
  const shared = { store, collection: COLLECTION, row, writable };
  const active = row.fields['is_active'] !== false;
  const remove = () => {
    send([{ op: 'remove', collection: COLLECTION, id: row.id }]);
    const fields = Object.fromEntries(Object.entries(row.fields).filter(([, value]) => value !== null));
    toast(`Removed ${name}`, { label: 'Undo', run: () => send([{ op: 'insert', collection: COLLECTION, id: newRecordId(), fields }]) });
  };
  return (
    <tr data-record={row.id} className={active ? '' : 'inactive'}>
      <td data-label="Name"><InPlace {...shared} name="name" label={`Name of ${name}`} /></td>
      <td data-label="SKU"><InPlace {...shared} name="sku" label={`SKU of ${name}`} /></td>
      <td data-label="Attributes"><InPlace {...shared} name="attributes" label={`Attributes of ${name}`} codec={PAIRS} /></td>
      <td data-label="Price"><InPlace {...shared} name="price" label={`Price of ${name}`} /></td>
      <td data-label="Stock">
        <span className="row">
          <strong className="num" data-field="stock" data-sync={row.marks['stock'] ?? 'clean'}>{showValue(fieldInfo(COLLECTION, 'stock'), row.fields['stock'])}</strong>
          {writable ? <StockAdjust store={store} collection={COLLECTION} row={row} name="stock" small /> : null}
        </span>
        <SaveMark mark={row.marks['stock']} reason={row.reasons['stock']} />
      </td>
      <td data-label="Active">
        <label className="check"><input type="checkbox" checked={active} disabled={!writable} aria-label={`${name} is sold`} data-field="is_active"
          onChange={() => send([{ op: 'set', collection: COLLECTION, id: row.id, field: 'is_active', to: !active, from: row.fields['is_active'] ?? null }])} />
        {active ? 'Sold' : 'Not sold'}</label>
      </td>
      <td data-label="Barcode"><InPlace {...shared} name="barcode" label={`Barcode of ${name}`} /></td>
      <td data-label="Marketplace ids"><InPlace {...shared} name="platform_variant_ids" label={`Marketplace ids of ${name}`} codec={PAIRS} /></td>
      <td className="nowrap">
        {writable ? <>
          <button type="button" className="button quiet small" aria-label={`Move ${name} up`} disabled={at <= 0} onClick={() => onMove(at, -1)}><Icon name="up" /></button>
          <button type="button" className="button quiet small" aria-label={`Move ${name} down`} disabled={at >= last} onClick={() => onMove(at, 1)}><Icon name="down" /></button>
          <button type="button" className="button quiet small" aria-label={`Remove ${name}`} onClick={remove}><Icon name="trash" /></button>
        </> : null}
      </td>
    </tr>
  );
}
