// The filters of the product list as the address holds them, as the core takes them, and in words.
import type { FilterValue } from '../../sync';
import { formatDecimal, parseDecimal } from '../../ui/format';
import { idField, isPlatform, platformName, SYNC_STATES } from './marketplaces';

/** Every parameter that narrows the list. */
export const FILTER_PARAMETERS = ['q', 'status', 'platform', 'category', 'collection', 'min_price', 'max_price', 'sync'] as const;

const RECORD = /^[0-9A-HJKMNP-TV-Z]{13}$/;

/** A price as typed or linked; what is none does not narrow. */
export function readPrice(text: string | null): string | null {
  const parsed = parseDecimal(text ?? '');
  return parsed.ok ? parsed.value : null;
}

export function readFilters(query: URLSearchParams): Record<string, FilterValue> {
  const filter: Record<string, FilterValue> = {};
  const platform = query.get('platform') ?? '';
  if (isPlatform(platform)) filter[idField(platform)] = { present: true };
  const category = query.get('category') ?? '';
  if (category && category.length <= 500) filter['category'] = category;
  const collection = query.get('collection') ?? '';
  if (RECORD.test(collection)) filter['collections'] = collection;
  const min = readPrice(query.get('min_price'));
  const max = readPrice(query.get('max_price'));
  if (min !== null || max !== null) filter['price'] = { ...(min === null ? {} : { min }), ...(max === null ? {} : { max }) };
  const sync = query.get('sync') ?? '';
  if (SYNC_STATES.some(({ value }) => value === sync)) filter['sync_status'] = sync === 'none' ? '' : sync;
  return filter;
}

export interface FilterWord {
  /** The parameters that go when it is taken away. */
  parameters: readonly (typeof FILTER_PARAMETERS)[number][];
  words: string;
}

function priceWords(min: string | null, max: string | null, sign: string): string {
  const show = (value: string) => `${sign}${formatDecimal(value, 2)}`;
  if (min !== null && max !== null) return `price from ${show(min)} to ${show(max)}`;
  return min === null ? `price up to ${show(max ?? '0')}` : `price from ${show(min)}`;
}

/** Each condition in words. The title of a collection comes from outside: the address holds its id. */
export function filterWords(query: URLSearchParams, names: { sign?: string; collection?: string | undefined } = {}): FilterWord[] {
  const found: FilterWord[] = [];
  const filter = readFilters(query);
  const status = query.get('status');
  if (status === 'Active' || status === 'Inactive') found.push({ parameters: ['status'], words: `status ${status}` });
  const platform = query.get('platform') ?? '';
  if (isPlatform(platform)) found.push({ parameters: ['platform'], words: `listed on ${platformName(platform)}` });
  if (filter['category']) found.push({ parameters: ['category'], words: `category ${String(filter['category'])}` });
  if (filter['collections']) found.push({ parameters: ['collection'], words: `collection ${names.collection ?? 'of that id'}` });
  if (filter['price']) {
    found.push({ parameters: ['min_price', 'max_price'], words: priceWords(readPrice(query.get('min_price')), readPrice(query.get('max_price')), names.sign ?? '') });
  }
  const sync = SYNC_STATES.find(({ value }) => value === query.get('sync'));
  if (sync) found.push({ parameters: ['sync'], words: sync.value === 'none' ? 'not connected to a marketplace' : `sync status ${sync.words}` });
  const text = (query.get('q') ?? '').slice(0, 200);
  if (text) found.push({ parameters: ['q'], words: `“${text}” in title, SKU, ASIN, handle, category or tags` });
  return found;
}
