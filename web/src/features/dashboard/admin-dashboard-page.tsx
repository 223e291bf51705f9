import { edit, useSingleton, type StoreAccess } from '../../sync';
import { useReadyMark } from '../../ui/live-table/live-table';
import { EmptyState, Skeleton } from '../../ui/notices';
import { RecordForm } from '../../ui/record-form/record-form';
import { Link } from '../../ui/router';
import { FIGURE_COLUMNS } from './figures';

export function AdminDashboardPage({ store }: { store: StoreAccess }) {
  const row = useSingleton(store.id, 'dashboard');
  useReadyMark(row !== undefined);
  if (row === undefined) return <div className="page"><Skeleton rows={8} /></div>;
  if (row === null) {
    return (
      <EmptyState title="No dashboard record yet" actions={
        <button type="button" className="button primary" onClick={() => edit(store.id, [
          { op: 'set', collection: 'dashboard', id: '', field: 'open_orders', to: 0 },
        ])}>Begin with an empty one</button>
      }>It holds the fifteen figures that sellers see.</EmptyState>
    );
  }
  return (
    <div className="page">
      <div className="page-head">
        <h1>Dashboard figures of {store.name}</h1>
        <span className="grow" />
        <Link className="button small" to={`/s/${store.id}`}>See it as sellers do</Link>
      </div>
      <RecordForm store={store.id} collection="dashboard" row={row} groups={FIGURE_COLUMNS} writable={store.role !== 'viewer'}
        currencySymbol={store.currencySymbol} />
    </div>
  );
}
