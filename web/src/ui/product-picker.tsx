import { useId, useState } from 'react';
import { usePage, type Row } from '../sync';
import { formatCount } from './format';
import './product-picker.css';

const SHOWN = 25;

interface ProductPickerProps {
  store: string;
  label: string;
  /** Chosen ones stay while the search changes. */
  chosen: ReadonlyMap<string, Row>;
  onChosen: (chosen: ReadonlyMap<string, Row>) => void;
  /** Only one can be chosen. */
  single?: boolean;
  /** Why this product cannot be chosen, in words. */
  unfit?: (row: Row) => string | null;
}

/** Finds products by their texts and chooses among them. */
export function ProductPicker({ store, label, chosen, onChosen, single = false, unfit }: ProductPickerProps) {
  const [text, setText] = useState('');
  const group = useId();
  const page = usePage(store, { collection: 'products', page: 1, size: SHOWN, sort: 'title', filter: {}, query: text.trim().slice(0, 200) });
  const toggle = (row: Row) => {
    const next = new Map(single ? [] : chosen);
    if (!next.delete(row.id)) next.set(row.id, row);
    onChosen(next);
  };
  return (
    <div className="product-picker stack">
      <label>
        <span className="label">{label}</span>
        <input className="input" type="search" value={text} maxLength={200} placeholder="Search title, SKU, ASIN" onChange={(event) => setText(event.target.value)} />
      </label>
      <ul className="picker-list" aria-label="Products found">
        {page.rows.filter((row) => !row.removed).map((row) => {
          const why = unfit?.(row) ?? null;
          return (
            <li key={row.id}>
              <label className="check">
                <input type={single ? 'radio' : 'checkbox'} name={group} checked={chosen.has(row.id)} disabled={why !== null} onChange={() => toggle(row)} />
                <span className="grow" dir="auto">{String(row.fields['title'] ?? '–')}</span>
                <span className="muted mono">{String(row.fields['sku'] ?? '')}</span>
                {why ? <span className="chip">{why}</span> : null}
              </label>
            </li>
          );
        })}
      </ul>
      <p className="muted" role="status">
        {page.state === 'ready' && page.total > SHOWN ? `The first ${SHOWN} of ${formatCount(page.total)}: search for the others.` : page.state === 'ready' && page.total === 0 ? 'No product matches.' : ''}
      </p>
    </div>
  );
}
