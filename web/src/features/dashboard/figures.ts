// The fifteen figures in their six columns, and where each leads.
import { fieldInfo, type FieldInfo } from '../../ui/fields';

export interface FigureColumn {
  /** Names it in the layouts that people keep. */
  id: string;
  title: string;
  fields: readonly FieldInfo[];
}

const column = (id: string, title: string, ...names: string[]): FigureColumn => ({ id, title, fields: names.map((name) => fieldInfo('dashboard', name)) });

export const FIGURE_COLUMNS: readonly FigureColumn[] = [
  column('sales', 'Sales', 'sales_amount', 'todaySoFar'),
  column('orders', 'Open orders', 'open_orders', 'fbm_unshipped', 'fbm_pending', 'fba_pending'),
  column('messages', 'Buyer messages', 'buyer_messages', 'inventory_performance_index'),
  column('offer', 'Featured offer', 'featured_offer_percent', 'global_promotions_sales'),
  column('feedback', 'Seller feedback', 'seller_feedback_rating', 'seller_feedback_count', 'ad_sales'),
  column('payments', 'Payments', 'payments_balance', 'ad_impressions'),
];

/** What a figure is made of, as far as it can be shown here; those that people enter lead writers to where they are entered. */
export function figureSource(field: string, store: string, writes: boolean): string | null {
  switch (field) {
    case 'sales_amount':
    case 'todaySoFar': return `/s/${store}/sales`;
    case 'inventory_performance_index': return `/s/${store}/products?sort=inventory`;
    case 'ad_impressions': return `/s/${store}/products?sort=-page_views`;
    default: return writes ? `/admin/${store}/dashboard` : null;
  }
}

/** Nothing was entered yet. */
export function isEmpty(fields: Record<string, unknown>): boolean {
  return FIGURE_COLUMNS.every((one) => one.fields.every((field) => (fields[field.name] ?? null) === null));
}

/** "dashboard.ad_sales=demo" among the store's figure sources: where figures come from without a marketplace behind them. */
export function sourceNote(sources: unknown, field: string): string | null {
  if (!Array.isArray(sources)) return null;
  const found = sources.find((entry): entry is string => typeof entry === 'string' && entry.startsWith(`dashboard.${field}=`));
  const kind = found?.split('=')[1];
  if (kind === 'demo') return 'demo figure';
  return kind === 'derived' ? 'from real orders' : null;
}
