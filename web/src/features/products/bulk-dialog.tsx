// What shall become of the chosen products: filled in, reviewed difference by difference, then made as one batch.
import { useId, useState, type FormEvent } from 'react';
import { usePage, type Row, type StoreAccess } from '../../sync';
import { BatchDialog } from '../../ui/batch/batch-dialog';
import { productName, type CollectionName } from '../../ui/batch/membership';
import { Dialog } from '../../ui/dialog';
import { plural } from '../../ui/format';
import { Notice } from '../../ui/notices';
import { bulkChanges, NOTHING_PLANNED, type BulkPlan } from './bulk-changes';
import { readRule, type PriceMode, type Rounding } from './price-change';
import './bulk.css';

const CHOICES = 200;

export function useCollections(store: string): CollectionName[] {
  const page = usePage(store, { collection: 'collections', page: 1, size: CHOICES, sort: 'title', filter: {}, query: '' });
  return page.rows.filter((row) => !row.removed).map((row) => ({ id: row.id, title: String(row.fields['title'] ?? row.id) }));
}

interface BulkDialogProps {
  store: StoreAccess;
  rows: readonly Row[];
  onClose: () => void;
}

export function BulkDialog({ store, rows, onClose }: BulkDialogProps) {
  const [plan, setPlan] = useState<BulkPlan | null>(null);
  if (!plan) return <PlanForm store={store} count={rows.length} onClose={onClose} onPlan={setPlan} />;
  const { changes, without } = bulkChanges(rows, plan);
  return (
    <BatchDialog store={store.id} title={`Change ${plural(rows.length, 'product')}`} changes={changes} danger={plan.remove} onClose={onClose}
      note={without.length > 0 ? (
        <Notice kind="warn">{plural(without.length, 'price')} would be below 0 or {without.length === 1 ? 'was' : 'were'} never set, and stay{without.length === 1 ? 's' : ''}: {without.slice(0, 5).map(productName).join(', ')}{without.length > 5 ? ' …' : ''}</Notice>
      ) : null} />
  );
}

interface PlanFormProps {
  store: StoreAccess;
  count: number;
  onClose: () => void;
  onPlan: (plan: BulkPlan) => void;
}

const ROUNDINGS: readonly [Rounding, string][] = [['cent', 'to 0.01'], ['whole', 'to whole numbers'], ['.99', 'ending in .99'], ['.95', 'ending in .95']];

function PlanForm({ store, count, onClose, onPlan }: PlanFormProps) {
  const collections = useCollections(store.id);
  const [status, setStatus] = useState('');
  const [mode, setMode] = useState<PriceMode | ''>('');
  const [price, setPrice] = useState('');
  const [rounding, setRounding] = useState<Rounding>('cent');
  const [category, setCategory] = useState<string | null>(null);
  const [addTo, setAddTo] = useState('');
  const [takeFrom, setTakeFrom] = useState('');
  const form = useId();
  const rule = mode === '' ? null : readRule(mode, price, rounding);
  const named = (id: string): CollectionName | null => collections.find((one) => one.id === id) ?? null;
  const plan: BulkPlan = {
    status: status === '' ? null : status, price: rule?.ok ? rule.rule : null, category: category === null ? null : category.trim(),
    addTo: named(addTo), takeFrom: named(takeFrom), remove: false,
  };
  const empty = JSON.stringify(plan) === JSON.stringify(NOTHING_PLANNED);
  const problem = rule && !rule.ok && price !== '' ? rule.message : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!empty && (rule === null || rule.ok)) onPlan(plan);
  };
  return (
    <Dialog title={`Change ${plural(count, 'product')}`} onClose={onClose} foot={<>
      <button type="button" className="button danger" onClick={() => onPlan({ ...NOTHING_PLANNED, remove: true })}>Remove them…</button>
      <span className="grow" />
      <button type="button" className="button" onClick={onClose}>Cancel</button>
      <button type="submit" form={form} className="button primary" disabled={empty || (rule !== null && !rule.ok)}>Review</button>
    </>}>
      <form id={form} className="bulk-form" onSubmit={submit}>
        <Choice label="Status" value={status} onValue={setStatus} choices={[['', 'Leave as it is'], ['Active', 'Active'], ['Inactive', 'Inactive']]} />
        <Choice label="Price" value={mode} onValue={(next) => setMode(next as PriceMode | '')}
          choices={[['', 'Leave as it is'], ['set', 'Set to'], ['amount', 'Raise or lower by an amount'], ['percent', 'Raise or lower by per cent']]} />
        {mode === '' ? null : (
          <label>
            <span className="label">{mode === 'percent' ? 'Per cent, −10 lowers' : `${mode === 'set' ? 'New price' : 'Amount, −1 lowers'} (${store.currencySymbol})`}</span>
            <input className="input num" inputMode="decimal" value={price} onChange={(event) => setPrice(event.target.value)} aria-invalid={problem !== null || undefined} />
            {problem ? <span className="field-problem">{problem}</span> : null}
          </label>
        )}
        {mode === 'amount' || mode === 'percent' ? <Choice label="Rounding" value={rounding} onValue={(next) => setRounding(next as Rounding)} choices={ROUNDINGS} /> : null}
        <CategoryChoice store={store.id} category={category} onCategory={setCategory} />
        <Choice label="Add to collection" value={addTo} onValue={setAddTo} choices={[['', 'None'], ...collections.map((one) => [one.id, one.title] as const)]} />
        <Choice label="Take out of collection" value={takeFrom} onValue={setTakeFrom} choices={[['', 'None'], ...collections.map((one) => [one.id, one.title] as const)]} />
      </form>
    </Dialog>
  );
}

function CategoryChoice({ store, category, onCategory }: { store: string; category: string | null; onCategory: (category: string | null) => void }) {
  const list = useId();
  const known = usePage(store, { collection: 'categories', page: 1, size: CHOICES, sort: 'path', filter: {}, query: '' });
  return (
    <>
      <Choice label="Category" value={category === null ? '' : category === '' ? 'none' : 'set'}
        onValue={(next) => onCategory(next === '' ? null : next === 'none' ? '' : ' ')}
        choices={[['', 'Leave as it is'], ['set', 'Set to'], ['none', 'Without a category']]} />
      {category === null || category === '' ? null : (
        <label>
          <span className="label">New category</span>
          <input className="input" list={list} dir="auto" value={category.trimStart()} placeholder="Home > Kitchen"
            onChange={(event) => onCategory(event.target.value === '' ? ' ' : event.target.value)} />
        </label>
      )}
      <datalist id={list}>{known.rows.map((row) => <option key={row.id}>{String(row.fields['path'] ?? '')}</option>)}</datalist>
    </>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  onValue: (value: string) => void;
  choices: readonly (readonly [string, string])[];
}

function Choice({ label, value, onValue, choices }: ChoiceProps) {
  const id = useId();
  return (
    <div>
      <label className="label" htmlFor={id}>{label}</label>
      <select className="input" id={id} value={value} onChange={(event) => onValue(event.target.value)}>
        {choices.map(([choice, words]) => <option key={choice} value={choice}>{words}</option>)}
      </select>
    </div>
  );
}
