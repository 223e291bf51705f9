import { useMemo, useState } from 'react';
import { usePage, useRecord, useSession, type Row, type StoreAccess } from '../../sync';
import { showValue, fieldInfo } from '../../ui/fields';
import { StateWord } from '../../ui/live-fact';
import type { Column } from '../../ui/live-table/columns';
import { LiveTable } from '../../ui/live-table/live-table';
import { usePageSpec } from '../../ui/live-table/page-address';
import { EmptyState } from '../../ui/notices';
import { ProductPicker } from '../../ui/product-picker';
import { RecordCreate, RecordEditor } from '../../ui/record-page/record-editor';
import { column, group, recordKind } from '../../ui/record-page/record-kind';
import { RecordList } from '../../ui/record-page/record-list';
import { go, goQuery, Link } from '../../ui/router';
import { SearchBox } from '../../ui/search-box';
import { experienceTone } from './standards';
import './standing.css';

const HEALTH = fieldInfo('voc_data', 'cx_health');

const VOICE = recordKind({
  collection: 'voc_data', one: 'voice', many: 'products with a voice', title: 'Voice of the customer', titleField: 'product',
  columns: [
    column('voc_data', 'product', 290, { fixed: true, editable: false }), column('voc_data', 'cx_health', 170), column('voc_data', 'star_rating', 100),
    column('voc_data', 'ncx_rate', 150), column('voc_data', 'ncx_orders', 145, { onCard: false }), column('voc_data', 'orders', 90, { onCard: false }),
    column('voc_data', 'return_rate', 110), column('voc_data', 'top_reason', 220), column('voc_data', 'last_reviewed', 120, { onCard: false }),
  ],
  groups: [
    group('How customers find it', 'voc_data', 'cx_health', 'star_rating', 'ncx_rate', 'ncx_orders', 'orders', 'return_rate'),
    group('What they say', 'voc_data', 'top_reason', 'comment', 'last_reviewed'),
  ],
  filters: { cx_health: (HEALTH.choices ?? []).filter(Boolean) },
  search: 'Search main reason',
  empty: {
    title: 'Nothing heard yet', text: 'Per product stands what its customers say: how they find it, how often something went wrong, why, and how many stars they give.',
  },
});

function ProductName({ store, id }: { store: string; id: unknown }) {
  const product = useRecord(store, 'products', typeof id === 'string' ? id : null);
  if (product === undefined) return <>…</>;
  return <>{product ? String(product.fields['title'] ?? product.fields['sku'] ?? '–') : 'A product that is gone'}</>;
}

function columnsOf(store: StoreAccess, editable: boolean): readonly Column[] {
  return VOICE.columns.map((one): Column => {
    const kept = { ...one, editable: one.editable && editable };
    if (one.field.name === 'product') return { ...kept, render: (row) => <ProductName store={store.id} id={row.fields['product']} /> };
    if (one.field.name === HEALTH.name && !editable) {
      return { ...kept, render: (row) => <StateWord tone={experienceTone(row.fields[HEALTH.name])}>{showValue(HEALTH, row.fields[HEALTH.name])}</StateWord> };
    }
    return kept;
  });
}

function ExperienceFilter({ value }: { value: string | undefined }) {
  return (
    <select className="input" aria-label={HEALTH.label} value={value ?? ''} onChange={(event) => goQuery({ cx_health: event.target.value, page: null })}>
      <option value="">Every experience</option>
      {(HEALTH.choices ?? []).filter(Boolean).map((choice) => <option key={choice}>{choice}</option>)}
    </select>
  );
}

const healthOf = (filter: Record<string, unknown>): string | undefined => (typeof filter['cx_health'] === 'string' ? filter['cx_health'] : undefined);

export default function Voice({ store, admin, id }: { store: StoreAccess; admin: boolean; id: string | null }) {
  const base = `/admin/${store.id}/voice`;
  const columns = useMemo(() => columnsOf(store, admin), [store, admin]);
  if (!admin) return <VoiceView store={store} columns={columns} />;
  if (id === 'new') return <NewVoice store={store} base={base} />;
  if (id === null) return <RecordList kind={VOICE} store={store} base={base} columns={columns} tools={(spec) => <ExperienceFilter value={healthOf(spec.filter)} />} />;
  return (
    <RecordEditor kind={VOICE} store={store} base={base} id={id} heading={(row) => <ProductName store={store.id} id={row.fields['product']} />}
      actions={(row) => <Link className="button small" to={`/admin/${store.id}/products/${String(row.fields['product'])}`}>The product</Link>} />
  );
}

/** One record per product: for one that has it already, what is typed joins it field by field. */
function NewVoice({ store, base }: { store: StoreAccess; base: string }) {
  const [chosen, setChosen] = useState<ReadonlyMap<string, Row>>(new Map());
  const [product] = chosen.keys();
  return (
    <RecordCreate kind={VOICE} store={store} base={base} given={product === undefined ? null : { product }}>
      <fieldset className="form-group panel">
        <legend>Product</legend>
        <div className="form-grid"><div className="form-field wide">
          <ProductPicker store={store.id} label="Which product is it about?" chosen={chosen} onChosen={setChosen} single />
        </div></div>
      </fieldset>
    </RecordCreate>
  );
}

function VoiceView({ store, columns }: { store: StoreAccess; columns: readonly Column[] }) {
  const spec = usePageSpec(VOICE);
  const page = usePage(store.id, spec);
  const session = useSession();
  const openTo = (row: Row): string => `/s/${store.id}/products?open=${String(row.fields['product'])}`;
  const filtered = spec.query !== '' || healthOf(spec.filter) !== undefined;
  return (
    <LiveTable name="voice" title={VOICE.title} what="products" store={store.id} spec={spec} page={page} columns={columns} sortable={VOICE.sortable}
      writable={false} user={session.userId} currencySymbol={store.currencySymbol} titleOf={() => 'the product'} openTo={openTo} onOpen={(row) => go(openTo(row))}
      tools={<><SearchBox query={spec.query} label="Search reasons" placeholder="Search main reason" /><ExperienceFilter value={healthOf(spec.filter)} /></>}
      empty={filtered ? (
        <EmptyState title="Nothing matches" actions={
          <button type="button" className="button primary" onClick={() => goQuery({ q: null, cx_health: null, page: null })}>Clear the filter</button>
        }>Looked for {[spec.query ? `“${spec.query}”` : '', healthOf(spec.filter) ?? ''].filter(Boolean).join(' and ')}.</EmptyState>
      ) : (
        <EmptyState title={VOICE.empty.title} actions={store.role === 'viewer' ? null : <Link className="button primary" to={`/admin/${store.id}/voice/new`}>Enter the first</Link>}>
          {VOICE.empty.text}
        </EmptyState>
      )} />
  );
}
