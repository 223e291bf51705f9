// Products in collections: each membership is one element of a list, added and taken out by itself, so that two people never undo each other.
import type { Row } from '../../sync';
import type { Change } from './batch';

export interface CollectionName {
  id: string;
  title: string;
}

export const productName = (row: Row): string => String(row.fields['title'] ?? row.fields['sku'] ?? row.id);

export function isMember(product: Row, collection: string): boolean {
  const list = product.fields['collections'];
  return Array.isArray(list) && list.includes(collection);
}

/** What has to be done so that these products are in the collection, or out of it; those that are so already are left alone. */
export function membershipChanges(products: readonly Row[], collection: CollectionName, add: boolean): Change[] {
  return products.filter((row) => !row.removed && isMember(row, collection.id) !== add).map((row) => ({
    op: { op: add ? 'list_add' : 'list_remove', collection: 'products', id: row.id, field: 'collections', value: collection.id },
    title: productName(row), label: `Collection ${collection.title}`, from: add ? 'not in it' : 'in it', to: add ? 'in it' : 'not in it',
  }));
}

/** SKUs as people paste them: one per line, or parted by commas, semicolons or tabs; each once, in their order. */
export function pastedSkus(text: string): string[] {
  return [...new Set(text.split(/[\n\r,;\t]+/).map((sku) => sku.trim().replace(/^"(.*)"$/, '$1')).filter(Boolean))];
}
