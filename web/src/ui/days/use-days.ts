import { useMemo } from 'react';
import { usePages, type LivePage, type PageSpec, type Row } from '../../sync';
import { addDays, daysIn, type DayOfSales, type Span } from './days';

/** As many records as a page may have; a day has one record, so a page of so many days is never cut. */
const DAYS_A_PAGE = 200;
/** The core keeps few pages open at once, and other screens need some. Six and a half years. */
export const DAYS_MAX = 12 * DAYS_A_PAGE;

const spec = (sort: string, size: number, filter: PageSpec['filter'] = {}): PageSpec => ({ collection: 'sales', page: 1, size, sort, filter, query: '' });

export interface Days {
  /** false: something is still on its way. */
  ready: boolean;
  /** Oldest first. */
  days: DayOfSales[];
  /** When only what this browser knows is shown: of when it is. */
  asOf: number | null;
}

const living = (pages: readonly LivePage[]): Row[] => pages.flatMap((page) => page.rows.filter((row) => row.removed === null));
const dayOf = (row: Row): string => String(row.fields['day'] ?? '');

function asOf(pages: readonly LivePage[]): number | null {
  const times = pages.flatMap((page) => (page.partial ? [page.partial.asOf] : []));
  return times.length > 0 ? Math.min(...times) : null;
}

/** The days of a span, live; of a longer one than DAYS_MAX its end. */
export function useDays(store: string, span: Span | null): Days {
  const from = span?.from ?? null;
  const to = span?.to ?? null;
  const specs = useMemo(() => {
    if (from === null || to === null || from > to) return [];
    const count = Math.min(DAYS_MAX, daysIn({ from, to }));
    const first = addDays(to, 1 - count);
    return Array.from({ length: Math.ceil(count / DAYS_A_PAGE) }, (_, index) => {
      const min = addDays(first, index * DAYS_A_PAGE);
      const max = addDays(min, DAYS_A_PAGE - 1);
      return spec('day', DAYS_A_PAGE, { day: { min, max: max < to ? max : to } });
    });
  }, [from, to]);
  const pages = usePages(store, specs);
  return useMemo(() => ({
    ready: pages.every((page) => page.state === 'ready'),
    days: living(pages).map((row) => ({ day: dayOf(row), fields: row.fields })).filter((one) => one.day !== ''),
    asOf: asOf(pages),
  }), [pages]);
}

export interface Extent {
  ready: boolean;
  /** From the first to the last day there is; null without any. */
  span: Span | null;
  total: number;
}

// Two of each end: one that is being removed still takes its place.
const ENDS = [spec('day', 2), spec('-day', 2)];

export function useExtent(store: string): Extent {
  const pages = usePages(store, ENDS);
  return useMemo(() => {
    const days = living(pages).map(dayOf).filter(Boolean).sort();
    const [from, to] = [days[0], days.at(-1)];
    return { ready: pages.every((page) => page.state === 'ready'), span: from && to ? { from, to } : null, total: pages[0]?.total ?? 0 };
  }, [pages]);
}
