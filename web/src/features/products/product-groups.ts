import { fieldInfo, type FieldInfo } from '../../ui/fields';
import type { FieldGroup } from '../../ui/record-form/record-form';
import { go } from '../../ui/router';
import { idField, PLATFORMS } from './marketplaces';

const named = (...names: string[]): FieldInfo[] => names.map((name) => fieldInfo('products', name));

export const PRODUCT_GROUPS: readonly FieldGroup[] = [
  { title: 'What it is', fields: named('title', 'sku', 'asin', 'handle', 'category', 'tags', 'collections', 'image_url') },
  { title: 'Offer', fields: named('status', 'price', 'inventory') },
  { title: 'Description', fields: named('description') },
  { title: 'Weight and size', fields: named('weight', 'length', 'width', 'height') },
  { title: 'Marketplaces', fields: named(...PLATFORMS.map(({ key }) => idField(key))) },
  { title: 'Figures', fields: named('sales_amount', 'units_sold', 'page_views') },
];

/** Back to the list as it was left, when the page was reached from it. */
export function closeEditor(store: string): void {
  if (window.history.length > 1) window.history.back();
  else go(`/admin/${store}/products`);
}
