import { useState, type FormEvent } from 'react';
import { edit, newRecordId, useNotHere, useRecord, type FieldValue, type StoreAccess } from '../../sync';
import { fieldInfo, parseField, PRODUCT_FIELDS, type FieldInfo } from '../../ui/fields';
import { FieldInput } from '../../ui/field-input';
import { EmptyState, Skeleton } from '../../ui/notices';
import { RecordForm, type FieldGroup } from '../../ui/record-form/record-form';
import { useReadyMark } from '../../ui/live-table/live-table';
import { Icon } from '../../ui/icon';
import { go, Link } from '../../ui/router';
import { removeProducts } from './products-page';

const named = (...names: string[]): FieldInfo[] => names.map((name) => fieldInfo('products', name));

const GROUPS: readonly FieldGroup[] = [
  { title: 'What it is', fields: named('title', 'sku', 'asin', 'handle', 'category', 'image_url') },
  { title: 'Offer', fields: named('status', 'price', 'inventory') },
  { title: 'Figures', fields: named('sales_amount', 'units_sold', 'page_views') },
  { title: 'Description', fields: named('description') },
];

/** Back to the list as it was left, when this page was reached from it. */
function close(store: string): void {
  if (window.history.length > 1) window.history.back();
  else go(`/admin/${store}/products`);
}

export function ProductEditor({ store, id }: { store: StoreAccess; id: string }) {
  const row = useRecord(store.id, 'products', id);
  const notHere = useNotHere(store.id, 'products', id);
  useReadyMark(row !== undefined);
  if (row === undefined) return <div className="page"><Skeleton rows={8} /></div>;
  if (notHere) {
    return (
      <EmptyState title="This product is not in this browser" actions={<Link className="button primary" to={`/admin/${store.id}/products`}>All products</Link>}>
        The server cannot be reached, and only part of {store.name}&rsquo;s products is kept here. It opens as soon as the connection is back.
      </EmptyState>
    );
  }
  if (row === null) {
    return (
      <EmptyState title="There is no such product" actions={<Link className="button primary" to={`/admin/${store.id}/products`}>All products</Link>}>
        It may have been removed, or the address belongs to another store.
      </EmptyState>
    );
  }
  const writable = store.role !== 'viewer';
  return (
    <div className="page">
      <div className="page-head">
        <Link to={`/admin/${store.id}/products`} className="button quiet small"><Icon name="left" />Products</Link>
        <h1 className="clip" dir="auto">{String(row.fields['title'] ?? 'Product')}</h1>
        <span className="grow" />
        {writable && !row.removed ? (
          <button type="button" className="button small danger" onClick={() => {
            removeProducts(store.id, [row]);
            go(`/admin/${store.id}/products`);
          }}><Icon name="trash" />Remove</button>
        ) : null}
      </div>
      <RecordForm store={store.id} collection="products" row={row} groups={GROUPS} writable={writable}
        currencySymbol={store.currencySymbol} onCancel={() => close(store.id)} />
    </div>
  );
}

export function NewProductPage({ store }: { store: StoreAccess }) {
  const [texts, setTexts] = useState<Record<string, string>>({ status: 'Active' });
  const [problems, setProblems] = useState<Record<string, string>>({});
  const fields = PRODUCT_FIELDS;
  useReadyMark(true);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const values: Record<string, FieldValue> = {};
    const wrong: Record<string, string> = {};
    for (const field of fields) {
      const parsed = parseField(field, texts[field.name] ?? '');
      if (!parsed.ok) wrong[field.name] = parsed.message;
      else if (parsed.value !== null) values[field.name] = parsed.value;
    }
    setProblems(wrong);
    if (Object.keys(wrong).length > 0) return;
    const id = newRecordId();
    edit(store.id, [{ op: 'insert', collection: 'products', id, fields: values }]);
    go(`/admin/${store.id}/products/${id}`, { replace: true });
  };
  return (
    <div className="page">
      <div className="page-head">
        <Link to={`/admin/${store.id}/products`} className="button quiet small"><Icon name="left" />Products</Link>
        <h1>New product in {store.name}</h1>
      </div>
      <form className="record-form" onSubmit={submit} noValidate aria-label="New product">
        {GROUPS.map((group) => (
          <fieldset key={group.title} className="form-group panel">
            <legend>{group.title}</legend>
            <div className="form-grid">
              {group.fields.map((field) => (
                <div key={field.name} className={`form-field ${field.kind === 'rich_text' || field.name === 'title' ? 'wide' : ''}`}>
                  <label className="label" htmlFor={`new-${field.name}`}>
                    {field.label}{field.kind === 'money' ? ` (${store.currencySymbol})` : ''}{field.required ? ' *' : ''}
                  </label>
                  <FieldInput field={field} id={`new-${field.name}`} value={texts[field.name] ?? ''} invalid={problems[field.name] !== undefined}
                    describedBy={`new-${field.name}-note`} marks={{ 'data-field': field.name }} autoFocus={field.name === 'title'}
                    onChange={(text) => setTexts((before) => ({ ...before, [field.name]: text }))} />
                  <p id={`new-${field.name}-note`} className="field-problem">{problems[field.name]}</p>
                </div>
              ))}
            </div>
          </fieldset>
        ))}
        <div className="form-foot">
          <button type="submit" className="button primary">Create product</button>
          <button type="button" className="button" onClick={() => close(store.id)}>Cancel</button>
        </div>
      </form>
    </div>
  );
}
