import { useSession } from '../../sync';
import { useReadyMark } from '../../ui/live-table/live-table';
import { EmptyState } from '../../ui/notices';
import { Icon } from '../../ui/icon';
import { Link } from '../../ui/router';
import { StoreBadge } from '../../ui/store-badge';

export function StoresPage() {
  const session = useSession();
  useReadyMark(true);
  const create = session.installationAdmin ? <Link className="button primary" to="/stores/new"><Icon name="plus" />New store</Link> : null;
  if (session.stores.length === 0) {
    return <EmptyState title="No stores yet" actions={create}>A store holds one catalogue with its figures, people and history.</EmptyState>;
  }
  return (
    <div className="page">
      <div className="page-head"><h1>Stores</h1><span className="grow" />{create}</div>
      <ul className="panel">
        {session.stores.map((store) => (
          <li key={store.id} className="row panel-body">
            <StoreBadge id={store.id} name={store.name} />
            <span className="grow"><strong dir="auto">{store.name}</strong> <span className="muted mono">{store.id}</span></span>
            <span className="muted">{store.currency}</span>
            {store.isActive ? null : <span className="chip">deactivated</span>}
            <span className="chip">{store.role}</span>
            <Link className="button small" to={`/s/${store.id}`}>Open</Link>
            {store.role === 'viewer' ? null : <Link className="button small" to={`/admin/${store.id}/products`}>Admin</Link>}
            {store.role === 'admin' ? <Link className="button small" to={`/admin/${store.id}/store`} aria-label={`Settings of ${store.name}`}>Settings</Link> : null}
            {store.role === 'admin' ? <Link className="button small" to={`/admin/${store.id}/people`} aria-label={`People of ${store.name}`}>People</Link> : null}
          </li>
        ))}
      </ul>
    </div>
  );
}
