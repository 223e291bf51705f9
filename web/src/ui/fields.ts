// How each field of each collection is shown and typed. Limits here only warn while typing: the core decides.
import type { FieldValue } from '../sync';
import {
  MISSING, decimalSign, formatCount, formatDecimal, formatExact, parseCount, parseDecimal, type Parsed,
} from './format';

export type FieldKind = 'line' | 'rich_text' | 'choice' | 'money' | 'decimal' | 'count' | 'flag' | 'time' | 'list';

export interface FieldInfo {
  name: string;
  label: string;
  kind: FieldKind;
  required?: boolean;
  sortable?: boolean;
  /** Bytes of UTF-8. */
  maxBytes?: number;
  min?: number;
  max?: number;
  choices?: readonly string[];
  mono?: boolean;
  /** The server writes it, people read it. */
  readOnly?: boolean;
}

const line = (name: string, label: string, maxBytes: number, more: Partial<FieldInfo> = {}): FieldInfo =>
  ({ name, label, kind: 'line', maxBytes, ...more });
const number = (name: string, label: string, kind: FieldKind, more: Partial<FieldInfo> = {}): FieldInfo =>
  ({ name, label, kind, min: 0, ...more });

export const PRODUCT_FIELDS: readonly FieldInfo[] = [
  line('title', 'Title', 1000, { required: true, sortable: true }),
  line('sku', 'SKU', 100, { sortable: true, mono: true }),
  line('asin', 'ASIN', 20, { mono: true }),
  { name: 'status', label: 'Status', kind: 'choice', choices: ['Active', 'Inactive'], required: true, sortable: true },
  number('price', 'Price', 'money', { sortable: true }),
  number('inventory', 'Stock', 'count', { sortable: true }),
  number('sales_amount', 'Sales', 'money', { sortable: true, min: -Infinity }),
  number('units_sold', 'Units sold', 'count', { sortable: true }),
  number('page_views', 'Page views', 'count', { sortable: true }),
  line('image_url', 'Image address', 1024),
  line('handle', 'Handle', 255, { mono: true }),
  line('category', 'Category', 500),
  { name: 'description', label: 'Description', kind: 'rich_text', maxBytes: 65536 },
];

export const DASHBOARD_FIELDS: readonly FieldInfo[] = [
  number('sales_amount', 'Sales', 'money', { min: -Infinity }),
  number('todaySoFar', 'Today so far', 'money', { min: -Infinity }),
  number('open_orders', 'Open orders', 'count'),
  number('fbm_unshipped', 'FBM unshipped', 'count'),
  number('fbm_pending', 'FBM pending', 'count'),
  number('fba_pending', 'FBA pending', 'count'),
  number('buyer_messages', 'Buyer messages', 'count'),
  number('inventory_performance_index', 'Inventory performance index', 'count', { max: 1000 }),
  number('featured_offer_percent', 'Featured offer %', 'decimal', { max: 100 }),
  number('global_promotions_sales', 'Global promotions sales', 'money', { min: -Infinity }),
  number('seller_feedback_rating', 'Seller feedback rating', 'decimal', { max: 5 }),
  number('seller_feedback_count', 'Seller feedback count', 'count'),
  number('ad_sales', 'Ad sales', 'money', { min: -Infinity }),
  number('payments_balance', 'Payments balance', 'money', { min: -Infinity }),
  number('ad_impressions', 'Ad impressions', 'count'),
];

export const STORE_FIELDS: readonly FieldInfo[] = [
  line('name', 'Store name', 200, { required: true }),
  line('marketplace', 'Marketplace', 100),
  line('currency', 'Currency', 3, { readOnly: true, mono: true }),
  line('currency_symbol', 'Currency symbol', 8),
  line('time_zone', 'Time zone', 64),
  line('business_type', 'Business type', 100),
  line('contact_email', 'Contact e-mail', 254),
  line('contact_phone', 'Contact phone', 40),
  { name: 'is_active', label: 'Active', kind: 'flag' },
  { name: 'last_sync_time', label: 'Last sync', kind: 'time', readOnly: true },
  { name: 'sync_status', label: 'Sync status', kind: 'choice', choices: ['synced', 'pending', 'error'], readOnly: true },
];

const BY_COLLECTION: Record<string, readonly FieldInfo[]> = {
  products: PRODUCT_FIELDS, dashboard: DASHBOARD_FIELDS, store_info: STORE_FIELDS,
};

export const COLLECTION_LABELS: Record<string, string> = {
  products: 'Product', dashboard: 'Dashboard', store_info: 'Store', conflicts: 'Conflict', members: 'Person',
};

export function fieldInfo(collection: string, name: string): FieldInfo {
  return BY_COLLECTION[collection]?.find((field) => field.name === name) ?? { name, label: name, kind: 'line' };
}

export const isNumeric = (kind: FieldKind): boolean => kind === 'money' || kind === 'decimal' || kind === 'count';

/** As shown; money without its sign, which stands once in the header. */
export function showValue(field: FieldInfo, value: FieldValue | undefined): string {
  if (value === null || value === undefined || value === '') return MISSING;
  switch (field.kind) {
    case 'money': return formatDecimal(String(value), 2);
    case 'decimal': return formatDecimal(String(value), 0);
    case 'count': return typeof value === 'number' ? formatCount(value) : String(value);
    case 'flag': return value === true ? 'Yes' : 'No';
    case 'time': return typeof value === 'number' ? formatExact(value) : String(value);
    case 'list': return Array.isArray(value) ? value.join(', ') : String(value);
    default: return String(value);
  }
}

/** As it stands in an input: no grouping, so that the caret and the selection behave. */
export function inputText(field: FieldInfo, value: FieldValue | undefined): string {
  if (value === null || value === undefined) return '';
  if (field.kind === 'money') return formatDecimal(String(value), 2).replaceAll(',', '').replace('−', '-');
  return Array.isArray(value) ? value.join(', ') : String(value);
}

const bytes = (text: string): number => new TextEncoder().encode(text).length;

/** Typed text to a value, or what is wrong with it in words. */
export function parseField(field: FieldInfo, text: string): Parsed<FieldValue> {
  const trimmed = field.kind === 'rich_text' ? text : text.trim().normalize('NFC');
  if (field.required && trimmed === '') return { ok: false, message: `${field.label} is needed` };
  switch (field.kind) {
    case 'money':
    case 'decimal': return withinDecimal(field, parseDecimal(trimmed));
    case 'count': return withinCount(field, parseCount(trimmed));
    case 'flag': return { ok: true, value: trimmed === 'true' || trimmed === 'Yes' };
    case 'choice':
      return field.choices?.includes(trimmed)
        ? { ok: true, value: trimmed } : { ok: false, message: `Choose ${field.choices?.join(' or ')}` };
    default:
      if (field.maxBytes && bytes(trimmed) > field.maxBytes) return { ok: false, message: 'This text is too long' };
      return { ok: true, value: trimmed === '' ? null : trimmed };
  }
}

function withinCount(field: FieldInfo, parsed: Parsed<number | null>): Parsed<FieldValue> {
  if (!parsed.ok || parsed.value === null) return parsed;
  if (parsed.value < (field.min ?? 0)) return { ok: false, message: `Not below ${field.min ?? 0}` };
  if (field.max !== undefined && parsed.value > field.max) return { ok: false, message: `At most ${formatCount(field.max)}` };
  return parsed;
}

function withinDecimal(field: FieldInfo, parsed: Parsed<string | null>): Parsed<FieldValue> {
  if (!parsed.ok || parsed.value === null) return parsed;
  if (field.min === 0 && decimalSign(parsed.value) < 0) return { ok: false, message: 'Not below 0' };
  // Limits are small whole numbers, so the whole part decides; a fraction above counts only at the limit itself.
  if (field.max !== undefined && Number(parsed.value) > field.max) return { ok: false, message: `At most ${field.max}` };
  return parsed;
}

export function sameValue(a: FieldValue | undefined, b: FieldValue | undefined): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, at) => item === b[at]);
  return (a ?? null) === (b ?? null);
}
