// What renaming or removing a category changes: itself, what is below it, and the products that name any of them.
import { readAll, type Row } from '../../sync';
import type { Change } from '../../ui/batch/batch';
import { isBelow, parts, renamed, SEPARATOR } from './category-kind';

export interface Branch {
  /** The categories themselves and all below them. */
  categories: Row[];
  products: Row[];
  /** Every other path that exists. */
  others: ReadonlySet<string>;
  /** Some were not read, because there are too many. */
  cut: boolean;
}

const pathOf = (row: Row): string => String(row.fields['path'] ?? '');

export async function readBranch(store: string, paths: readonly string[]): Promise<Branch> {
  const all = await readAll(store, { collection: 'categories', sort: 'path', filter: {}, query: '' });
  const inside = (path: string): boolean => paths.some((one) => path === one || isBelow(path, one));
  const categories = all.rows.filter((row) => inside(pathOf(row)));
  const products: Row[] = [];
  let cut = all.rows.length < all.total;
  for (const row of categories) {
    const read = await readAll(store, { collection: 'products', sort: 'title', filter: { category: pathOf(row) }, query: '' });
    products.push(...read.rows);
    cut ||= read.rows.length < read.total;
  }
  return { categories, products, others: new Set(all.rows.map(pathOf).filter((path) => !inside(path))), cut };
}

const productName = (row: Row): string => String(row.fields['title'] ?? row.fields['sku'] ?? row.id);

function moveProduct(row: Row, to: string | null): Change {
  const from = String(row.fields['category'] ?? '');
  return {
    op: { op: 'set', collection: 'products', id: row.id, field: 'category', to, from }, title: productName(row), label: 'Category', from, to: to ?? '–',
  };
}

const removal = (row: Row): Change =>
  ({ op: { op: 'remove', collection: 'categories', id: row.id }, title: pathOf(row), label: 'Category', from: pathOf(row), to: 'removed' });

/** Categories first. One whose new name exists already is merged into that one. */
export function renameChanges(branch: Branch, from: string, to: string): Change[] {
  const categories = branch.categories.map((row): Change => {
    const path = pathOf(row);
    const next = renamed(path, from, to) ?? path;
    if (branch.others.has(next)) return removal(row);
    return { op: { op: 'set', collection: 'categories', id: row.id, field: 'path', to: next, from: path }, title: path, label: 'Category', from: path, to: next };
  });
  return [...categories, ...branch.products.map((row) => moveProduct(row, renamed(String(row.fields['category']), from, to)))];
}

export type LeftProducts = 'parent' | 'none' | 'keep';

/** The nearest category above that stays. */
export function parentThatStays(path: string, removed: ReadonlySet<string>): string | null {
  const names = parts(path);
  for (let depth = names.length - 1; depth > 0; depth -= 1) {
    const above = names.slice(0, depth).join(SEPARATOR);
    if (!removed.has(above)) return above;
  }
  return null;
}

export function removeChanges(branch: Branch, left: LeftProducts): Change[] {
  const removed = new Set(branch.categories.map(pathOf));
  const products = left === 'keep' ? [] : branch.products.map((row) =>
    moveProduct(row, left === 'none' ? null : parentThatStays(String(row.fields['category']), removed)));
  return [...products, ...branch.categories.map(removal)];
}
