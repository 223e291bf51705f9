// Collections beside the product table, to drop rows on. With the keyboard: choose rows, then press the collection's button.
import { useState, type DragEvent } from 'react';
import type { Row, StoreAccess } from '../../sync';
import { batchWords, sendBatch } from '../../ui/batch/batch';
import { membershipChanges, type CollectionName } from '../../ui/batch/membership';
import { plural } from '../../ui/format';
import { ProductCount } from '../../ui/product-count';
import { Link } from '../../ui/router';
import { toast } from '../../ui/toasts';
import { useCollections } from './bulk-dialog';
import './bulk.css';

export const DRAGGED_PRODUCTS = 'application/x-syncstore-products';

export function addToCollection(store: string, rows: readonly Row[], collection: CollectionName): void {
  const changes = membershipChanges(rows, collection, true);
  if (changes.length === 0) {
    toast(`${rows.length === 1 ? 'It is' : 'They are all'} in ${collection.title} already`);
    return;
  }
  void sendBatch(store, changes, () => undefined).then((end) => {
    if (end.refused.length > 0) toast(`${collection.title}: ${batchWords(end)}`);
  });
  const added = new Set(changes.map((change) => ('id' in change.op ? change.op.id : '')));
  const back = changes.flatMap(({ op, ...words }) => (op.op === 'list_add' ? [{ ...words, op: { ...op, op: 'list_remove' as const } }] : []));
  toast(`Added ${plural(added.size, 'product')} to ${collection.title}`, { label: 'Undo', run: () => void sendBatch(store, back, () => undefined) });
}

interface ShelfProps {
  store: StoreAccess;
  /** Of the rows on the page, those with these ids. */
  rowsOf: (ids: readonly string[]) => Row[];
  /** What is chosen in the table now. */
  chosen: readonly Row[];
}

export function CollectionShelf({ store, rowsOf, chosen }: ShelfProps) {
  const collections = useCollections(store.id);
  const [over, setOver] = useState<string | null>(null);
  const carries = (event: DragEvent): boolean => event.dataTransfer.types.includes(DRAGGED_PRODUCTS);
  const drop = (event: DragEvent, collection: CollectionName) => {
    event.preventDefault();
    setOver(null);
    const ids = event.dataTransfer.getData(DRAGGED_PRODUCTS).split(',');
    addToCollection(store.id, rowsOf(ids), collection);
  };
  return (
    <aside className="shelf" aria-label="Collections">
      <h2>Collections</h2>
      <p className="muted">{chosen.length > 0 ? `Press one to add ${plural(chosen.length, 'chosen product')}.` : 'Drag rows onto one, or choose rows and press it.'}</p>
      {collections.map((collection) => (
        <button key={collection.id} type="button" className={`shelf-target ${over === collection.id ? 'over' : ''}`} data-collection={collection.id}
          aria-disabled={chosen.length === 0} onClick={() => {
            if (chosen.length > 0) addToCollection(store.id, chosen, collection);
          }}
          onDragOver={(event) => {
            if (!carries(event)) return;
            event.preventDefault();
            event.dataTransfer.dropEffect = 'copy';
            setOver(collection.id);
          }}
          onDragLeave={() => setOver(null)} onDrop={(event) => drop(event, collection)}>
          <span className="grow" dir="auto">{collection.title}</span>
          <ShelfCount store={store.id} collection={collection} />
        </button>
      ))}
      <Link className="button small" to={`/admin/${store.id}/collections${collections.length === 0 ? '/new' : ''}`}>{collections.length === 0 ? 'New collection' : 'All collections'}</Link>
    </aside>
  );
}

function ShelfCount({ store, collection }: { store: string; collection: CollectionName }) {
  return <ProductCount store={store} filter={{ collections: collection.id }} to={null} label={collection.title} />;
}
