import { useState } from 'react';
import { usePage, useRecord, type PageSpec, type StoreAccess } from '../../sync';
import { Dialog } from '../../ui/dialog';
import { fieldInfo } from '../../ui/fields';
import { Icon } from '../../ui/icon';
import { Popover } from '../../ui/popover';
import { goQuery, usePlace } from '../../ui/router';
import { SearchBox } from '../../ui/search-box';
import { usePhone } from '../../ui/use-media';
import { ListingLegend } from './listing-marks';
import { PLATFORMS, SYNC_STATES } from './marketplaces';
import { SORTABLE } from './product-columns';
import { FILTER_PARAMETERS, filterWords, readPrice, type FilterWord } from './product-filters';
import './product-tools.css';

const CATEGORIES_SHOWN = 200;

const setStatus = (status: string) => goQuery({ status: status === 'All' ? null : status, page: null });

function StatusFilter({ status }: { status: string | undefined }) {
  return (
    <div className="row" role="group" aria-label="Status">
      {['All', 'Active', 'Inactive'].map((choice) => (
        <button key={choice} type="button" className="button small" aria-pressed={(status ?? 'All') === choice} onClick={() => setStatus(choice)}>
          {choice}
        </button>
      ))}
    </div>
  );
}

/** One bound of the price; the address follows when it is left or Enter is pressed. */
function PriceBound({ name, label, sign }: { name: 'min_price' | 'max_price'; label: string; sign: string }) {
  const { query } = usePlace();
  const held = query.get(name) ?? '';
  const [text, setText] = useState(held);
  const [seen, setSeen] = useState(held);
  if (seen !== held) {
    setSeen(held);
    setText(held);
  }
  const wrong = text.trim() !== '' && readPrice(text) === null;
  const apply = () => {
    if (!wrong) goQuery({ [name]: readPrice(text), page: null }, { replace: true });
  };
  return (
    <label className="grow">
      <span className="label">{label}{sign ? ` (${sign})` : ''}</span>
      <input className="input num" inputMode="decimal" value={text} aria-invalid={wrong || undefined} onChange={(event) => setText(event.target.value)}
        onBlur={apply} onKeyDown={(event) => {
          if (event.key === 'Enter') apply();
        }} />
      {wrong ? <span className="field-problem">Write a number, for example 12.50</span> : null}
    </label>
  );
}

function CategoryChoice({ store }: { store: string }) {
  const { query } = usePlace();
  const category = query.get('category') ?? '';
  const page = usePage(store, { collection: 'categories', page: 1, size: CATEGORIES_SHOWN, sort: 'path', filter: {}, query: '' });
  const paths = page.rows.flatMap((row) => (row.removed ? [] : String(row.fields['path'] ?? '')));
  const [text, setText] = useState(category);
  const [seen, setSeen] = useState(category);
  if (seen !== category) {
    setSeen(category);
    setText(category);
  }
  const apply = (wanted: string) => goQuery({ category: wanted.trim(), page: null }, { replace: true });
  return (
    <label>
      <span className="label">Category</span>
      <input className="input" list="filter-categories" value={text} maxLength={500} placeholder="Any category" autoComplete="off"
        onChange={(event) => {
          setText(event.target.value);
          if (paths.includes(event.target.value) || event.target.value === '') apply(event.target.value);
        }}
        onBlur={() => apply(text)} onKeyDown={(event) => {
          if (event.key === 'Enter') apply(text);
        }} />
      <datalist id="filter-categories">{paths.map((path) => <option key={path} value={path}>{path}</option>)}</datalist>
    </label>
  );
}

/** Conditions beside text and status; each holds at once. */
function FilterFields({ store }: { store: StoreAccess }) {
  const { query } = usePlace();
  return (
    <div className="stack">
      <label>
        <span className="label">Marketplace</span>
        <select className="input" value={query.get('platform') ?? ''} onChange={(event) => goQuery({ platform: event.target.value, page: null })}>
          <option value="">All</option>
          {PLATFORMS.map(({ key, name }) => <option key={key} value={key}>{name}</option>)}
        </select>
      </label>
      <label>
        <span className="label">Sync status</span>
        <select className="input" value={query.get('sync') ?? ''} onChange={(event) => goQuery({ sync: event.target.value, page: null })}>
          <option value="">Any</option>
          {SYNC_STATES.map(({ value, words }) => <option key={value} value={value}>{words}</option>)}
        </select>
      </label>
      <CategoryChoice store={store.id} />
      <div className="row price-range">
        <PriceBound name="min_price" label="Price from" sign={store.currencySymbol} />
        <PriceBound name="max_price" label="Price to" sign={store.currencySymbol} />
      </div>
    </div>
  );
}

/** The conditions that the panel holds, told beside the table; each can be taken away. */
function FilterChips({ told }: { told: FilterWord[] }) {
  return told.map((one) => (
    <button key={one.words} type="button" className="chip filter-chip" aria-label={`Take away: ${one.words}`}
      onClick={() => goQuery(Object.fromEntries([...one.parameters, 'page'].map((name) => [name, null])))}>
      <span className="clip">{one.words}</span><Icon name="close" />
    </button>
  ));
}

/** Every condition of the address in words. */
export function useFilterWords(store: StoreAccess): FilterWord[] {
  const { query } = usePlace();
  const collection = useRecord(store.id, 'collections', query.get('collection'));
  return filterWords(query, { sign: store.currencySymbol, collection: collection ? String(collection.fields['title'] ?? '') : undefined });
}

export const clearFilters = (): void => goQuery(Object.fromEntries([...FILTER_PARAMETERS, 'page'].map((name) => [name, null])));

export function ProductTools({ store, spec }: { store: StoreAccess; spec: PageSpec }) {
  const phone = usePhone();
  const [sheet, setSheet] = useState(false);
  const status = spec.filter['status'] as string | undefined;
  // Text and status have their own places.
  const told = useFilterWords(store).filter((one) => !one.parameters.includes('q') && !one.parameters.includes('status'));
  if (!phone) {
    return (
      <>
        <SearchBox query={spec.query} label="Search products" placeholder="Search title, SKU, ASIN" /><StatusFilter status={status} />
        <Popover label="More filters" className="button small" button={<><Icon name="filter" />Filter{told.length ? ` (${told.length})` : ''}</>}>
          {() => <div className="filter-panel"><FilterFields store={store} /></div>}
        </Popover>
        <ListingLegend />
        <FilterChips told={told} />
      </>
    );
  }
  const filters = told.length + (status ? 1 : 0) + (spec.sort === '-sales_amount' ? 0 : 1);
  return (
    <>
      <SearchBox query={spec.query} label="Search products" placeholder="Search title, SKU, ASIN" />
      <button type="button" className="button" onClick={() => setSheet(true)}><Icon name="filter" />Filter{filters ? ` (${filters})` : ''}</button>
      {sheet ? (
        <Dialog title="Filter and order" place="sheet" onClose={() => setSheet(false)}>
          <div className="stack">
            <StatusFilter status={status} />
            <label>
              <span className="label">Order by</span>
              <select className="input" value={spec.sort} onChange={(event) => goQuery({ sort: event.target.value, page: null })}>
                {SORTABLE.flatMap((name) => [
                  <option key={name} value={name}>{fieldInfo('products', name).label}, smallest first</option>,
                  <option key={`-${name}`} value={`-${name}`}>{fieldInfo('products', name).label}, largest first</option>,
                ])}
              </select>
            </label>
            <FilterFields store={store} />
            <div className="row"><ListingLegend /><span className="muted">What the marketplace signs mean</span></div>
          </div>
        </Dialog>
      ) : null}
    </>
  );
}
