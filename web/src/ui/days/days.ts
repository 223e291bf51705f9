// Days of a store as text, "2026-11-22": they have no time zone, so nothing here reads a clock of this browser.
import { percentOf, sumDecimals } from '../format';
import type { FieldValue } from '../../sync';

const DAY_MS = 86_400_000;

/** One record of the collection `sales`. */
export interface DayOfSales {
  day: string;
  fields: Record<string, FieldValue>;
}

export type Step = 'day' | 'week' | 'month';
export type Measure = 'sales_amount' | 'units_sold' | 'orders' | 'page_views' | 'sessions' | 'conversion';

export interface Span {
  from: string;
  to: string;
}

const at = (day: string): number => Date.parse(`${day}T00:00:00Z`);
const dayAt = (time: number): string => new Date(time).toISOString().slice(0, 10);

export const addDays = (day: string, days: number): string => dayAt(at(day) + days * DAY_MS);

/** Both ends count. */
export const daysIn = ({ from, to }: Span): number => Math.round((at(to) - at(from)) / DAY_MS) + 1;

/** As long, and directly before. */
export function spanBefore(span: Span): Span {
  return { from: addDays(span.from, -daysIn(span)), to: addDays(span.from, -1) };
}

/** Monday, or the first of the month. */
function startOf(day: string, step: Step): string {
  if (step === 'day') return day;
  if (step === 'month') return `${day.slice(0, 7)}-01`;
  return addDays(day, -((new Date(at(day)).getUTCDay() + 6) % 7));
}

function nextStart(day: string, step: Step): string {
  if (step === 'day') return addDays(day, 1);
  if (step === 'week') return addDays(startOf(day, 'week'), 7);
  return startOf(addDays(startOf(day, 'month'), 31), 'month');
}

/** The span in days, weeks or months; the first and the last may be cut off by its ends. */
export function stepsOf(span: Span, step: Step): Span[] {
  const steps: Span[] = [];
  for (let from = span.from; from <= span.to; from = nextStart(from, step)) {
    const last = addDays(nextStart(from, step), -1);
    steps.push({ from, to: last < span.to ? last : span.to });
  }
  return steps;
}

const isThere = (value: FieldValue | undefined): value is string | number => typeof value === 'string' || typeof value === 'number';

/** The exact sum as a decimal string; null where no day tells the figure, which is not nothing sold. */
export function measured(days: readonly DayOfSales[], measure: Measure): string | null {
  if (measure === 'conversion') {
    // Only of days that tell both: units of a day whose visits nobody counted would raise it.
    const both = days.filter(({ fields }) => isThere(fields['units_sold']) && isThere(fields['sessions']));
    const [units, sessions] = [measured(both, 'units_sold'), measured(both, 'sessions')];
    return units === null || sessions === null ? null : percentOf(units, sessions);
  }
  const values = days.map(({ fields }) => fields[measure]).filter(isThere).map(String);
  return values.length === 0 ? null : sumDecimals(values);
}

export interface Point {
  span: Span;
  days: DayOfSales[];
  before: DayOfSales[];
}

/** What lies in each step, and in the same days of the period before. */
export function pointsOf(days: readonly DayOfSales[], span: Span, step: Step): Point[] {
  const byDay = new Map(days.map((one) => [one.day, one]));
  const shift = -daysIn(span);
  const within = ({ from, to }: Span): DayOfSales[] => {
    const found: DayOfSales[] = [];
    for (let day = from; day <= to; day = addDays(day, 1)) {
      const one = byDay.get(day);
      if (one) found.push(one);
    }
    return found;
  };
  return stepsOf(span, step).map((one) => ({
    span: one, days: within(one), before: within({ from: addDays(one.from, shift), to: addDays(one.to, shift) }),
  }));
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const monthOf = (day: string): string => MONTHS[Number(day.slice(5, 7)) - 1] ?? '';

/** "3 Nov", with the year "3 Nov 2026". */
export function dayWords(day: string, year = true): string {
  return `${Number(day.slice(8))} ${monthOf(day)}${year ? ` ${day.slice(0, 4)}` : ''}`;
}

/** "1 Nov – 7 Nov 2026" */
export function spanWords({ from, to }: Span): string {
  return from === to ? dayWords(to) : `${dayWords(from, from.slice(0, 4) !== to.slice(0, 4))} – ${dayWords(to)}`;
}

/** Beside an axis. */
export function shortWords(span: Span, step: Step): string {
  return step === 'month' ? `${monthOf(span.from)} ${span.from.slice(0, 4)}` : dayWords(span.from, false);
}
