// What a product is sold as: combinations of options, their names and places.
import type { FieldValue } from '../../sync';
import type { Parsed } from '../../ui/format';

export interface VariantOption {
  name: string;
  values: string[];
}

export type Attributes = Record<string, string>;

/** More than that in one step is a mistake more often than a wish. */
export const COMBINATIONS_MAX = 200;

export function readValues(text: string): string[] {
  return [...new Set(text.split(',').map((one) => one.trim()).filter(Boolean))];
}

export function countCombinations(options: readonly VariantOption[]): number {
  const used = options.filter((option) => option.name.trim() && option.values.length > 0);
  return used.length === 0 ? 0 : used.reduce((product, option) => product * option.values.length, 1);
}

/** The first option changes slowest: S red, S blue, M red. None when there are too many. */
export function combinations(options: readonly VariantOption[]): Attributes[] {
  const count = countCombinations(options);
  if (count === 0 || count > COMBINATIONS_MAX) return [];
  return options.filter((option) => option.name.trim() && option.values.length > 0).reduce<Attributes[]>(
    (made, option) => made.flatMap((one) => option.values.map((value) => ({ ...one, [option.name.trim()]: value }))), [{}],
  );
}

export function attributesOf(value: FieldValue | undefined): Attributes {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, typeof one === 'string' ? one : JSON.stringify(one)]));
}

/** Equal for the same choice, however it is written and ordered. */
export function choiceKey(attributes: Attributes): string {
  return JSON.stringify(Object.entries(attributes).map(([name, value]) => [name.toLowerCase(), value.toLowerCase()]).sort());
}

/** What does not exist yet. */
export function missingCombinations(options: readonly VariantOption[], existing: readonly Attributes[]): Attributes[] {
  const known = new Set(existing.map(choiceKey));
  return combinations(options).filter((one) => !known.has(choiceKey(one)));
}

export const variantName = (attributes: Attributes): string => Object.values(attributes).join(' / ');

/** The product's own code and the choice behind it; none without one: codes are not invented. */
export function variantSku(base: FieldValue | undefined, attributes: Attributes): string | null {
  if (typeof base !== 'string' || base === '') return null;
  const parts = Object.values(attributes).map((value) => value.normalize('NFKD').replace(/[^A-Za-z0-9]+/g, '').toUpperCase()).filter(Boolean);
  const sku = [base, ...parts].join('-');
  return parts.length === Object.keys(attributes).length && sku.length <= 100 ? sku : null;
}

/** "Size: L, Colour: Red" as people write it. */
export const writePairs = (value: FieldValue | undefined): string =>
  Object.entries(attributesOf(value)).map(([name, one]) => `${name}: ${one}`).join(', ');

export function readPairs(text: string): Parsed<FieldValue> {
  const pairs: Attributes = {};
  for (const part of text.split(',').map((one) => one.trim()).filter(Boolean)) {
    const [name = '', ...rest] = part.split(':');
    const value = rest.join(':').trim();
    if (!name.trim() || !value) return { ok: false, message: 'Write pairs: Size: L, Colour: Red' };
    pairs[name.trim()] = value;
  }
  return { ok: true, value: Object.keys(pairs).length > 0 ? pairs : null };
}

const SCALE = 10_000n;

function scaled(text: FieldValue | undefined): bigint | null {
  const match = /^(-?)(\d+)(?:\.(\d{1,4}))?$/.exec(typeof text === 'string' ? text : '');
  if (!match) return null;
  const value = BigInt(match[2] ?? '0') * SCALE + BigInt((match[3] ?? '').padEnd(4, '0') || '0');
  return match[1] ? -value : value;
}

function decimal(value: bigint): string {
  const fraction = String(value % SCALE).padStart(4, '0').replace(/0+$/, '');
  return `${value / SCALE}${fraction ? `.${fraction}` : ''}`;
}

/** A place between two others, so that moving one writes one; null when no room is left there and all are numbered anew. */
export function placeBetween(before: FieldValue | undefined, after: FieldValue | undefined): string | null {
  const low = scaled(before);
  const high = scaled(after);
  if (low === null && high === null) return '1';
  if (high === null) return decimal(((low ?? 0n) / SCALE + 1n) * SCALE);
  const middle = ((low ?? 0n) + high) / 2n;
  return middle > (low ?? 0n) && middle < high ? decimal(middle) : null;
}
