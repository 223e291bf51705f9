import { useSingleton, type StoreAccess } from '../../sync';
import { fieldInfo } from '../../ui/fields';
import { LiveFacts } from '../../ui/live-fact';
import { useReadyMark } from '../../ui/live-table/live-table';
import { EmptyState, Skeleton } from '../../ui/notices';
import { SingletonEditor } from '../../ui/record-page/record-editor';
import { group } from '../../ui/record-page/record-kind';
import { Link } from '../../ui/router';
import { nothingIn } from './standards';

const GROUPS = [
  group('Company', 'legal_entity', 'legal_name', 'entity_type', 'registration_number', 'vat_number'),
  group('Registered address', 'legal_entity', 'address_line1', 'address_line2', 'city', 'region', 'postal_code', 'country'),
  group('Contact', 'legal_entity', 'representative', 'email', 'phone'),
];

export default function LegalEntity({ store, admin }: { store: StoreAccess; admin: boolean }) {
  if (admin) {
    return (
      <SingletonEditor collection="legal_entity" store={store} title={`Legal entity of ${store.name}`} groups={GROUPS}
        seenAt={`/s/${store.id}/legal`} writable={store.role === 'admin'} />
    );
  }
  return <LegalEntityView store={store} />;
}

function LegalEntityView({ store }: { store: StoreAccess }) {
  const row = useSingleton(store.id, 'legal_entity');
  useReadyMark(row !== undefined);
  const mayWrite = store.role === 'admin';
  if (row === undefined) return <div className="page"><Skeleton rows={8} /></div>;
  if (row === null || nothingIn(row.fields)) {
    return (
      <EmptyState title="No legal entity yet" actions={mayWrite ? <Link className="button primary" to={`/admin/${store.id}/legal`}>Enter it</Link> : null}>
        Here stands who sells: the company, its registration and VAT numbers, its address and its representative. {mayWrite ? '' : 'An admin of this store enters it.'}
      </EmptyState>
    );
  }
  const name = fieldInfo('legal_entity', 'legal_name');
  return (
    <div className="page" data-record={row.id}>
      <div className="page-head">
        <h1 className="clip" dir="auto">{String(row.fields[name.name] ?? 'Legal entity')}</h1><span className="grow" />
        {mayWrite ? <Link className="button small" to={`/admin/${store.id}/legal`}>Edit</Link> : null}
      </div>
      {GROUPS.map((one) => (
        <section key={one.title} className="panel panel-body stack" aria-label={one.title}><h2>{one.title}</h2><LiveFacts row={row} fields={one.fields} /></section>
      ))}
    </div>
  );
}
