// What can be done with chosen rows of the product table, and what that opens beside the table.
import { useCallback, useRef, useState, type ReactNode } from 'react';
import { edit, type LivePage, type Row, type StoreAccess } from '../../sync';
import { plural } from '../../ui/format';
import { Icon } from '../../ui/icon';
import { usePhone } from '../../ui/use-media';
import { BulkDialog } from './bulk-dialog';
import { CollectionShelf, DRAGGED_PRODUCTS } from './collection-shelf';

interface SelectionToolsProps {
  store: string;
  rows: Row[];
  clear: () => void;
  onChange: () => void;
  onRemove: () => void;
}

export function SelectionTools({ store, rows, clear, onChange, onRemove }: SelectionToolsProps) {
  const setStatus = (status: string) => {
    for (const row of rows) {
      if (row.fields['status'] !== status) edit(store, [{ op: 'set', collection: 'products', id: row.id, field: 'status', to: status, from: row.fields['status'] ?? null }]);
    }
  };
  return (
    <>
      <strong>{plural(rows.length, 'product')} selected</strong>
      <button type="button" className="button small primary" onClick={onChange}>Change…</button>
      <button type="button" className="button small" onClick={onChange}>Add to collection…</button>
      <button type="button" className="button small" onClick={() => setStatus('Active')}>Set active</button>
      <button type="button" className="button small" onClick={() => setStatus('Inactive')}>Set inactive</button>
      <button type="button" className="button small danger" onClick={() => {
        onRemove();
        clear();
      }}><Icon name="trash" />Remove</button>
      <button type="button" className="button small quiet" onClick={clear}>Clear selection</button>
    </>
  );
}

/** Dialog and shelf stand beside the table: a chosen row that leaves the page must not take them with it. */
export function useBulkWork(store: StoreAccess, page: LivePage) {
  const [rows, setRows] = useState<readonly Row[] | null>(null);
  const [shelf, setShelf] = useState(false);
  const [chosen, setChosen] = useState<readonly Row[]>([]);
  const phone = usePhone();
  const latest = useRef(page.rows);
  latest.current = page.rows;
  const rowsOf = useCallback((ids: readonly string[]) => latest.current.filter((row) => ids.includes(row.id)), []);
  const around = (table: ReactNode) => (
    <>
      <div className="with-shelf">
        {table}
        {shelf && !phone ? <CollectionShelf store={store} rowsOf={rowsOf} chosen={chosen} /> : null}
      </div>
      {rows ? <BulkDialog store={store} rows={rows} onClose={() => setRows(null)} /> : null}
    </>
  );
  return {
    around,
    change: (which: readonly Row[]) => setRows(which),
    shelfButton: phone ? null : (
      <button type="button" className="button small" aria-pressed={shelf} onClick={() => setShelf(!shelf)}>Collections</button>
    ),
    tableProps: { onChosen: setChosen, ...(shelf ? { dragType: DRAGGED_PRODUCTS } : {}) },
  };
}
