// What the sales page shows, how each figure reads, and how its choices stand in the address.
import { formatDecimal, MISSING } from '../../ui/format';
import { addDays, type Measure, type Span, type Step } from '../../ui/days/days';

export interface MeasureInfo {
  name: Measure;
  label: string;
  kind: 'money' | 'count' | 'percent';
}

const SALES: MeasureInfo = { name: 'sales_amount', label: 'Sales', kind: 'money' };

export const MEASURES: readonly MeasureInfo[] = [
  SALES,
  { name: 'units_sold', label: 'Units sold', kind: 'count' },
  { name: 'orders', label: 'Orders', kind: 'count' },
  { name: 'page_views', label: 'Page views', kind: 'count' },
  { name: 'conversion', label: 'Conversion', kind: 'percent' },
];

/** Without its unit, which stands in the header. */
export function measureText({ kind }: MeasureInfo, value: string | null): string {
  if (value === null) return MISSING;
  return formatDecimal(value, kind === 'count' ? 0 : 2);
}

export const unitOf = ({ kind }: MeasureInfo, currencySymbol: string): string => (kind === 'money' ? ` (${currencySymbol})` : kind === 'percent' ? ' (%)' : '');

export const RANGES = [
  { name: '7', label: '7 days', days: 7 },
  { name: '30', label: '30 days', days: 30 },
  { name: '90', label: '90 days', days: 90 },
  { name: 'year', label: 'Year', days: 365 },
  { name: 'all', label: 'All', days: null },
] as const;

export type RangeName = (typeof RANGES)[number]['name'];

export const STEPS: readonly { name: Step; label: string }[] = [
  { name: 'day', label: 'Day' }, { name: 'week', label: 'Week' }, { name: 'month', label: 'Month' },
];

export interface Choice {
  range: RangeName;
  step: Step;
  measure: MeasureInfo;
  /** There is nothing before all days. */
  compare: boolean;
  table: boolean;
}

export function readSalesChoice(query: URLSearchParams): Choice {
  const range = RANGES.find((one) => one.name === query.get('range'))?.name ?? '30';
  return {
    range,
    step: STEPS.find((one) => one.name === query.get('by'))?.name ?? 'day',
    measure: MEASURES.find((one) => one.name === query.get('figure')) ?? SALES,
    compare: range !== 'all' && query.get('compare') !== 'no',
    table: query.get('view') === 'table',
  };
}

/** Ranges end with the last day that there is: a day that nobody has told yet is not a day without sales. `most` bounds all of them. */
export function spanOf(range: RangeName, extent: Span, most: number): Span {
  const days = RANGES.find((one) => one.name === range)?.days ?? most;
  const from = addDays(extent.to, 1 - days);
  return { from: range === 'all' && from < extent.from ? extent.from : from, to: extent.to };
}
