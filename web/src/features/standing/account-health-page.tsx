import { useSingleton, type Row, type StoreAccess } from '../../sync';
import { fieldInfo } from '../../ui/fields';
import { FactAge, LiveValue, StateWord } from '../../ui/live-fact';
import { useReadyMark } from '../../ui/live-table/live-table';
import { EmptyState, Skeleton } from '../../ui/notices';
import { SingletonEditor } from '../../ui/record-page/record-editor';
import { group } from '../../ui/record-page/record-kind';
import { Link } from '../../ui/router';
import './standing.css';
import { judge, judgeRating, judgeStatus, judgeViolations, nothingIn, STANDARDS, standardWords, type Judgement } from './standards';

const info = (name: string) => fieldInfo('account_health', name);

const GROUPS = [
  group('Standing', 'account_health', 'account_status', 'health_rating', 'policy_violations', 'reviewed_on'),
  group('Customer service', 'account_health', 'order_defect_rate'),
  group('Shipping', 'account_health', 'late_shipment_rate', 'cancellation_rate', 'valid_tracking_rate', 'on_time_delivery_rate'),
  group('Notes', 'account_health', 'notes'),
];

export default function AccountHealth({ store, admin }: { store: StoreAccess; admin: boolean }) {
  if (admin) {
    return (
      <SingletonEditor collection="account_health" store={store} title={`Account health of ${store.name}`} groups={GROUPS}
        seenAt={`/s/${store.id}/account-health`} writable={store.role !== 'viewer'} />
    );
  }
  return <AccountHealthView store={store} />;
}

function AccountHealthView({ store }: { store: StoreAccess }) {
  const row = useSingleton(store.id, 'account_health');
  useReadyMark(row !== undefined);
  if (row === undefined) return <div className="page"><Skeleton rows={8} /></div>;
  if (row === null || nothingIn(row.fields)) {
    return (
      <EmptyState title="Account health is not known yet" actions={store.role === 'viewer' ? null : (
        <Link className="button primary" to={`/admin/${store.id}/account-health`}>Enter it</Link>
      )}>Here stand the account&rsquo;s status, its rating, and each rate beside the target that marketplaces set for it.</EmptyState>
    );
  }
  const notes = info('notes');
  return (
    <div className="page" data-record={row.id}>
      <div className="page-head"><h1>Account health</h1><span className="grow" />{store.role === 'viewer' ? null : <Link className="button small" to={`/admin/${store.id}/account-health`}>Edit</Link>}</div>
      <section className="standing-cards" aria-label="Standing">
        <Standing row={row} name="account_status" judged={judgeStatus(row.fields['account_status'])} wordOnly />
        <Standing row={row} name="health_rating" judged={judgeRating(row.fields['health_rating'])} />
        <Standing row={row} name="policy_violations" judged={judgeViolations(row.fields['policy_violations'])} />
        <Standing row={row} name="reviewed_on" judged={null} />
      </section>
      <Rates row={row} />
      {row.fields['notes'] ? (
        <section className="panel panel-body stack" aria-label={notes.label}><h2>{notes.label}</h2><p className="standing-notes"><LiveValue row={row} field={notes} /></p></section>
      ) : null}
    </div>
  );
}

function Standing({ row, name, judged, wordOnly = false }: { row: Row; name: string; judged: Judgement | null; wordOnly?: boolean }) {
  const field = info(name);
  return (
    <div className="panel panel-body standing-card">
      <h2 className="label">{field.label}</h2>
      {wordOnly && judged ? <LiveValue row={row} field={field}><StateWord tone={judged.tone}>{judged.words}</StateWord></LiveValue> : (
        <>
          <div className="number-large num"><LiveValue row={row} field={field} /></div>
          {judged ? <StateWord tone={judged.tone}>{judged.words}</StateWord> : null}
        </>
      )}
      <div><FactAge row={row} field={field} /></div>
    </div>
  );
}

function Rates({ row }: { row: Row }) {
  return (
    <section className="panel" aria-label="Rates">
      <table className="plain stacked">
        <thead><tr><th scope="col">Rate</th><th scope="col">Now</th><th scope="col">Target</th><th scope="col">State</th></tr></thead>
        <tbody>
          {STANDARDS.map((standard) => {
            const field = info(standard.field);
            const judged = judge(standard, row.fields[standard.field]);
            return (
              <tr key={standard.field}>
                <td>{field.label.replace(' %', '')}</td>
                <td className="num" data-label="Now:"><LiveValue row={row} field={field} />{row.fields[standard.field] === null || row.fields[standard.field] === undefined ? '' : ' %'} <FactAge row={row} field={field} /></td>
                <td className="num" data-label="Target:">{standardWords(standard)}</td>
                <td><StateWord tone={judged.tone}>{judged.words}</StateWord></td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
