import { useEffect, useState } from 'react';
import { api, type ApiError, type FieldValue } from '../../sync';
import { fieldInfo, showValue } from '../../ui/fields';
import { formatCount, plural } from '../../ui/format';
import { ErrorNotice, Skeleton } from '../../ui/notices';

export interface PreviewRow {
  line: number;
  fate: 'insert' | 'update' | 'unchanged' | 'rejected' | string;
  key: string;
  title: string;
  id?: string | null;
  changes?: { field: string; from: FieldValue; to: FieldValue }[];
  problems?: { field: string; code?: string; message: string }[];
  warnings?: { field: string; code?: string; message: string }[];
}

const SIZE = 50;
const FATES: readonly [string, string][] = [
  ['', 'All'], ['insert', 'New'], ['update', 'Changed'], ['unchanged', 'Unchanged'], ['rejected', 'Rejected'],
];
const FATE_WORDS: Record<string, string> = { insert: 'new', update: 'changed', unchanged: 'unchanged', rejected: 'rejected' };

interface Loaded {
  rows: PreviewRow[];
  total: number;
  pages: number;
}

/** The fate of each row of the file, page by page. */
export function PreviewRows({ id, state, currencySymbol }: { id: string; state: string; currencySymbol: string }) {
  const [page, setPage] = useState(1);
  const [fate, setFate] = useState('');
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  useEffect(() => {
    let gone = false;
    const query = new URLSearchParams({ page: String(page), size: String(SIZE), ...(fate ? { fate } : {}) });
    void api<PreviewRow[]>('GET', `/api/imports/${id}/rows?${query}`).then((answer) => {
      if (gone) return;
      if (!answer.ok) return setError(answer.error);
      const info = (answer.body['page'] ?? {}) as { total?: number; pages?: number };
      setError(null);
      setLoaded({ rows: answer.data, total: info.total ?? answer.data.length, pages: info.pages ?? 1 });
    });
    return () => {
      gone = true;
    };
  }, [id, page, fate, state]);
  if (error) return error.status === 404 ? null : <ErrorNotice failed="The rows could not be read" error={error} advice="The import itself is not touched by this." />;
  return (
    <section className="panel" aria-label="Rows of the file">
      <div className="panel-body row">
        <h2>{loaded ? plural(loaded.total, 'row') : 'Rows'}</h2>
        <span className="grow" />
        <div className="row" role="group" aria-label="Fate">
          {FATES.map(([value, label]) => (
            <button key={value} type="button" className="button small" aria-pressed={fate === value} onClick={() => {
              setFate(value);
              setPage(1);
            }}>{label}</button>
          ))}
        </div>
      </div>
      {loaded ? <RowTable rows={loaded.rows} currencySymbol={currencySymbol} /> : <Skeleton rows={8} />}
      {loaded && loaded.pages > 1 ? (
        <nav className="panel-body row" aria-label="Pages of the preview">
          <button type="button" className="button small" disabled={page <= 1} onClick={() => setPage(page - 1)}>Previous</button>
          <span className="num">Page {formatCount(page)} of {formatCount(loaded.pages)}</span>
          <button type="button" className="button small" disabled={page >= loaded.pages} onClick={() => setPage(page + 1)}>Next</button>
        </nav>
      ) : null}
    </section>
  );
}

function RowTable({ rows, currencySymbol }: { rows: PreviewRow[]; currencySymbol: string }) {
  if (rows.length === 0) return <p className="panel-body muted">No row of this kind.</p>;
  return (
    <div className="people">
      <table className="plain">
        <thead><tr><th scope="col">Line</th><th scope="col">Fate</th><th scope="col">Product</th><th scope="col">What happens{currencySymbol ? ` (money in ${currencySymbol})` : ''}</th></tr></thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.line}:${row.key}`} data-line={row.line} data-fate={row.fate}>
              <td className="num">{formatCount(row.line)}</td>
              <td><span className={`chip fate-${row.fate}`}>{FATE_WORDS[row.fate] ?? row.fate}</span></td>
              <td><bdi>{row.title || '–'}</bdi> <span className="muted mono">{row.key}</span></td>
              <td><RowFate row={row} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What is wrong with a cell, its column first; said once where the words begin with it already. */
function inColumn(field: string, message: string): string {
  const { label } = fieldInfo('products', field);
  return !field || message.startsWith(label) ? message : `${label}: ${message}`;
}

function RowFate({ row }: { row: PreviewRow }) {
  return (
    <ul>
      {(row.problems ?? []).map((problem) => <li key={`p${problem.field}${problem.message}`} className="field-problem">{inColumn(problem.field, problem.message)}</li>)}
      {(row.warnings ?? []).map((warning) => <li key={`w${warning.field}${warning.message}`} className="warning-text">{inColumn(warning.field, warning.message)}</li>)}
      {(row.changes ?? []).map((change) => {
        const field = fieldInfo('products', change.field);
        return (
          <li key={change.field}>
            <span className="muted">{field.label}</span>{' '}
            {row.fate === 'insert' ? null : <><bdi>{showValue(field, change.from).slice(0, 80)}</bdi> → </>}
            <strong><bdi>{showValue(field, change.to).slice(0, 80)}</bdi></strong>
          </li>
        );
      })}
    </ul>
  );
}
