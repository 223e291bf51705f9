import { useState } from 'react';
import { api, reloadSession, useSingleton, type ApiError, type StoreAccess } from '../../sync';
import { Dialog } from '../../ui/dialog';
import { STORE_FIELDS, type FieldInfo } from '../../ui/fields';
import { useReadyMark } from '../../ui/live-table/live-table';
import { ErrorNotice, Skeleton } from '../../ui/notices';
import { RecordForm, type FieldGroup } from '../../ui/record-form/record-form';
import { StoreBadge, StoreIdentity } from '../../ui/store-badge';
import { Link } from '../../ui/router';
import { toast } from '../../ui/toasts';
import { timeZones } from './time-zones';

/** A zone is chosen: one that nobody knows would be refused only after it was typed. */
const offered = (field: FieldInfo): FieldInfo => (field.name === 'time_zone' ? { ...field, kind: 'choice', choices: timeZones() } : field);

const named = (...names: string[]) => STORE_FIELDS.filter((field) => names.includes(field.name)).map(offered);

const GROUPS: readonly FieldGroup[] = [
  { title: 'Store', fields: named('name', 'marketplace', 'currency', 'currency_symbol', 'time_zone', 'business_type') },
  { title: 'Contact', fields: named('contact_email', 'contact_phone') },
  { title: 'State', fields: named('last_sync_time', 'sync_status') },
];

export function StorePage({ store }: { store: StoreAccess }) {
  const row = useSingleton(store.id, 'store_info');
  useReadyMark(row !== undefined);
  if (!row) return <div className="page"><Skeleton rows={8} /></div>;
  return (
    <div className="page">
      <div className="page-head">
        <StoreBadge id={store.id} name={store.name} /><h1>Store {store.name}</h1><span className="muted mono">{store.id}</span>
        <span className="grow" />
        <Link className="button small" to={`/admin/${store.id}/people`}>People and roles</Link>
      </div>
      <RecordForm store={store.id} collection="store_info" row={row} groups={GROUPS} writable={store.role === 'admin' && store.isActive}
        currencySymbol={store.currencySymbol} {...(store.isActive ? {} : { lockedBecause: 'Deactivated stores cannot be changed.' })} />
      <Activation store={store} />
    </div>
  );
}

function Activation({ store }: { store: StoreAccess }) {
  const [asking, setAsking] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const set = async (active: boolean) => {
    setAsking(false);
    const answer = await api('PUT', `/api/stores/${store.id}`, { is_active: active });
    setError(answer.ok ? null : answer.error);
    if (!answer.ok) return;
    await reloadSession();
    toast(active ? `${store.name} is active again` : `${store.name} is deactivated`);
  };
  return (
    <section className="panel panel-body stack" aria-label="Activation">
      <h2>{store.isActive ? 'Deactivate this store' : 'Activate this store'}</h2>
      <p className="muted">
        {store.isActive
          ? 'Nobody can open or change it until it is activated again. Nothing is deleted.'
          : 'People with a role in it can work in it again.'}
      </p>
      {error ? <ErrorNotice failed="The store was not changed" error={error} /> : null}
      <div className="row">
        {store.isActive
          ? <button type="button" className="button danger" onClick={() => setAsking(true)}>Deactivate</button>
          : <button type="button" className="button primary" onClick={() => void set(true)}>Activate</button>}
      </div>
      {asking ? (
        <Dialog title="Deactivate this store?" onClose={() => setAsking(false)} foot={<>
          <button type="button" className="button" onClick={() => setAsking(false)}>Keep it active</button>
          <button type="button" className="button danger" onClick={() => void set(false)}>Deactivate {store.name}</button>
        </>}>
          <StoreIdentity store={store} />
          <p>Every open window of this store closes. Edits that wait in other browsers stay there until it is active again.</p>
        </Dialog>
      ) : null}
    </section>
  );
}
