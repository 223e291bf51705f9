import type { Column } from '../../ui/live-table/columns';
import { fieldInfo, PRODUCT_FIELDS } from '../../ui/fields';

const column = (name: string, width: number, editable = false): Column => ({
  field: fieldInfo('products', name), width, editable, fixed: name === 'title',
});

/** The ten fields of the performance table; the picture stands beside the title. */
export const SELLER_COLUMNS: readonly Column[] = [
  column('title', 360), column('sku', 130), column('asin', 120), column('status', 96), column('sales_amount', 150),
  column('units_sold', 110), column('page_views', 120), column('inventory', 90), column('price', 110),
];

export const ADMIN_COLUMNS: readonly Column[] = [
  column('title', 290, true), column('sku', 130, true), column('asin', 100, true), column('status', 110, true),
  column('price', 160, true), column('inventory', 160, true), column('sales_amount', 150, true),
  column('units_sold', 100, true), column('page_views', 115, true),
];

export const SORTABLE: readonly string[] = PRODUCT_FIELDS.filter((field) => field.sortable).map((field) => field.name);

export const PRODUCT_LIST = {
  collection: 'products', sort: '-sales_amount', sortable: SORTABLE, filters: { status: ['Active', 'Inactive'] },
} as const;
