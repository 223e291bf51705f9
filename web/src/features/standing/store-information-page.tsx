import { useSingleton, type StoreAccess } from '../../sync';
import { LiveFacts, StateWord, type Tone } from '../../ui/live-fact';
import { useReadyMark } from '../../ui/live-table/live-table';
import { Skeleton } from '../../ui/notices';
import { group } from '../../ui/record-page/record-kind';
import { Link } from '../../ui/router';
import { StoreIdentity } from '../../ui/store-badge';

const GROUPS = [
  group('Store', 'store_info', 'name', 'marketplace', 'business_type', 'currency', 'currency_symbol', 'time_zone'),
  group('Contact', 'store_info', 'contact_email', 'contact_phone'),
];

const SYNC: Record<string, { tone: Tone; words: string }> = {
  synced: { tone: 'good', words: 'In step with the marketplace' },
  pending: { tone: 'warn', words: 'Being brought into step' },
  error: { tone: 'bad', words: 'Not in step with the marketplace' },
};

/** The clock on the store's wall; a zone that the browser does not know has none. */
function localTime(zone: unknown): string | null {
  try {
    return typeof zone === 'string' && zone !== '' ? new Date().toLocaleString('en-GB', { timeZone: zone, weekday: 'short', hour: '2-digit', minute: '2-digit' }) : null;
  } catch {
    return null;
  }
}

export default function StoreInformation({ store }: { store: StoreAccess }) {
  const row = useSingleton(store.id, 'store_info');
  useReadyMark(row !== undefined);
  if (!row) return <div className="page"><Skeleton rows={8} /></div>;
  // Without a first exchange there is nothing to be in step with, whatever the status begins with.
  const known = row.fields['last_sync_time'] === null || row.fields['last_sync_time'] === undefined ? undefined : SYNC[String(row.fields['sync_status'])];
  const sync = known ?? { tone: 'unknown', words: 'No marketplace is connected' };
  const clock = localTime(row.fields['time_zone']);
  return (
    <div className="page" data-record={row.id}>
      <div className="page-head">
        <h1 className="clip">Store information</h1><span className="muted mono">{store.id}</span><span className="grow" />
        {store.role === 'admin' ? <Link className="button small" to={`/admin/${store.id}/store`}>Edit</Link> : null}
      </div>
      <section className="panel panel-body stack" aria-label="State">
        <StoreIdentity store={store} />
        <div className="row">
          <StateWord tone={row.fields['is_active'] === false ? 'bad' : 'good'}>{row.fields['is_active'] === false ? 'Deactivated' : 'Active'}</StateWord>
          <StateWord tone={sync.tone}>{sync.words}</StateWord>
        </div>
        {clock ? <p className="muted">It is {clock} there now.</p> : null}
      </section>
      {GROUPS.map((one) => (
        <section key={one.title} className="panel panel-body stack" aria-label={one.title}><h2>{one.title}</h2><LiveFacts row={row} fields={one.fields} /></section>
      ))}
    </div>
  );
}
