import { useState } from 'react';
import { api, usePage, useRecord, type ApiError, type Row, type StoreAccess } from '../../sync';
import { formatAge, formatCount, formatExact, plural } from '../../ui/format';
import { Icon } from '../../ui/icon';
import { useReadyMark } from '../../ui/live-table/live-table';
import { EmptyState, ErrorNotice, Notice, Skeleton } from '../../ui/notices';
import { goQuery, Link, usePlace } from '../../ui/router';
import { useNow } from '../../ui/use-now';
import { PreviewRows } from './preview-rows';
import { UploadBox } from './upload-box';
import './imports.css';

export const count = (row: Row, field: string): number => Number(row.fields[field] ?? 0);
export const word = (row: Row, field: string): string => String(row.fields[field] ?? '');

/** Bring a file, see what would happen to every row, then let it happen. */
export function ImportPage({ store }: { store: StoreAccess }) {
  const { query } = usePlace();
  const id = query.get('import');
  const row = useRecord(store.id, 'imports', id);
  useReadyMark(id === null || row !== undefined);
  return (
    <div className="page">
      <div className="page-head">
        <h1>Import products into {store.name}</h1>
        <span className="grow" />
        <a className="button small" href={`/api/exports/products?storeId=${encodeURIComponent(store.id)}&format=csv`} download><Icon name="download" />Export CSV</a>
        <a className="button small" href={`/api/exports/products?storeId=${encodeURIComponent(store.id)}&format=json`} download><Icon name="download" />Export JSON</a>
      </div>
      {store.isActive ? null : <Notice kind="warn">{store.name} is deactivated: nothing can be imported.</Notice>}
      {id === null ? <><UploadBox store={store} onUploaded={(made) => goQuery({ import: made })} /><PastImports store={store} /></>
        : row === undefined ? <Skeleton rows={6} />
        : row === null ? (
          <EmptyState title="This import is not known here" actions={<button type="button" className="button primary" onClick={() => goQuery({ import: null })}>Start another</button>}>
            It may belong to another store.
          </EmptyState>
        ) : <OneImport key={row.id} row={row} store={store} />}
    </div>
  );
}

const COUNTS = [
  ['read', 'Read'], ['inserted', 'New'], ['updated', 'Changed'], ['unchanged', 'Unchanged'], ['rejected', 'Rejected'], ['warnings', 'Warnings'],
] as const;

function OneImport({ row, store }: { row: Row; store: StoreAccess }) {
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const state = word(row, 'state');
  const running = state === 'reading' || state === 'importing';
  const call = async (verb: 'apply' | 'cancel') => {
    setBusy(true);
    const answer = await api('POST', `/api/imports/${row.id}/${verb}`);
    setError(answer.ok ? null : answer.error);
    setBusy(false);
  };
  const changes = count(row, 'inserted') + count(row, 'updated');
  return (
    <section className="stack" data-record={row.id} data-state={state} aria-label="Import">
      <div className="panel panel-body stack">
        <div className="row">
          <h2 className="grow clip" dir="auto" data-field="file_name">{word(row, 'file_name')}</h2>
          <span className="chip" data-field="state">{state}</span>
        </div>
        {running ? <Progress row={row} state={state} /> : null}
        <dl className="import-counts">
          {COUNTS.map(([name, label]) => <div key={name}><dt>{label}</dt><dd className="num" data-field={name}>{formatCount(count(row, name))}</dd></div>)}
        </dl>
        <Advice row={row} state={state} store={store} />
        {error ? <ErrorNotice failed="That did not work" error={error} advice="Nothing was changed by it." /> : null}
        <div className="row">
          {state === 'previewed' ? (
            <button type="button" className="button primary" disabled={busy || changes === 0} onClick={() => void call('apply')}>
              {changes === 0 ? 'Nothing to import' : `Import ${plural(changes, 'product')} into ${store.name}`}
            </button>
          ) : null}
          {running || state === 'previewed' ? <button type="button" className="button" disabled={busy} onClick={() => void call('cancel')}>Cancel</button> : null}
          {count(row, 'rejected') > 0 && !running ? (
            <a className="button" href={`/api/imports/${row.id}/errors.csv`} download><Icon name="download" />Rejected rows as CSV</a>
          ) : null}
          {state === 'done' ? <Link className="button primary" to={`/admin/${store.id}/products`}>See the products</Link> : null}
          {running ? null : <button type="button" className="button" onClick={() => goQuery({ import: null })}>Import another file</button>}
        </div>
      </div>
      {state === 'reading' ? null : <PreviewRows id={row.id} state={state} currencySymbol={store.currencySymbol} />}
    </section>
  );
}

function Progress({ row, state }: { row: Row; state: string }) {
  const percent = count(row, 'progress');
  const label = state === 'reading' ? 'Reading the file' : 'Importing';
  return (
    <div>
      <label className="label" htmlFor="import-progress">{label}: {percent} %</label>
      <progress id="import-progress" className="import-progress" max={100} value={percent} />
    </div>
  );
}

function Advice({ row, state, store }: { row: Row; state: string; store: StoreAccess }) {
  const message = word(row, 'message');
  switch (state) {
    case 'previewed':
      return <p>Nothing is changed yet. Below is what will happen to every row; columns the file lacks stay as they are.{message ? ` ${message}` : ''}</p>;
    case 'done': return <Notice kind="good">Done. Open windows of {store.name} show the products already.{message ? ` ${message}` : ''}</Notice>;
    case 'failed':
      return <ErrorNotice failed="The import stopped" error={{ code: 'import_failed', detail: message || 'The file could not be imported.' }}
        advice={count(row, 'inserted') + count(row, 'updated') === 0 ? 'Nothing was changed. Choose another file.'
          : 'Rows imported before it stopped are kept. The same file can be imported again: what is equal stays unchanged.'} />;
    case 'cancelled': return <Notice kind="warn">Cancelled. What was stored before stays.</Notice>;
    default: return null;
  }
}

const PAST = { collection: 'imports', page: 1, size: 25, sort: '-started_at', filter: {}, query: '' };

function PastImports({ store }: { store: StoreAccess }) {
  const page = usePage(store.id, PAST);
  const now = useNow();
  if (page.rows.length === 0) return null;
  return (
    <section className="panel" aria-label="Former imports">
      <h2 className="panel-body">Former imports</h2>
      <div className="people">
        <table className="plain">
          <thead><tr><th scope="col">File</th><th scope="col">State</th><th scope="col">Read</th><th scope="col">New</th><th scope="col">Changed</th><th scope="col">Rejected</th><th scope="col">When</th></tr></thead>
          <tbody>
            {page.rows.map((row) => {
              const at = row.fields['started_at'];
              return (
                <tr key={row.id} data-record={row.id}>
                  <td><Link to={`/admin/${store.id}/import?import=${row.id}`}>{word(row, 'file_name') || 'file'}</Link></td>
                  <td>{word(row, 'state')}</td>
                  {['read', 'inserted', 'updated', 'rejected'].map((name) => <td key={name} className="num">{formatCount(count(row, name))}</td>)}
                  <td className="muted" title={typeof at === 'number' ? formatExact(at) : undefined}>
                    {typeof at === 'number' ? formatAge(at, now) : ''}{word(row, 'started_by') ? `, ${word(row, 'started_by')}` : ''}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}
