import { useMemo, useState } from 'react';
import type { Row, StoreAccess } from '../../sync';
import { Icon } from '../../ui/icon';
import type { Column } from '../../ui/live-table/columns';
import { ProductCount } from '../../ui/product-count';
import { RecordCreate, RecordEditor } from '../../ui/record-page/record-editor';
import { group } from '../../ui/record-page/record-kind';
import { RecordList } from '../../ui/record-page/record-list';
import { usePlace } from '../../ui/router';
import { RemoveDialog, RenameDialog, UsedDialog } from './category-dialogs';
import { CATEGORY, parts } from './category-kind';
import './categories.css';

const NEW = { ...CATEGORY, groups: [group('Category', 'categories', 'path', 'description', 'platform_ids')] };

const pathOf = (row: Row): string => String(row.fields['path'] ?? '');
const baseOf = (store: StoreAccess): string => `/admin/${store.id}/categories`;
const productsOf = (store: string, path: string): string => `/admin/${store}/products?category=${encodeURIComponent(path)}`;

/** The last name, as deep as its parents are many. Out of the tree's order, or to those who hear it, the parents are said too. */
function TreeName({ path, flat }: { path: string; flat: boolean }) {
  const names = parts(path);
  const last = names.pop() ?? path;
  const above = names.length > 0 ? `${names.join(' > ')} > ` : '';
  return (
    <span className={`tree-name depth-${flat ? 0 : Math.min(names.length, 6)}`} title={path}>
      {above ? <span className={flat ? 'muted' : 'sr-only'}>{above}</span> : null}<bdi>{last}</bdi>
    </span>
  );
}

function columnsOf(store: StoreAccess, flat: boolean): readonly Column[] {
  return CATEGORY.columns.flatMap((column): Column[] => {
    if (column.field.name !== 'path') return [column];
    return [
      { ...column, render: (row) => <TreeName path={pathOf(row)} flat={flat} /> },
      {
        field: { name: 'count', label: 'Products', kind: 'count' }, width: 110, editable: false, onCard: true,
        render: (row) => <ProductCount store={store.id} filter={{ category: pathOf(row) }} to={productsOf(store.id, pathOf(row))} label={pathOf(row)} />,
      },
    ];
  });
}

function CategoriesPage({ store }: { store: StoreAccess }) {
  const { query } = usePlace();
  const flat = query.get('q') !== null || query.get('sort') !== null;
  const columns = useMemo(() => columnsOf(store, flat), [store, flat]);
  const [removing, setRemoving] = useState<readonly string[] | null>(null);
  const [adding, setAdding] = useState(false);
  const addUsed = <button type="button" className="button small" onClick={() => setAdding(true)}><Icon name="plus" />Add those that products use</button>;
  return (
    <>
      <RecordList kind={CATEGORY} store={store} base={baseOf(store)} columns={columns} tools={() => addUsed} emptyActions={addUsed}
        onRemove={(rows) => setRemoving(rows.map(pathOf))} />
      {removing ? <RemoveDialog store={store.id} paths={removing} onClose={() => setRemoving(null)} /> : null}
      {adding ? <UsedDialog store={store.id} onClose={() => setAdding(false)} /> : null}
    </>
  );
}

function CategoryPage({ store, id }: { store: StoreAccess; id: string }) {
  const [dialog, setDialog] = useState<{ what: 'rename' | 'remove'; path: string } | null>(null);
  const base = baseOf(store);
  if (id === 'new') return <RecordCreate kind={NEW} store={store} base={base} />;
  const close = () => setDialog(null);
  return (
    <>
      <RecordEditor kind={CATEGORY} store={store} base={base} id={id} onRemove={(row) => setDialog({ what: 'remove', path: pathOf(row) })}
        actions={(row) => (
          <>
            <span className="muted">Products: <ProductCount store={store.id} filter={{ category: pathOf(row) }} to={productsOf(store.id, pathOf(row))} label={pathOf(row)} /></span>
            {row.removed ? null : <button type="button" className="button small" onClick={() => setDialog({ what: 'rename', path: pathOf(row) })}>Rename…</button>}
          </>
        )} />
      {dialog?.what === 'rename' ? <RenameDialog store={store.id} path={dialog.path} onClose={close} /> : null}
      {dialog?.what === 'remove' ? <RemoveDialog store={store.id} paths={[dialog.path]} onClose={close} /> : null}
    </>
  );
}

export default function Categories({ store, id }: { store: StoreAccess; id: string | null }) {
  return id === null ? <CategoriesPage store={store} /> : <CategoryPage store={store} id={id} />;
}
