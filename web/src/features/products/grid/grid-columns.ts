import { fieldInfo, type FieldInfo } from '../../../ui/fields';
import { COLLECTION } from './staging';

export interface SheetColumn {
  field: FieldInfo;
  width: number;
}

const column = (name: string, width: number): SheetColumn => ({ field: fieldInfo(COLLECTION, name), width });

/** In the order of the sheets that people keep; the first names the row. */
export const SHEET_COLUMNS: readonly SheetColumn[] = [
  column('title', 280), column('sku', 120), column('asin', 110), column('status', 90), column('price', 100), column('inventory', 100),
  column('category', 170), column('tags', 150), column('weight', 100), column('sales_amount', 110), column('units_sold', 100), column('page_views', 100),
];
