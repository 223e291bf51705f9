// How values read on screen and how typed text becomes a value. Decimals stay strings from end to end: a binary
// floating point number cannot hold most prices.

export const MISSING = '–';

const group = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, ',');

/** "1299.5" -> "1,299.50"; at least `decimals` places, more only where the value has them. */
export function formatDecimal(value: string, decimals: number): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(value);
  if (!match) return value;
  const [, sign, whole = '0', fraction = ''] = match;
  const places = fraction.padEnd(decimals, '0');
  return `${sign === '-' ? '−' : ''}${group(whole)}${places ? `.${places}` : ''}`;
}

export function formatCount(value: number): string {
  return `${value < 0 ? '−' : ''}${group(String(Math.abs(Math.trunc(value))))}`;
}

export type Parsed<T> = { ok: true; value: T } | { ok: false; message: string };

const wrong = (message: string) => ({ ok: false, message }) as const;

/** What people put around a number: currency signs and codes, spaces, a typographic minus. */
function bareNumber(text: string): string {
  return text
    .replace(/[−–]/g, '-')
    .replace(/\p{Sc}/gu, '')
    .replace(/\b[A-Za-z]{3}\b/g, '')
    .replace(/[\s']/g, '');
}

function ungrouped(text: string): string | null {
  if (!text.includes(',')) return text;
  return /^-?\d{1,3}(,\d{3})+(\.\d*)?$/.test(text) ? text.replaceAll(',', '') : null;
}

/** "£1,299.00" -> "1299"; the shortest form, at most four places. Empty text is an absent value. */
export function parseDecimal(text: string): Parsed<string | null> {
  const bare = bareNumber(text.trim());
  if (bare === '') return text.trim() === '' ? { ok: true, value: null } : wrong('Write a number, for example 12.50');
  const plain = ungrouped(bare);
  if (plain === null) return wrong('Write decimals with a point: 1,299.50');
  const match = /^(-?)(\d*)(?:\.(\d*))?$/.exec(plain);
  if (!match || !(match[2] || match[3])) return wrong('Write a number, for example 12.50');
  const whole = (match[2] ?? '').replace(/^0+(?=\d)/, '') || '0';
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > 4) return wrong('At most 4 decimals');
  if (whole.length > 14) return wrong('This number is too large');
  const digits = fraction ? `${whole}.${fraction}` : whole;
  return { ok: true, value: match[1] && digits !== '0' ? `-${digits}` : digits };
}

export function parseCount(text: string): Parsed<number | null> {
  const bare = bareNumber(text.trim());
  if (bare === '') return text.trim() === '' ? { ok: true, value: null } : wrong('Write a whole number');
  const plain = ungrouped(bare);
  if (plain === null || !/^-?\d+$/.test(plain)) return wrong('Write a whole number');
  const value = Number(plain);
  return Number.isSafeInteger(value) ? { ok: true, value } : wrong('This number is too large');
}

/** Comparison of decimal strings by value, for limits. */
export function decimalSign(value: string): -1 | 0 | 1 {
  if (/^-?0*(\.0*)?$/.test(value)) return 0;
  return value.startsWith('-') ? -1 : 1;
}

/** Ten-thousandths, exact: decimals have at most four places. */
function scaled(text: string): bigint {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const value = BigInt(whole + fraction.padEnd(4, '0').slice(0, 4));
  return text.startsWith('-') ? -value : value;
}

/** The shortest form: "9.5". */
function unscaled(value: bigint): string {
  const digits = String(value < 0n ? -value : value).padStart(5, '0');
  const fraction = digits.slice(-4).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -4)}${fraction ? `.${fraction}` : ''}`;
}

/** Exact; counts are taken as they are written. */
export function sumDecimals(values: Iterable<string>): string {
  let sum = 0n;
  for (const value of values) sum += scaled(value);
  return unscaled(sum);
}

/** `part` of `whole` in percent, rounded to hundredths; null when there is no whole. */
export function percentOf(part: string, whole: string): string | null {
  const all = scaled(whole);
  if (all <= 0n) return null;
  const doubled = (scaled(part) * 20_000n) / all;
  const hundredths = (doubled + (doubled < 0n ? -1n : 1n)) / 2n;
  return unscaled(hundredths * 100n);
}

/** What `after` has more than `before`, both in the shortest form: "+3", "−1.5"; null when they are equal. */
export function decimalChange(before: string, after: string): string | null {
  const change = scaled(after) - scaled(before);
  if (change === 0n) return null;
  const [whole = '0', fraction] = unscaled(change < 0n ? -change : change).split('.');
  return `${change < 0n ? '−' : '+'}${group(whole)}${fraction ? `.${fraction}` : ''}`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** "14:02", of another day "3 Nov 14:02". */
export function formatClock(at: number, now: number): string {
  const date = new Date(at);
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (new Date(now).toDateString() === date.toDateString()) return clock;
  return `${date.getDate()} ${date.toLocaleString('en-GB', { month: 'short' })} ${clock}`;
}

export function formatExact(at: number): string {
  return new Date(at).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
}

export function formatAge(at: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - at) / 1000));
  if (seconds < 10) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  if (hours < 24) return `${hours} h ago`;
  const days = Math.round(hours / 24);
  return days === 1 ? 'yesterday' : `${days} days ago`;
}

/** "1 edit", "3 edits". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

export function formatDuration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** In the megabytes that browsers and systems show: 1 MB = 1,048,576 bytes. */
export function formatBytes(bytes: number): string {
  const mb = bytes / 1_048_576;
  return mb < 1 ? `${Math.ceil(bytes / 1024)} kB` : `${mb.toFixed(mb < 10 ? 1 : 0)} MB`;
}
