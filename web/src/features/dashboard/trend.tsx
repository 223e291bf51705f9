import { useMemo } from 'react';
import type { StoreAccess } from '../../sync';
import { addDays, dayWords, measured, pointsOf, spanWords, type Span } from '../../ui/days/days';
import { useDays } from '../../ui/days/use-days';
import { formatClock, formatDecimal, MISSING } from '../../ui/format';
import { Link } from '../../ui/router';
import { useNow } from '../../ui/use-now';

const DAYS = 30;

const words = (value: string | null, decimals: number): string => (value === null ? MISSING : formatDecimal(value, decimals));

/** The sum of the last thirty days and how it came about. */
export function Trend({ store, last, asOf }: { store: StoreAccess; last: string; asOf: number | null }) {
  const now = useNow();
  const span = useMemo(() => ({ from: addDays(last, 1 - DAYS), to: last }), [last]);
  const { days } = useDays(store.id, span);
  const total = measured(days, 'sales_amount');
  return (
    <>
      <div className="trend-total">
        <div className="figure-label"><Link to={`/s/${store.id}/sales`}>Sales of 30 days ({store.currencySymbol})</Link></div>
        <div className="figure-value num" data-figure="sales_amount">{words(total, 2)}</div>
        <div className="figure-age">{spanWords(span)} · <span data-figure="units_sold">{words(measured(days, 'units_sold'), 0)}</span> units{asOf === null ? '' : ` · as of ${formatClock(asOf, now)}`}</div>
      </div>
      <Sparkline span={span} days={days} />
    </>
  );
}

const STEP = 10;
const HEIGHT = 60;

/** Bars from zero, one per day; a day that nobody told stays empty. */
function Sparkline({ span, days }: { span: Span; days: ReturnType<typeof useDays>['days'] }) {
  const points = useMemo(() => pointsOf(days, span, 'day').map((point) => ({ day: point.span.from, text: measured(point.days, 'sales_amount') })), [days, span]);
  const known = points.flatMap(({ day, text }) => (text === null ? [] : [{ day, text, height: Number(text) }]));
  const most = Math.max(0, ...known.map((one) => one.height));
  const best = known.find((one) => one.height === most);
  const label = best ? `Sales by day: most on ${dayWords(best.day)} with ${formatDecimal(best.text, 2)}` : 'No sales in these days';
  return (
    <svg className="sparkline" viewBox={`0 0 ${points.length * STEP} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      {points.map(({ day, text }, index) => {
        const height = text === null || most === 0 ? 0 : Math.max(0, (Number(text) / most) * HEIGHT);
        return text === null ? null : <rect key={day} data-day={day} x={index * STEP + 1} width={STEP - 2} y={HEIGHT - height} height={height} />;
      })}
    </svg>
  );
}
