import { createElement } from 'react';
import type { Column } from '../../ui/live-table/columns';
import { fieldInfo, PRODUCT_FIELDS } from '../../ui/fields';
import { ListingMarks } from './listing-marks';
import { syncWords } from './marketplaces';
import { readFilters } from './product-filters';

const column = (name: string, width: number, editable = false): Column => ({
  field: fieldInfo('products', name), width, editable, fixed: name === 'title',
});

const atFirstHidden = (name: string, width: number, editable = false): Column => ({ ...column(name, width, editable), hiddenAtFirst: true });

/** Signs of all marketplaces in one column. */
const LISTINGS: Column = {
  field: { name: 'listings', label: 'Marketplaces', kind: 'line' }, width: 116, editable: false,
  onCard: true, render: (row) => createElement(ListingMarks, { row }),
};

const SYNC: Column = { ...atFirstHidden('sync_status', 120), render: (row) => syncWords(row.fields['sync_status']) };

/** The ten fields of the performance table; the picture stands beside the title. */
export const SELLER_COLUMNS: readonly Column[] = [
  column('title', 360), column('sku', 130), column('asin', 120), column('status', 96), column('sales_amount', 150),
  column('units_sold', 110), column('page_views', 120), column('inventory', 90), column('price', 110),
  { ...LISTINGS, hiddenAtFirst: true }, SYNC, atFirstHidden('last_synced_at', 170), atFirstHidden('category', 200),
];

export const ADMIN_COLUMNS: readonly Column[] = [
  column('title', 280, true), column('sku', 118, true), column('asin', 96, true), column('status', 96, true),
  column('price', 140, true), column('inventory', 140, true), column('sales_amount', 140, true),
  column('units_sold', 100, true), column('page_views', 110, true), LISTINGS,
  SYNC, atFirstHidden('last_synced_at', 170), atFirstHidden('category', 200, true), atFirstHidden('tags', 160, true),
];

export const SORTABLE: readonly string[] = PRODUCT_FIELDS.filter((field) => field.sortable).map((field) => field.name);

export const PRODUCT_LIST = {
  collection: 'products', sort: '-sales_amount', sortable: SORTABLE, filters: { status: ['Active', 'Inactive'] }, more: readFilters,
};
