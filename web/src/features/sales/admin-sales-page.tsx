// The admin side of daily sales: a table with editing in place, a form per day, new days.
import { useState, type FormEvent } from 'react';
import { edit, useNotHere, usePage, useRecord, useSession, type FieldValue, type Row, type StoreAccess } from '../../sync';
import { dayWords, daysIn, measured } from '../../ui/days/days';
import { DAYS_MAX, useDays, useExtent } from '../../ui/days/use-days';
import { fieldInfo, isDay, parseField } from '../../ui/fields';
import { FieldInput } from '../../ui/field-input';
import { formatDecimal, plural } from '../../ui/format';
import { Icon } from '../../ui/icon';
import type { Column } from '../../ui/live-table/columns';
import { LiveTable, useReadyMark } from '../../ui/live-table/live-table';
import { usePageSpec } from '../../ui/live-table/page-address';
import { EmptyState, Skeleton } from '../../ui/notices';
import { RecordForm } from '../../ui/record-form/record-form';
import { go, Link } from '../../ui/router';
import { toast } from '../../ui/toasts';

const FIGURES = ['sales_amount', 'units_sold', 'orders', 'page_views', 'sessions', 'refunds'].map((name) => fieldInfo('sales', name));
const DAY = fieldInfo('sales', 'day');

const COLUMNS: readonly Column[] = [
  { field: DAY, width: 130, editable: false, fixed: true },
  ...FIGURES.map((field) => ({ field, width: 140, editable: true })),
];
const SORTABLE = [DAY, ...FIGURES].filter((field) => field.sortable).map((field) => field.name);
const LIST = { collection: 'sales', sort: '-day', sortable: SORTABLE, filters: {} } as const;
const GROUPS = [{ title: 'Figures of the day', fields: FIGURES }];

const titleOf = (row: Row): string => {
  const day = String(row.fields['day'] ?? '');
  return isDay(day) ? dayWords(day) : row.id;
};

/** The day says which record it is: taken back, it is the same one again. */
function bringBack(store: string, row: Row): void {
  edit(store, [{ op: 'insert', collection: 'sales', fields: Object.fromEntries(Object.entries(row.fields).filter(([, value]) => value !== null)) }]);
}

function removeDays(store: string, rows: readonly Row[]): void {
  for (const row of rows) edit(store, [{ op: 'remove', collection: 'sales', id: row.id }]);
  toast(rows.length === 1 && rows[0] ? `Removed ${titleOf(rows[0])}` : `Removed ${plural(rows.length, 'day')}`, {
    label: 'Undo', run: () => rows.forEach((row) => bringBack(store, row)),
  });
}

export function AdminSalesPage({ store }: { store: StoreAccess }) {
  const spec = usePageSpec(LIST);
  const page = usePage(store.id, spec);
  const session = useSession();
  const base = `/admin/${store.id}/sales`;
  const writable = store.role !== 'viewer';
  return (
    <LiveTable name="sales" title="Daily sales" what="days" store={store.id} spec={spec} page={page} columns={COLUMNS} sortable={SORTABLE}
      writable={writable} user={session.userId} currencySymbol={store.currencySymbol} titleOf={titleOf} openTo={(row) => `${base}/${row.id}`}
      onOpen={(row) => go(`${base}/${row.id}`)} onCreate={() => go(`${base}/new`)} onRemove={(rows) => removeDays(store.id, rows)}
      tools={<>
        <Link className="button small" to={`${base}/new`}><Icon name="plus" />New day</Link>
        <Link className="button small" to={`/s/${store.id}/sales`}>See the chart</Link>
        <Totals store={store} />
      </>}
      selectionTools={(rows, clear) => (
        <>
          <strong>{plural(rows.length, 'day')} selected</strong>
          <button type="button" className="button small danger" onClick={() => {
            removeDays(store.id, rows);
            clear();
          }}><Icon name="trash" />Remove</button>
          <button type="button" className="button small quiet" onClick={clear}>Clear selection</button>
        </>
      )}
      empty={(
        <EmptyState title={`${store.name} has no days of sales yet`} actions={<Link className="button primary" to={`${base}/new`}><Icon name="plus" />Enter the first day</Link>}>
          One row per day: units, sales, orders, page views. Sellers see their sums and their chart grow as you type.
        </EmptyState>
      )} />
  );
}

/** The same sums as sellers see for all days. */
function Totals({ store }: { store: StoreAccess }) {
  const extent = useExtent(store.id);
  const { days, ready } = useDays(store.id, extent.span);
  const [sales, units] = [measured(days, 'sales_amount'), measured(days, 'units_sold')];
  if (!extent.span || !ready) return null;
  return (
    <span className="muted num">
      {daysIn(extent.span) > DAYS_MAX ? `last ${plural(days.length, 'day')}` : plural(days.length, 'day')}: {store.currencySymbol} <span data-sum="sales_amount">{sales === null ? '–' : formatDecimal(sales, 2)}</span>,{' '}
      <span data-sum="units_sold">{units === null ? '–' : formatDecimal(units, 0)}</span> units
    </span>
  );
}

const back = (store: StoreAccess) => (
  <Link to={`/admin/${store.id}/sales`} className="button quiet small"><Icon name="left" />Daily sales</Link>
);

export function SalesDayPage({ store, id }: { store: StoreAccess; id: string }) {
  const row = useRecord(store.id, 'sales', id);
  const notHere = useNotHere(store.id, 'sales', id);
  useReadyMark(row !== undefined);
  if (row === undefined) return <div className="page"><Skeleton rows={6} /></div>;
  if (row === null) {
    const all = <Link className="button primary" to={`/admin/${store.id}/sales`}>All days</Link>;
    return notHere
      ? <EmptyState title="This day is not in this browser" actions={all}>The server cannot be reached. It opens as soon as the connection is back.</EmptyState>
      : <EmptyState title="There is no such day" actions={all}>It may have been removed, or the address belongs to another store.</EmptyState>;
  }
  const writable = store.role !== 'viewer';
  return (
    <div className="page">
      <div className="page-head">
        {back(store)}
        <h1>Sales of {titleOf(row)}</h1>
        <span className="grow" />
        {writable && !row.removed ? (
          <button type="button" className="button small danger" onClick={() => {
            removeDays(store.id, [row]);
            go(`/admin/${store.id}/sales`);
          }}><Icon name="trash" />Remove</button>
        ) : null}
      </div>
      <RecordForm store={store.id} collection="sales" row={row} groups={GROUPS} writable={writable} currencySymbol={store.currencySymbol}
        onCancel={() => go(`/admin/${store.id}/sales`)} />
    </div>
  );
}

export function NewDayPage({ store }: { store: StoreAccess }) {
  const [texts, setTexts] = useState<Record<string, string>>({});
  const [problems, setProblems] = useState<Record<string, string>>({});
  useReadyMark(true);
  const day = texts['day'] ?? '';
  const { days } = useDays(store.id, isDay(day) ? { from: day, to: day } : null);
  const there = days.length > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const values: Record<string, FieldValue> = {};
    const wrong: Record<string, string> = {};
    for (const field of [DAY, ...FIGURES]) {
      const parsed = parseField(field, texts[field.name] ?? '');
      if (!parsed.ok) wrong[field.name] = parsed.message;
      else if (parsed.value !== null) values[field.name] = parsed.value;
    }
    if (there) wrong['day'] = 'This day is there already';
    setProblems(wrong);
    if (Object.keys(wrong).length > 0) return;
    edit(store.id, [{ op: 'insert', collection: 'sales', fields: values }]);
    toast(`Added ${dayWords(day)}`);
    go(`/admin/${store.id}/sales`, { replace: true });
  };
  return (
    <div className="page">
      <div className="page-head">{back(store)}<h1>New day of {store.name}</h1></div>
      <form className="record-form" onSubmit={submit} noValidate aria-label="New day">
        <fieldset className="form-group panel">
          <legend>Day and figures</legend>
          <div className="form-grid">
            {[DAY, ...FIGURES].map((field) => (
              <div key={field.name} className="form-field">
                <label className="label" htmlFor={`new-${field.name}`}>
                  {field.label}{field.kind === 'money' ? ` (${store.currencySymbol})` : ''}{field.required ? ' *' : ''}
                </label>
                <FieldInput field={field} id={`new-${field.name}`} value={texts[field.name] ?? ''} invalid={problems[field.name] !== undefined}
                  describedBy={`new-${field.name}-note`} marks={{ 'data-field': field.name }} autoFocus={field.name === 'day'}
                  onChange={(text) => setTexts((before) => ({ ...before, [field.name]: text }))} />
                <p id={`new-${field.name}-note`} className="field-problem">
                  {field.name === 'day' && there ? 'This day is there already: change it in the table.' : problems[field.name]}
                </p>
              </div>
            ))}
          </div>
          <p className="muted">What you leave empty is not known; write 0 for a day without sales. Conversion follows from units and sessions.</p>
        </fieldset>
        <div className="form-foot">
          <button type="submit" className="button primary">Add the day</button>
          <button type="button" className="button" onClick={() => go(`/admin/${store.id}/sales`)}>Cancel</button>
        </div>
      </form>
    </div>
  );
}
