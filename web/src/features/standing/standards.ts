// What the figures of an account are held against, as marketplaces state it for sellers, and what a figure means in words.
import type { FieldValue } from '../../sync';
import type { Tone } from '../../ui/live-fact';

export interface Standard {
  field: string;
  /** Per cent; at most or at least. */
  limit: number;
  side: 'below' | 'above';
}

export const STANDARDS: readonly Standard[] = [
  { field: 'order_defect_rate', limit: 1, side: 'below' },
  { field: 'late_shipment_rate', limit: 4, side: 'below' },
  { field: 'cancellation_rate', limit: 2.5, side: 'below' },
  { field: 'valid_tracking_rate', limit: 95, side: 'above' },
  { field: 'on_time_delivery_rate', limit: 90, side: 'above' },
];

export const standardWords = ({ limit, side }: Standard): string => (side === 'below' ? `under ${limit} %` : `over ${limit} %`);

export interface Judgement {
  tone: Tone;
  words: string;
}

const UNKNOWN: Judgement = { tone: 'unknown', words: 'Not known yet' };

/** Binary floating point is exact enough for a comparison with a round limit. */
export function judge(standard: Standard, value: FieldValue | undefined): Judgement {
  if (value === null || value === undefined || value === '') return UNKNOWN;
  const number = Number(value);
  const meets = standard.side === 'below' ? number < standard.limit : number > standard.limit;
  return meets ? { tone: 'good', words: 'Meets the target' } : { tone: 'bad', words: 'Misses the target' };
}

const STATUS: Record<string, Tone> = { Healthy: 'good', 'At risk': 'warn', Critical: 'bad', Deactivated: 'bad' };

export function judgeStatus(value: FieldValue | undefined): Judgement {
  return typeof value === 'string' && value !== '' ? { tone: STATUS[value] ?? 'unknown', words: value } : UNKNOWN;
}

export function judgeRating(value: FieldValue | undefined): Judgement {
  if (typeof value !== 'number') return UNKNOWN;
  if (value >= 200) return { tone: 'good', words: 'Healthy: 200 or more' };
  return value >= 100 ? { tone: 'warn', words: 'At risk: 100 to 199' } : { tone: 'bad', words: 'Critical: under 100' };
}

export function judgeViolations(value: FieldValue | undefined): Judgement {
  if (typeof value !== 'number') return UNKNOWN;
  return value === 0 ? { tone: 'good', words: 'None open' } : { tone: 'bad', words: 'To be settled' };
}

const EXPERIENCE: Record<string, Tone> = { Excellent: 'good', Good: 'good', Fair: 'warn', Poor: 'bad', 'Very poor': 'bad' };

export const experienceTone = (value: FieldValue | undefined): Tone => EXPERIENCE[String(value ?? '')] ?? 'unknown';

export const nothingIn = (fields: Record<string, FieldValue>): boolean =>
  Object.values(fields).every((value) => value === null || value === '');
