// One change of many products, as differences to review.
import type { FieldValue, Row } from '../../sync';
import type { Change } from '../../ui/batch/batch';
import { membershipChanges, productName, type CollectionName } from '../../ui/batch/membership';
import { fieldInfo, sameValue, showValue } from '../../ui/fields';
import { newPrice, type PriceRule } from './price-change';

export interface BulkPlan {
  status: string | null;
  price: PriceRule | null;
  /** '' = no category. */
  category: string | null;
  addTo: CollectionName | null;
  takeFrom: CollectionName | null;
  remove: boolean;
}

export const NOTHING_PLANNED: BulkPlan = { status: null, price: null, category: null, addTo: null, takeFrom: null, remove: false };

function setChange(row: Row, name: string, to: FieldValue): Change[] {
  const field = fieldInfo('products', name);
  const from = row.fields[name] ?? null;
  if (sameValue(from, to)) return [];
  return [{
    op: { op: 'set', collection: 'products', id: row.id, field: name, to, from }, title: productName(row), label: field.label,
    from: showValue(field, from), to: showValue(field, to),
  }];
}

/** `without`: products that the price rule says nothing of. */
export function bulkChanges(rows: readonly Row[], plan: BulkPlan): { changes: Change[]; without: Row[] } {
  const here = rows.filter((row) => !row.removed);
  if (plan.remove) {
    return {
      changes: here.map((row) => ({
        op: { op: 'remove', collection: 'products', id: row.id }, title: productName(row), label: 'Product', from: 'there', to: 'removed',
      })),
      without: [],
    };
  }
  const without: Row[] = [];
  const changes = here.flatMap((row) => {
    const made: Change[] = [];
    if (plan.status !== null) made.push(...setChange(row, 'status', plan.status));
    if (plan.price) {
      const before = row.fields['price'];
      const price = newPrice(typeof before === 'string' ? before : null, plan.price);
      if (price === null) without.push(row);
      else made.push(...setChange(row, 'price', price));
    }
    if (plan.category !== null) made.push(...setChange(row, 'category', plan.category === '' ? null : plan.category));
    return made;
  });
  if (plan.addTo) changes.push(...membershipChanges(here, plan.addTo, true));
  if (plan.takeFrom) changes.push(...membershipChanges(here, plan.takeFrom, false));
  return { changes, without };
}
