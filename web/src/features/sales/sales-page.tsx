// The seller's sales: totals of a period, a chart of one figure, the same as a table. Everything changes in place as days change.
import { lazy, Suspense, useMemo, useState, type KeyboardEvent } from 'react';
import { useSyncStatus, type StoreAccess } from '../../sync';
import {
  measured, pointsOf, shortWords, spanBefore, spanWords, type DayOfSales, type Point, type Span,
} from '../../ui/days/days';
import { DAYS_MAX, useDays, useExtent } from '../../ui/days/use-days';
import { decimalChange, formatClock, formatCount, formatDecimal } from '../../ui/format';
import { Icon } from '../../ui/icon';
import { useReadyMark } from '../../ui/live-table/live-table';
import { EmptyState, Skeleton } from '../../ui/notices';
import { goQuery, Link, usePlace } from '../../ui/router';
import { useNow } from '../../ui/use-now';
import { useTint } from '../../ui/use-tint';
import { MEASURES, measureText, RANGES, readSalesChoice, spanOf, STEPS, unitOf, type Choice, type MeasureInfo } from './measures';
import { SalesTable } from './sales-table';
import './sales.css';

const Chart = lazy(() => import('./chart'));

export function SalesPage({ store }: { store: StoreAccess }) {
  const extent = useExtent(store.id);
  useReadyMark(extent.ready);
  if (!extent.ready && !extent.span) return <div className="page"><Skeleton rows={8} /></div>;
  if (!extent.span) return <NoDays store={store} />;
  return <Sales store={store} extent={extent.span} />;
}

function NoDays({ store }: { store: StoreAccess }) {
  return (
    <EmptyState title="No days of sales yet" actions={store.role === 'viewer' ? null : (
      <Link className="button primary" to={`/admin/${store.id}/sales/new`}><Icon name="plus" />Enter the first day</Link>
    )}>Each day has its units, sales, orders and page views. The chart grows with the first of them, in every open window.</EmptyState>
  );
}

/** The period and, when it is compared, the one before it, as one span: they lie side by side. */
function useSpans(store: string, choice: Choice, extent: Span) {
  const span = useMemo(() => spanOf(choice.range, extent, DAYS_MAX), [choice.range, extent]);
  const asked = useMemo(() => (choice.compare ? { from: spanBefore(span).from, to: span.to } : span), [choice.compare, span]);
  const { days, ready, asOf } = useDays(store, asked);
  const points = useMemo(() => pointsOf(days, span, choice.step), [days, span, choice.step]);
  const now = useMemo(() => days.filter((one) => one.day >= span.from), [days, span]);
  const before = useMemo(() => (choice.compare ? days.filter((one) => one.day < span.from) : []), [days, span, choice.compare]);
  return { span, days: now, before, points, ready, asOf };
}

function Sales({ store, extent }: { store: StoreAccess; extent: Span }) {
  const { query } = usePlace();
  const choice = readSalesChoice(query);
  const { span, days, before, points, ready, asOf } = useSpans(store.id, choice, extent);
  const cut = choice.range === 'all' && span.from > extent.from;
  return (
    <div className="page sales-page" aria-busy={!ready}>
      <div className="page-head">
        <h1>Sales</h1>
        <span className="muted">{spanWords(span)}</span>
        <span className="grow" />
        <AsOf asOf={asOf} />
        {store.role === 'viewer' ? null : <Link className="button small" to={`/admin/${store.id}/sales`}>Edit days</Link>}
      </div>
      <Choices choice={choice} />
      {cut ? <p className="muted">There are earlier days: these are the last {formatCount(DAYS_MAX)}.</p> : null}
      <div className="sales-figures">
        {MEASURES.map((measure) => (
          <FigureButton key={`${measure.name} ${choice.range}`} measure={measure} days={days} before={choice.compare ? before : null}
            pressed={measure === choice.measure} currencySymbol={store.currencySymbol} />
        ))}
      </div>
      <section className="panel" aria-label={`${choice.measure.label} by ${choice.step}`}>
        {choice.table
          ? <SalesTable points={points} step={choice.step} all={days} before={choice.compare ? { measure: choice.measure, days: before } : null} currencySymbol={store.currencySymbol} />
          : <ChartView points={points} choice={choice} span={span} currencySymbol={store.currencySymbol} />}
      </section>
    </div>
  );
}

/** Figures that may be old say so. */
function AsOf({ asOf }: { asOf: number | null }) {
  const now = useNow();
  const status = useSyncStatus();
  const at = asOf ?? (status.connection === 'live' ? null : status.cachedAsOf ?? status.offlineSince);
  return at === null ? null : <span className="muted" role="status">as of {formatClock(at, now)}</span>;
}

function Choices({ choice }: { choice: Choice }) {
  return (
    <div className="row sales-choices">
      <div className="row" role="group" aria-label="Period">
        {RANGES.map(({ name, label }) => (
          <button key={name} type="button" className="button small" aria-pressed={choice.range === name}
            onClick={() => goQuery({ range: name === '30' ? null : name })}>{label}</button>
        ))}
      </div>
      <div className="row" role="group" aria-label="By">
        {STEPS.map(({ name, label }) => (
          <button key={name} type="button" className="button small" aria-pressed={choice.step === name}
            onClick={() => goQuery({ by: name === 'day' ? null : name })}>{label}</button>
        ))}
      </div>
      <label className="check">
        <input type="checkbox" checked={choice.compare} disabled={choice.range === 'all'} onChange={(event) => goQuery({ compare: event.target.checked ? null : 'no' })} />
        Compare with the period before
      </label>
      <span className="grow" />
      <button type="button" className="button small" aria-pressed={choice.table} onClick={() => goQuery({ view: choice.table ? null : 'table' })}>
        <Icon name="columns" />Table
      </button>
    </div>
  );
}

interface FigureButtonProps {
  measure: MeasureInfo;
  days: readonly DayOfSales[];
  before: readonly DayOfSales[] | null;
  pressed: boolean;
  currencySymbol: string;
}

/** The total of the period; pressed, it is what the chart shows. */
function FigureButton({ measure, days, before, pressed, currencySymbol }: FigureButtonProps) {
  const total = measured(days, measure.name);
  const earlier = before ? measured(before, measure.name) : null;
  const change = total !== null && earlier !== null ? decimalChange(earlier, total) : null;
  const tint = useTint(useChanges(total));
  return (
    <button type="button" className="sales-figure panel" aria-pressed={pressed} onClick={() => goQuery({ figure: measure.name === 'sales_amount' ? null : measure.name })}>
      <span className="figure-label">{measure.label}{unitOf(measure, currencySymbol)}</span>
      <span className="figure-value num">
        {tint > 0 ? <i key={tint} className="tint" aria-hidden="true" /> : null}
        <span data-figure={measure.name}>{measureText(measure, total)}</span>
      </span>
      <span className="figure-age">
        {before === null ? '' : earlier === null ? 'nothing known before' : <>before {measureText(measure, earlier)}{change ? <strong className="num">{` ${change}`}</strong> : null}</>}
      </span>
    </button>
  );
}

/** How often the shown total became another one while this figure is on screen. */
function useChanges(total: string | null): number {
  const [seen, setSeen] = useState({ total, changes: 0 });
  if (seen.total !== total) setSeen({ total, changes: seen.total === null ? seen.changes : seen.changes + 1 });
  return seen.changes;
}

interface ChartViewProps {
  points: readonly Point[];
  choice: Choice;
  span: Span;
  currencySymbol: string;
}

/** The chart and its crosshair: arrows move it, T shows the table. */
function ChartView({ points, choice, span, currencySymbol }: ChartViewProps) {
  const [at, setAt] = useState<number | null>(null);
  const { measure, step, compare } = choice;
  const shown = at !== null && at < points.length ? at : null;
  const drawn = useMemo(() => points.map((point) => ({
    label: shortWords(point.span, step), value: drawable(measured(point.days, measure.name)), before: drawable(measured(point.before, measure.name)),
  })), [points, measure, step]);
  const last = points.length - 1;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 't' || event.key === 'T') goQuery({ view: 'table' });
    else {
      const to = moved(event.key, shown, last);
      if (to === undefined) return;
      setAt(to);
    }
    event.preventDefault();
  };
  const point = shown === null ? null : points[shown] ?? null;
  const words = point ? pointWords(point, measure, compare) : `${spanWords(span)}. Arrows move the crosshair, T shows the table.`;
  const nothing = drawn.every((one) => one.value === null);
  return (
    <>
      <p className="chart-words" data-crosshair={shown ?? undefined}>
        {point ? <><strong>{spanWords(point.span)}</strong> <span className="num">{measure.label}{unitOf(measure, currencySymbol)} {measureText(measure, measured(point.days, measure.name))}</span>
          {compare ? <span className="muted num">{` before ${measureText(measure, measured(point.before, measure.name))}`}</span> : null}</>
          : nothing ? <span className="muted">No day of this period tells {measure.label.toLowerCase()}: what is not known is not drawn.</span>
          : <span className="muted">{measure.label}{unitOf(measure, currencySymbol)} by {step}{compare ? '; dashed: the period before' : ''}</span>}
      </p>
      <div className="chart" role="slider" tabIndex={0} aria-label={`Crosshair over ${measure.label.toLowerCase()} by ${step}`} aria-valuemin={0} aria-valuemax={Math.max(0, last)}
        aria-valuenow={shown ?? last} aria-valuetext={words} onKeyDown={onKeyDown}>
        <Suspense fallback={null}>
          <Chart points={drawn} kind={measure.kind === 'percent' ? 'line' : 'bars'} compared={compare} at={shown} onAt={setAt} axis={axisText} />
        </Suspense>
      </div>
    </>
  );
}

/** Where a key leads the crosshair; undefined when it is none of its keys. */
function moved(key: string, at: number | null, last: number): number | null | undefined {
  const within = (to: number): number => Math.max(0, Math.min(last, to));
  switch (key) {
    case 'ArrowRight': case 'ArrowUp': return at === null ? 0 : within(at + 1);
    case 'ArrowLeft': case 'ArrowDown': return at === null ? last : within(at - 1);
    case 'PageUp': return within((at ?? 0) + 7);
    case 'PageDown': return within((at ?? last) - 7);
    case 'Home': return 0;
    case 'End': return last;
    case 'Escape': return null;
    default: return undefined;
  }
}

function pointWords(point: Point, measure: MeasureInfo, compare: boolean): string {
  const text = `${spanWords(point.span)}: ${measure.label} ${measureText(measure, measured(point.days, measure.name))}`;
  return compare ? `${text}, before ${measureText(measure, measured(point.before, measure.name))}` : text;
}

/** A bar's height needs no exact decimals. */
const drawable = (value: string | null): number | null => (value === null ? null : Number(value));

const axisText = (value: number): string => formatDecimal(String(Math.round(value * 100) / 100), 0);
