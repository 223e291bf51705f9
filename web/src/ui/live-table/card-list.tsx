// The table on a phone: one card per row, the same marks.
import { memo, useEffect, type ReactNode } from 'react';
import type { Row } from '../../sync';
import { removedWords, showValue } from '../fields';
import { Link } from '../router';
import { SaveMark } from '../save-mark';
import type { Column } from './columns';
import { needsDetails, RowDetails } from './row-details';
import { useSelection } from './use-selection';

interface CardListProps {
  rows: readonly Row[];
  columns: readonly Column[];
  label: string;
  currencySymbol: string;
  openTo: (row: Row) => string;
  titleOf: (row: Row) => string;
  store: string;
  collection: string;
  /** A touch chooses instead of opening. */
  selecting: boolean;
  selectionTools?: ((rows: Row[], clear: () => void) => ReactNode) | undefined;
  onDone: () => void;
}

/** Title first, then what is decided by a glance: price, stock, status. */
const ON_CARD = ['price', 'inventory', 'status', 'sales_amount', 'listings'];

export function CardList(props: CardListProps) {
  const { rows, selecting } = props;
  const { selected, chosen, all, toggle, toggleAll, clear } = useSelection(rows);
  // What is chosen is seen as long as one chooses, and no longer.
  useEffect(() => {
    if (!selecting) clear();
  }, [selecting, clear]);
  return (
    <>
      {selecting ? (
        <div className="table-tools selection">
          <label className="check"><input type="checkbox" checked={all} onChange={toggleAll} autoFocus />All on this page</label>
          {chosen.length > 0 ? props.selectionTools?.(chosen, clear) : <span className="muted" role="status">Touch what you want to change.</span>}
          <button type="button" className="button small" onClick={props.onDone}>Done</button>
        </div>
      ) : null}
      <ul className="cards" aria-label={props.label}>
        {rows.map((row) => (
          <Card key={row.id} row={row} columns={props.columns} currencySymbol={props.currencySymbol} to={props.openTo(row)} title={props.titleOf(row)}
            store={props.store} collection={props.collection} chosen={selecting && !row.removed ? selected.has(row.id) : null} toggle={toggle} />
        ))}
      </ul>
    </>
  );
}

interface CardProps {
  row: Row;
  columns: readonly Column[];
  currencySymbol: string;
  to: string;
  title: string;
  store: string;
  collection: string;
  /** Null while nothing is chosen here. */
  chosen: boolean | null;
  toggle: (id: string) => void;
}

const Card = memo(function Card({ row, columns, currencySymbol, to, title: name, store, collection, chosen, toggle }: CardProps) {
  const [lead, ...others] = columns;
  if (!lead) return null;
  const shown = others.filter((column) => column.onCard === true || ON_CARD.includes(column.field.name) || (row.marks[column.field.name] ?? 'clean') !== 'clean');
  const title = (
    <span data-field={lead.field.name} data-sync={row.marks[lead.field.name] ?? 'clean'} dir="auto">
      {lead.render ? lead.render(row) : showValue(lead.field, row.fields[lead.field.name])}
    </span>
  );
  return (
    <li className={`card ${row.removed ? 'removed' : ''} ${chosen ? 'selected' : ''}`} data-record={row.id}>
      {chosen === null ? <div className="card-title">{row.removed ? title : <Link to={to}>{title}</Link>}</div> : (
        <label className="card-title card-choice">
          <input type="checkbox" aria-label={`Select ${name}`} checked={chosen} onChange={() => toggle(row.id)} />{title}
        </label>
      )}
      {row.removed ? <span className="chip">{removedWords(row.removed)}</span> : row.placed ? null : <span className="chip">not placed yet</span>}
      <SaveMark mark={row.marks[lead.field.name]} reason={row.reasons[lead.field.name]} />
      <dl>
        {shown.map(({ field, render }) => (
          <div key={field.name}>
            <dt>{field.label}{field.kind === 'money' && currencySymbol ? ` (${currencySymbol})` : ''}</dt>
            <dd className="num" data-field={field.name} data-sync={row.marks[field.name] ?? 'clean'}>{render ? render(row) : showValue(field, row.fields[field.name])}</dd>
            <SaveMark mark={row.marks[field.name]} reason={row.reasons[field.name]} />
          </div>
        ))}
      </dl>
      {needsDetails(row) ? <RowDetails row={row} store={store} collection={collection} /> : null}
    </li>
  );
});
