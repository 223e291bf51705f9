import { measured, shortWords, daysIn, spanWords, type DayOfSales, type Measure, type Point, type Step } from '../../ui/days/days';
import { formatCount } from '../../ui/format';
import { MEASURES, measureText, unitOf, type MeasureInfo } from './measures';

const SESSIONS: MeasureInfo = { name: 'sessions', label: 'Sessions', kind: 'count' };
const COLUMNS: readonly MeasureInfo[] = [...MEASURES.slice(0, -1), SESSIONS, ...MEASURES.slice(-1)];

interface SalesTableProps {
  points: readonly Point[];
  step: Step;
  /** Every day of the period. */
  all: readonly DayOfSales[];
  /** The figure of the chart in the period before. */
  before: { measure: MeasureInfo; days: readonly DayOfSales[] } | null;
  currencySymbol: string;
}

/** What the chart shows and more, newest first, with the totals under it. */
export function SalesTable({ points, step, all, before, currencySymbol }: SalesTableProps) {
  const figures = (days: readonly DayOfSales[], mark: 'cell' | 'sum') => COLUMNS.map((column) => (
    <td key={column.name} className="num right" data-label={column.label} {...{ [`data-${mark}`]: column.name satisfies Measure }}>
      {measureText(column, measured(days, column.name))}
    </td>
  ));
  const earlier = (days: readonly DayOfSales[], mark: 'before' | 'sum-before') => (before ? (
    <td className="num right muted" data-label={`${before.measure.label} before`} {...{ [`data-${mark}`]: before.measure.name satisfies Measure }}>
      {measureText(before.measure, measured(days, before.measure.name))}
    </td>
  ) : null);
  return (
    <div className="people">
      <table className="plain sales-table" aria-label={`Sales by ${step}`}>
        <thead>
          <tr>
            <th scope="col">{step === 'day' ? 'Day' : step === 'week' ? 'Week' : 'Month'}</th>
            {COLUMNS.map((column) => <th key={column.name} scope="col" className="right">{column.label}{unitOf(column, currencySymbol)}</th>)}
            {before ? <th scope="col" className="right">{before.measure.label} before</th> : null}
            {step === 'day' ? null : <th scope="col" className="right">Days known</th>}
          </tr>
        </thead>
        <tbody>
          {points.toReversed().map((point) => (
            <tr key={point.span.from} data-day={point.span.from}>
              <th scope="row">{step === 'month' && daysIn(point.span) > 27 ? shortWords(point.span, step) : spanWords(point.span)}</th>
              {figures(point.days, 'cell')}
              {earlier(point.before, 'before')}
              {step === 'day' ? null : <td className="num right" data-label="Days known">{formatCount(point.days.length)} of {formatCount(daysIn(point.span))}</td>}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Total</th>
            {figures(all, 'sum')}
            {earlier(before?.days ?? [], 'sum-before')}
            {step === 'day' ? null : <td className="num right" data-label="Days known">{formatCount(all.length)}</td>}
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
