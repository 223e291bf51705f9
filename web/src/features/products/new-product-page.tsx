import { useState, type FormEvent } from 'react';
import { edit, newRecordId, type FieldValue, type StoreAccess } from '../../sync';
import { FieldInput } from '../../ui/field-input';
import { parseField, PRODUCT_FIELDS } from '../../ui/fields';
import { useReadyMark } from '../../ui/live-table/live-table';
import { Icon } from '../../ui/icon';
import { go, Link } from '../../ui/router';
import { closeEditor, PRODUCT_GROUPS } from './product-groups';
import '../../ui/record-form/record-form.css';

/** Filled in on the page of the product that is made, where they can be found by name. */
const LATER = new Set(['collections']);

export function NewProductPage({ store }: { store: StoreAccess }) {
  const [texts, setTexts] = useState<Record<string, string>>({ status: 'Active' });
  const [problems, setProblems] = useState<Record<string, string>>({});
  const fields = PRODUCT_FIELDS.filter((field) => !field.readOnly);
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
        {PRODUCT_GROUPS.map((group) => (
          <fieldset key={group.title} className="form-group panel">
            <legend>{group.title}</legend>
            <div className="form-grid">
              {group.fields.filter((field) => !LATER.has(field.name)).map((field) => (
                <div key={field.name} className={`form-field ${field.kind === 'rich_text' || field.name === 'title' ? 'wide' : ''}`}>
                  <label className="label" htmlFor={`new-${field.name}`} id={`new-${field.name}-label`}>
                    {field.label}{field.kind === 'money' ? ` (${store.currencySymbol})` : ''}{field.required ? ' *' : ''}
                  </label>
                  <FieldInput field={field} id={`new-${field.name}`} value={texts[field.name] ?? ''} invalid={problems[field.name] !== undefined}
                    labelledBy={`new-${field.name}-label`} describedBy={`new-${field.name}-note`} marks={{ 'data-field': field.name }}
                    autoFocus={field.name === 'title'} placeholder={field.kind === 'list' ? 'One, two, three' : undefined}
                    onChange={(text) => setTexts((before) => ({ ...before, [field.name]: text }))} />
                  <p id={`new-${field.name}-note`} className="field-problem">{problems[field.name]}</p>
                </div>
              ))}
            </div>
          </fieldset>
        ))}
        <div className="form-foot">
          <button type="submit" className="button primary">Create product</button>
          <button type="button" className="button" onClick={() => closeEditor(store.id)}>Cancel</button>
        </div>
      </form>
    </div>
  );
}
