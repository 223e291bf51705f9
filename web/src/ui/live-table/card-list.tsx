// The table on a phone: one card per row, the same marks.
import { memo } from 'react';
import type { Row } from '../../sync';
import { showValue } from '../fields';
import { Link } from '../router';
import { SaveMark } from '../save-mark';
import type { Column } from './columns';
import { needsDetails, RowDetails } from './row-details';

interface CardListProps {
  rows: readonly Row[];
  columns: readonly Column[];
  label: string;
  currencySymbol: string;
  openTo: (row: Row) => string;
  store: string;
  collection: string;
}

/** Title first, then what is decided by a glance: price, stock, status. */
const ON_CARD = ['price', 'inventory', 'status', 'sales_amount'];

export function CardList({ rows, columns, label, currencySymbol, openTo, store, collection }: CardListProps) {
  return (
    <ul className="cards" aria-label={label}>
      {rows.map((row) => <Card key={row.id} row={row} columns={columns} currencySymbol={currencySymbol} to={openTo(row)}
        store={store} collection={collection} />)}
    </ul>
  );
}

interface CardProps {
  row: Row;
  columns: readonly Column[];
  currencySymbol: string;
  to: string;
  store: string;
  collection: string;
}

const Card = memo(function Card({ row, columns, currencySymbol, to, store, collection }: CardProps) {
  const [lead, ...others] = columns;
  if (!lead) return null;
  const shown = others.filter((column) => ON_CARD.includes(column.field.name) || (row.marks[column.field.name] ?? 'clean') !== 'clean');
  const title = (
    <span data-field={lead.field.name} data-sync={row.marks[lead.field.name] ?? 'clean'} dir="auto">
      {showValue(lead.field, row.fields[lead.field.name])}
    </span>
  );
  return (
    <li className={`card ${row.removed ? 'removed' : ''}`} data-record={row.id}>
      <div className="card-title">{row.removed ? title : <Link to={to}>{title}</Link>}</div>
      {row.removed ? <span className="chip">removed{row.removed.by ? ` by ${row.removed.by}` : ''}</span> : null}
      <SaveMark mark={row.marks[lead.field.name]} reason={row.reasons[lead.field.name]} />
      <dl>
        {shown.map(({ field }) => (
          <div key={field.name}>
            <dt>{field.label}{field.kind === 'money' && currencySymbol ? ` (${currencySymbol})` : ''}</dt>
            <dd className="num" data-field={field.name} data-sync={row.marks[field.name] ?? 'clean'}>{showValue(field, row.fields[field.name])}</dd>
            <SaveMark mark={row.marks[field.name]} reason={row.reasons[field.name]} />
          </div>
        ))}
      </dl>
      {needsDetails(row) ? <RowDetails row={row} store={store} collection={collection} /> : null}
    </li>
  );
});
