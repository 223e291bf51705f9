// What the palette finds beside commands: products, collections and categories of the store, live while it is open.
import { useEffect, useState } from 'react';
import { usePage, type PageSpec, type Row, type StoreAccess } from '../sync';
import { go } from '../ui/router';
import type { Command } from './matching';

const TYPING_PAUSE_MS = 120;
const PRODUCTS_SHOWN = 8;
const OTHERS_SHOWN = 4;
const TEXT_MAX = 200;

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

const search = (collection: string, sort: string, size: number, query: string): PageSpec | null =>
  (query === '' ? null : { collection, page: 1, size, sort, filter: {}, query });

const words = (row: Row, ...fields: string[]): string => fields.map((name) => row.fields[name]).filter((value) => typeof value === 'string' && value !== '').join(' · ');

export interface Found {
  commands: Command[];
  /** Nothing of this text has arrived yet. */
  searching: boolean;
}

export function useFound(store: StoreAccess | null, admin: boolean, typed: string): Found {
  const wanted = typed.trim().slice(0, TEXT_MAX);
  const text = useSettled(wanted);
  const id = store?.id ?? '';
  const query = store ? text : '';
  const products = usePage(id, search('products', '-sales_amount', PRODUCTS_SHOWN, query));
  const collections = usePage(id, search('collections', 'title', OTHERS_SHOWN, query));
  const categories = usePage(id, search('categories', 'path', OTHERS_SHOWN, query));
  if (!store || wanted === '' || text === '') return { commands: [], searching: wanted !== '' && store !== null };
  const base = `${admin ? '/admin' : '/s'}/${store.id}/products`;
  const command = (kind: string, row: Row, label: string, hint: string, to: string): Command => ({ id: `${kind}-${row.id}`, label, hint, run: () => go(to) });
  const living = (rows: readonly Row[]) => rows.filter((row) => !row.removed);
  const found = [
    ...living(products.rows).map((row) => command('product', row, words(row, 'title', 'sku', 'asin') || row.id, 'Product',
      admin ? `${base}/${row.id}` : `${base}?open=${row.id}`)),
    ...living(collections.rows).map((row) => command('collection', row, words(row, 'title') || row.id, 'Collection', `${base}?collection=${row.id}`)),
    ...living(categories.rows).map((row) => command('category', row, words(row, 'path') || row.id, 'Category',
      `${base}?category=${encodeURIComponent(String(row.fields['path'] ?? ''))}`)),
  ];
  return { commands: found, searching: text !== wanted || [products, collections, categories].some((page) => page.state === 'loading') };
}
