// How each field of each collection is shown and typed. What a field is comes from the catalogue; limits here only warn
// while typing: the core decides.
import { COLLECTIONS, type FieldDef, type FieldKind } from '../protocol/generated';
import type { FieldValue, Row } from '../sync';
import {
  MISSING, decimalSign, formatCount, formatDecimal, formatExact, parseCount, parseDecimal, type Parsed,
} from './format';

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

/** Ids and codes, set in the monospaced face. */
const MONO = new Set(['sku', 'asin', 'handle', 'currency']);

function infoOf(field: FieldDef): FieldInfo {
  const { name, label, kind, required, sortable, maxBytes, choices } = field;
  return {
    name, label, kind, required, sortable, mono: MONO.has(name), readOnly: field.write === 'system',
    ...(maxBytes === undefined ? {} : { maxBytes }), ...(choices === undefined ? {} : { choices }),
    // Binary floating point is exact enough for a warning about a limit.
    ...(field.min === undefined ? {} : { min: Number(field.min) }), ...(field.max === undefined ? {} : { max: Number(field.max) }),
  };
}

const BY_COLLECTION: Record<string, readonly FieldInfo[]> = Object.fromEntries(
  Object.values(COLLECTIONS).map((collection) => [collection.name, (collection.fields as readonly FieldDef[]).map(infoOf)]),
);

const ofCollection = (name: string): readonly FieldInfo[] => BY_COLLECTION[name] ?? [];

export const PRODUCT_FIELDS = ofCollection('products');
export const STORE_FIELDS = ofCollection('store_info');

export const COLLECTION_LABELS: Record<string, string> = {
  products: 'Product', dashboard: 'Dashboard', store_info: 'Store', conflicts: 'Conflict', members: 'Person', sales: 'Day of sales',
  account_health: 'Account health', legal_entity: 'Legal entity', voc_data: 'Voice of the customer', categories: 'Category',
  collections: 'Collection', product_variants: 'Variant', images: 'Picture', platform_overrides: 'Marketplace values',
  saved_views: 'Saved view', layouts: 'Layout',
};

/** A number instead of a name is a field that only a newer version of the application knows. */
export function fieldInfo(collection: string, name: string): FieldInfo {
  const label = name.startsWith('#') ? `Field ${name.slice(1)} of a newer version` : name;
  return ofCollection(collection).find((field) => field.name === name) ?? { name, label, kind: 'line' };
}

export const isNumeric = (kind: FieldKind): boolean => kind === 'money' || kind === 'decimal' || kind === 'count';

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' };

/** The words of rich text on one line. */
export function plainWords(html: string): string {
  return html.replace(/<\/?(?:b|strong|i|em|u|a)(?:\s[^>]*)?>/gi, '').replace(/<\/?[a-z][^>]*>/gi, ' ').replace(/&(amp|lt|gt|quot);/g, (_, name: string) => ENTITIES[name] ?? '').replace(/\s+/g, ' ').trim();
}

/** Choices that programs share are written with underscores. */
export const choiceWords = (choice: string): string => choice.replaceAll('_', ' ');

/** As shown; money without its sign, which stands once in the header. */
export function showValue(field: FieldInfo, value: FieldValue | undefined): string {
  if (value === null || value === undefined || value === '') return MISSING;
  switch (field.kind) {
    case 'money': return formatDecimal(String(value), 2);
    case 'decimal': return formatDecimal(String(value), 0);
    case 'count': return typeof value === 'number' ? formatCount(value) : String(value);
    case 'flag': return value === true ? 'Yes' : 'No';
    case 'choice': return choiceWords(String(value));
    case 'time': return typeof value === 'number' ? formatExact(value) : String(value);
    case 'list': return Array.isArray(value) ? value.join(', ') : String(value);
    case 'json': return JSON.stringify(value);
    case 'rich_text': return plainWords(String(value)) || MISSING;
    default: return String(value);
  }
}

/** As it stands in an input: no grouping, so that the caret and the selection behave. */
export function inputText(field: FieldInfo, value: FieldValue | undefined): string {
  if (value === null || value === undefined) return '';
  if (field.kind === 'money') return formatDecimal(String(value), 2).replaceAll(',', '').replace('−', '-');
  if (field.kind === 'json') return JSON.stringify(value);
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
    case 'flag': return { ok: true, value: trimmed === '' ? null : trimmed === 'true' || trimmed === 'Yes' };
    case 'choice':
      if (trimmed === '') return { ok: true, value: null };
      return field.choices?.includes(trimmed)
        ? { ok: true, value: trimmed } : { ok: false, message: `Choose ${field.choices?.join(' or ')}` };
    case 'list': return withinList(field, [...new Set(trimmed.split(/[,\n]/).map((item) => item.trim()).filter(Boolean))].sort());
    case 'day': return trimmed === '' || isDay(trimmed) ? { ok: true, value: trimmed || null } : { ok: false, message: 'Write a day like 2026-11-22' };
    case 'json': return parseJson(trimmed);
    default:
      if (field.maxBytes && bytes(trimmed) > field.maxBytes) return { ok: false, message: 'This text is too long' };
      return { ok: true, value: trimmed === '' ? null : trimmed };
  }
}

function withinList(field: FieldInfo, items: string[]): Parsed<FieldValue> {
  const long = items.find((item) => field.maxBytes !== undefined && bytes(item) > field.maxBytes);
  return long === undefined ? { ok: true, value: items.length > 0 ? items : null } : { ok: false, message: `“${long.slice(0, 20)}…” is too long` };
}

export function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function parseJson(text: string): Parsed<FieldValue> {
  if (text === '') return { ok: true, value: null };
  try {
    return { ok: true, value: JSON.parse(text) as FieldValue };
  } catch {
    return { ok: false, message: 'This is not JSON' };
  }
}

/** As parseField, for a cell of a table: a number that stands there is changed, not wiped out by a key too many. */
export function parseCell(field: FieldInfo, text: string, stood: FieldValue): Parsed<FieldValue> {
  const parsed = parseField(field, text);
  if (!parsed.ok || parsed.value !== null || stood === null || !isNumeric(field.kind)) return parsed;
  return { ok: false, message: `Write a number. To leave ${field.label} empty, open the form` };
}

function withinCount(field: FieldInfo, parsed: Parsed<number | null>): Parsed<FieldValue> {
  if (!parsed.ok || parsed.value === null) return parsed;
  if (field.min !== undefined && parsed.value < field.min) return { ok: false, message: `Not below ${formatCount(field.min)}` };
  if (field.max !== undefined && parsed.value > field.max) return { ok: false, message: `At most ${formatCount(field.max)}` };
  return parsed;
}

function withinDecimal(field: FieldInfo, parsed: Parsed<string | null>): Parsed<FieldValue> {
  if (!parsed.ok || parsed.value === null) return parsed;
  if (field.min !== undefined && field.min >= 0 && decimalSign(parsed.value) < 0) return { ok: false, message: 'Not below 0' };
  if (field.max !== undefined && Number(parsed.value) > field.max) return { ok: false, message: `At most ${field.max}` };
  return parsed;
}

const isObject = (value: FieldValue | undefined): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

export function sameValue(a: FieldValue | undefined, b: FieldValue | undefined): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, at) => item === b[at]);
  if (isObject(a) && isObject(b)) return JSON.stringify(a) === JSON.stringify(b);
  return (a ?? null) === (b ?? null);
}

export function removedWords({ by, going }: NonNullable<Row['removed']>): string {
  return going ? 'being removed' : `removed${by ? ` by ${by}` : ''}`;
}
