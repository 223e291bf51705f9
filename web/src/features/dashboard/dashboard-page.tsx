import { useState } from 'react';
import { useSingleton, useSyncStatus, type FieldValue, type Row, type StoreAccess } from '../../sync';
import { useExtent } from '../../ui/days/use-days';
import { isNumeric, showValue, type FieldInfo } from '../../ui/fields';
import { decimalChange, formatAge, formatClock, formatExact, MISSING } from '../../ui/format';
import { useReadyMark } from '../../ui/live-table/live-table';
import { EmptyState, Skeleton } from '../../ui/notices';
import { Link } from '../../ui/router';
import { SaveMark } from '../../ui/save-mark';
import { useNow } from '../../ui/use-now';
import { useTint } from '../../ui/use-tint';
import { FIGURE_COLUMNS, figureSource, isEmpty, sourceNote, type FigureColumn } from './figures';
import { TREND } from './layout';
import { Panels } from './panels';
import { Trend } from './trend';
import './dashboard.css';

/** The seller's view: fifteen figures in six columns and the trend of the days, live, arranged as each person likes. */
export function DashboardPage({ store }: { store: StoreAccess }) {
  const row = useSingleton(store.id, 'dashboard');
  const info = useSingleton(store.id, 'store_info');
  const { span } = useExtent(store.id);
  const status = useSyncStatus();
  // While not in step, every figure says of when it is.
  const asOf = status.connection === 'live' ? null : status.cachedAsOf ?? status.offlineSince;
  useReadyMark(row !== undefined);
  if (row === undefined) return <div className="page"><Skeleton rows={6} /></div>;
  const figures = row !== null && !isEmpty(row.fields) ? row : null;
  const sources = info?.fields['figure_sources'];
  const available = [...(figures ? FIGURE_COLUMNS.map(({ id }) => id) : []), ...(span ? [TREND] : [])];
  return (
    <div className="dashboard-page">
      <h1 className="sr-only">Dashboard of {store.name}</h1>
      {figures ? null : (
        <EmptyState title="No figures yet" actions={store.role === 'viewer' ? null : (
          <Link className="button primary" to={`/admin/${store.id}/dashboard`}>Enter the first figures</Link>
        )}>They appear here as soon as they are entered or a marketplace is connected.</EmptyState>
      )}
      <Panels store={store.id} record={figures?.id ?? null} available={available}>
        {(id) => {
          if (id === TREND) return span ? <Trend store={store} last={span.to} asOf={asOf} /> : null;
          const column = FIGURE_COLUMNS.find((one) => one.id === id);
          return column && figures ? <Figures column={column} row={figures} store={store} asOf={asOf} sources={sources} /> : null;
        }}
      </Panels>
    </div>
  );
}

interface FiguresProps {
  column: FigureColumn;
  row: Row;
  store: StoreAccess;
  asOf: number | null;
  sources: FieldValue | undefined;
}

function Figures({ column, row, store, asOf, sources }: FiguresProps) {
  return column.fields.map((field) => (
    <Figure key={field.name} field={field} row={row} store={store} asOf={asOf} note={sourceNote(sources, field.name)} />
  ));
}

/** How much the figure moved with its last foreign change, while this screen is open. */
function useChange(field: FieldInfo, value: FieldValue | undefined, foreignAt: number | null): string | null {
  const [seen, setSeen] = useState({ at: foreignAt, value, change: null as string | null });
  if (foreignAt !== seen.at) {
    const both = isNumeric(field.kind) && (seen.value ?? null) !== null && (value ?? null) !== null;
    setSeen({ at: foreignAt, value, change: both ? decimalChange(String(seen.value), String(value)) : null });
  } else if (value !== seen.value) {
    setSeen({ ...seen, value });
  }
  return seen.change;
}

interface FigureProps {
  field: FieldInfo;
  row: Row;
  store: StoreAccess;
  asOf: number | null;
  note: string | null;
}

function Figure({ field, row, store, asOf, note }: FigureProps) {
  const now = useNow();
  const value = showValue(field, row.fields[field.name]);
  const foreign = row.foreign[field.name];
  const mark = row.marks[field.name] ?? 'clean';
  const tint = useTint(foreign?.at ?? null);
  const change = useChange(field, row.fields[field.name], foreign?.at ?? null);
  const to = figureSource(field.name, store.id, store.role !== 'viewer');
  const unit = field.kind === 'money' ? ` (${store.currencySymbol})` : '';
  const label = to ? <Link to={to}>{field.label}{unit}</Link> : <>{field.label}{unit}</>;
  return (
    <div className="figure">
      <div className="figure-label">{label}</div>
      <div className="figure-value num">
        {tint > 0 ? <i key={tint} className="tint" aria-hidden="true" /> : null}
        <span data-field={field.name} data-sync={mark}>{value}</span>
      </div>
      <div className="figure-age">
        {mark !== 'clean' ? <SaveMark mark={mark} reason={row.reasons[field.name]} />
          : asOf && value !== MISSING ? <span>as of {formatClock(asOf, now)}</span>
          : foreign ? <span title={formatExact(foreign.at)}>{change ? <strong className="num">{change} </strong> : null}{foreign.by ? `${foreign.by}, ` : ''}{formatAge(foreign.at, now)}</span>
          : note ? <span>{note}</span> : null}
        {note && (asOf || foreign || mark !== 'clean') ? <span> · {note}</span> : null}
      </div>
    </div>
  );
}
