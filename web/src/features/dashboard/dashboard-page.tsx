import { useState } from 'react';
import { useSingleton, useSyncStatus, type FieldValue, type Row, type StoreAccess } from '../../sync';
import { isNumeric, showValue, type FieldInfo } from '../../ui/fields';
import { decimalChange, formatAge, formatClock, formatExact, MISSING } from '../../ui/format';
import { useReadyMark } from '../../ui/live-table/live-table';
import { EmptyState, Skeleton } from '../../ui/notices';
import { Link } from '../../ui/router';
import { SaveMark } from '../../ui/save-mark';
import { useNow } from '../../ui/use-now';
import { useTint } from '../../ui/use-tint';
import { FIGURE_COLUMNS, figureSource, isEmpty, sourceNote } from './figures';
import './dashboard.css';

/** The seller's view: fifteen figures in six columns, live. */
export function DashboardPage({ store }: { store: StoreAccess }) {
  const row = useSingleton(store.id, 'dashboard');
  const info = useSingleton(store.id, 'store_info');
  const status = useSyncStatus();
  useReadyMark(row !== undefined);
  // While not in step, every figure says of when it is.
  const asOf = status.connection === 'live' ? null : status.cachedAsOf ?? status.offlineSince;
  if (row === undefined) return <div className="page"><Skeleton rows={6} /></div>;
  return (
    <div className="dashboard-page">
      <h1 className="sr-only">Dashboard of {store.name}</h1>
      {row === null || isEmpty(row.fields) ? (
        <EmptyState title="No figures yet" actions={store.role === 'viewer' ? null : (
          <Link className="button primary" to={`/admin/${store.id}/dashboard`}>Enter the first figures</Link>
        )}>They appear here as soon as they are entered or a marketplace is connected.</EmptyState>
      ) : (
        <div className="figures" data-record={row.id}>
          {FIGURE_COLUMNS.map((column) => (
            <section key={column.title} className="figure-column panel" aria-label={column.title}>
              <h2>{column.title}</h2>
              {column.fields.map((field) => (
                <Figure key={field.name} field={field} row={row} store={store} asOf={asOf} note={sourceNote(info?.fields['figure_sources'], field.name)} />
              ))}
            </section>
          ))}
        </div>
      )}
    </div>
  );
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
