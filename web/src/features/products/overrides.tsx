// What single marketplaces are told instead of the master data: each field inherits or differs, and says so.
import { useEffect, useState } from 'react';
import { edit, usePage, type EditOp, type FieldValue, type Row, type StoreAccess } from '../../sync';
import { fieldInfo, showValue } from '../../ui/fields';
import { Skeleton } from '../../ui/notices';
import { plural } from '../../ui/format';
import { FieldDecision } from '../../ui/record-form/field-decision';
import { FieldHistory } from '../../ui/record-form/field-history';
import { FormField } from '../../ui/record-form/form-field';
import { draftOps, prepare, useDraft } from '../../ui/record-form/use-draft';
import '../../ui/record-form/record-form.css';
import { ListingMark } from './listing-marks';
import { listingOf, listingWords, PLATFORMS } from './marketplaces';
import './overrides.css';

const COLLECTION = 'platform_overrides';
const FIELDS = ['title', 'price', 'category', 'is_listed', 'description'].map((name) => fieldInfo(COLLECTION, name));
const SHOWN = 80;

type Platform = (typeof PLATFORMS)[number];

interface OverridesProps {
  store: StoreAccess;
  product: Row;
  writable: boolean;
}

export function Overrides({ store, product, writable }: OverridesProps) {
  const page = usePage(store.id, { collection: COLLECTION, page: 1, size: 25, sort: 'platform', filter: { product: product.id }, query: '' });
  const { release } = page;
  const held = page.entered + page.moved + page.rows.filter((row) => !row.placed).length;
  // One row per marketplace at most: showing the exact page moves nothing.
  useEffect(() => {
    if (held > 0) release();
  }, [held, release]);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  if (page.state === 'loading' && page.rows.length === 0) return <Skeleton rows={4} />;
  const living = page.rows.filter((row) => !row.removed);
  return (
    <div className="stack">
      <p className="muted">Empty fields are told as the product has them, and follow it. What is written here is told to that marketplace alone.</p>
      {PLATFORMS.map((platform) => {
        const row = living.find((one) => one.fields['platform'] === platform.key) ?? null;
        const differ = FIELDS.filter((field) => (row?.fields[field.name] ?? null) !== null).length;
        const open = opened.has(platform.key) || differ > 0;
        return (
          <section key={platform.key} className="panel override" aria-label={platform.name} data-platform={platform.key} data-differs={differ}>
            <h2>
              <button type="button" className="override-head" aria-expanded={open} disabled={differ > 0} onClick={() => {
                const next = new Set(opened);
                if (!next.delete(platform.key)) next.add(platform.key);
                setOpened(next);
              }}>
                <span>{platform.name}</span>
                <ListingMark row={product} platform={platform.key} name={platform.name} />
                <span className="muted" aria-hidden="true">{listingWords(listingOf(product, platform.key))}</span>
                <span className="grow" />
                <span className="chip">{differ === 0 ? 'Inherits everything' : `${plural(differ, 'field')} ${differ === 1 ? 'differs' : 'differ'}`}</span>
              </button>
            </h2>
            {open ? <OverrideForm store={store} product={product} platform={platform} row={row} writable={writable} /> : null}
          </section>
        );
      })}
    </div>
  );
}

/** What the marketplace is told when nothing is written here. */
function inherited(product: Row, name: string, platform: Platform): string {
  if (name === 'is_listed') return listingOf(product, platform.key) === 'none' ? 'No' : 'Yes';
  return showValue(fieldInfo('products', name), product.fields[name]).slice(0, SHOWN);
}

function OverrideForm({ store, product, platform, row, writable }: OverridesProps & { platform: Platform; row: Row | null }) {
  const form = useDraft(FIELDS);
  const [openedAt] = useState(() => Date.now());
  const send = (ops: EditOp[]) => {
    const typed = form.draft;
    form.clear();
    if (ops.length > 0) void edit(store.id, ops).notTaken.then(() => form.restore(typed));
  };
  const keep = () => {
    const prepared = prepare(FIELDS, form.draft);
    if (!prepared.ok) return;
    if (row) {
      send(draftOps(COLLECTION, row, form.draft, prepared.values));
      return;
    }
    const values = Object.fromEntries(Object.entries(prepared.values).filter(([, value]) => value !== null));
    // Its key says its id: made here and elsewhere at once it is one record with both authors' fields.
    send(Object.keys(values).length === 0 ? [] : [{ op: 'insert', collection: COLLECTION, fields: { product: product.id, platform: platform.key, ...values } }]);
  };
  const inheritAgain = (name: string, from: FieldValue) => {
    form.forget(name);
    if (row && from !== null) edit(store.id, [{ op: 'set', collection: COLLECTION, id: row.id, field: name, to: null, from }]);
  };
  return (
    <form className="override-form" noValidate aria-label={`Values for ${platform.name}`} data-record={row?.id} onSubmit={(event) => {
      event.preventDefault();
      keep();
    }}>
      <div className="form-grid">
        {FIELDS.map((field) => {
          const value = row?.fields[field.name] ?? null;
          const master = inherited(product, field.name, platform);
          return (
            <FormField key={field.name} field={field} row={row} draft={form.draft[field.name]} problem={form.problems[field.name]} openedAt={openedAt}
              text={form.text(field, value)} writable={writable} unit={field.kind === 'money' ? store.currencySymbol : ''} placeholder={master}
              onText={(text) => form.type(field, text, value)} onTakeTheirs={() => form.forget(field.name)}
              aside={row ? (labelId) => (
                <FieldHistory store={store.id} collection={COLLECTION} row={row} field={field} writable={writable} labelId={labelId} />
              ) : undefined}
              note={
                <p className="override-note" data-inherits={value === null}>
                  {value === null ? <span className="muted">Inherits <bdi>{master}</bdi></span> : <span className="differs">Differs from <bdi>{master}</bdi></span>}
                  {value !== null && writable ? (
                    <button type="button" className="button quiet small" aria-label={`Inherit ${field.label} again`} onClick={() => inheritAgain(field.name, value)}>Inherit again</button>
                  ) : null}
                </p>
              }
              below={row ? <FieldDecision row={row} store={store.id} collection={COLLECTION} name={field.name} /> : null} />
          );
        })}
      </div>
      {writable ? (
        <div className="row">
          <button type="submit" className="button primary small" disabled={form.touched.length === 0}>Save for {platform.name}</button>
          {form.touched.length > 0 ? <button type="button" className="button small" onClick={form.clear}>Discard changes</button> : null}
        </div>
      ) : null}
    </form>
  );
}
