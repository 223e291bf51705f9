// Stock is never overwritten: what comes in or goes out is added to whatever stands there by then, so that sales elsewhere count.
import { useId, useState, type FormEvent, type KeyboardEvent } from 'react';
import { edit, type Row } from '../../sync';
import { fieldInfo, showValue } from '../../ui/fields';
import { formatAge, formatCount, formatExact, parseCount } from '../../ui/format';
import { FieldDecision } from '../../ui/record-form/field-decision';
import { FieldHistory } from '../../ui/record-form/field-history';
import { SaveMark } from '../../ui/save-mark';
import { useNow } from '../../ui/use-now';
import { readAdjustment } from './stock-adjustment';

interface StockPartProps {
  store: string;
  collection: 'products' | 'product_variants';
  row: Row;
  name: 'inventory' | 'stock';
  writable: boolean;
}

export function StockPart({ store, collection, row, name, writable }: StockPartProps) {
  const id = useId();
  const now = useNow(5_000);
  const field = fieldInfo(collection, name);
  const [openedAt] = useState(() => Date.now());
  const foreign = row.foreign[name];
  const mark = row.marks[name] ?? 'clean';
  return (
    <div className="form-field stock-part" role="group" aria-labelledby={`${id}-label`}>
      <div className="form-label">
        <span id={`${id}-label`}>{field.label}</span>
        <SaveMark mark={mark} reason={row.reasons[name]} />
        <span className="grow" />
        <FieldHistory store={store} collection={collection} row={row} field={field} writable={writable} labelId={`${id}-label`} />
      </div>
      <div className="row">
        <strong className="num stock-now" data-field={name} data-sync={mark}>{showValue(field, row.fields[name])}</strong>
        {writable ? <StockAdjust store={store} collection={collection} row={row} name={name} /> : null}
      </div>
      {foreign && foreign.at >= openedAt ? (
        <p className="form-notes muted" title={formatExact(foreign.at)}>Changed by {foreign.by ?? 'someone else'} {formatAge(foreign.at, now)}</p>
      ) : null}
      <FieldDecision row={row} store={store} collection={collection} name={name} />
    </div>
  );
}

/** The amount that comes in or goes out, and the floor that holds when it arrives. */
export function StockAdjust({ store, collection, row, name, small = false }: Omit<StockPartProps, 'writable'> & { small?: boolean }) {
  const id = useId();
  const [text, setText] = useState('');
  const [floor, setFloor] = useState('0');
  const label = fieldInfo(collection, name).label;
  const current = row.fields[name];
  const stands = typeof current === 'number' ? current : 0;
  const least = parseCount(floor);
  const min = least.ok && least.value !== null && least.value >= 0 ? least.value : 0;
  const read = readAdjustment(text, stands, min);
  const adjust = () => {
    if (!read.ok || read.amount === 0) return;
    const typed = text;
    setText('');
    void edit(store, [{ op: 'add', collection, id: row.id, field: name, amount: read.amount, min }]).notTaken.then(() => setText(typed));
  };
  const key = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    adjust();
  };
  const stop = (event: FormEvent) => event.stopPropagation();
  const said = !read.ok ? read.message : read.amount === 0 ? '' : `${formatCount(stands)} → ${formatCount(stands + read.amount)}`;
  return (
    <span className={`stock-adjust row ${small ? 'small' : ''}`} onSubmit={stop}>
      <input className="input num" inputMode="text" aria-label={`Add to or take from ${label.toLowerCase()}`} placeholder="+12 or −5" value={text} aria-invalid={!read.ok || undefined}
        aria-describedby={`${id}-said`} onChange={(event) => setText(event.target.value)} onKeyDown={key} data-adjust={name} />
      <button type="button" className="button small" disabled={!read.ok || read.amount === 0} onClick={adjust}>Adjust</button>
      {small ? null : (
        <label className="row nowrap muted">never below
          <input className="input num floor" inputMode="numeric" value={floor} aria-invalid={!least.ok || undefined} onChange={(event) => setFloor(event.target.value)} />
        </label>
      )}
      <span id={`${id}-said`} role="status" className={read.ok ? 'muted num' : 'field-problem'}>{said}</span>
    </span>
  );
}
