import { useNotHere, useRecord, type StoreAccess } from '../../sync';
import { Dialog } from '../../ui/dialog';
import { PRODUCT_FIELDS, showValue } from '../../ui/fields';
import { RichTextView } from '../../ui/rich-text/rich-text-view';
import { formatAge, formatExact } from '../../ui/format';
import { Link } from '../../ui/router';
import { useNow } from '../../ui/use-now';
import { ProductPicture } from './product-picture';

const NOT_FACTS = new Set(['image_url', 'thumbnail', 'description', 'collections']);

/** One product to read, over the table. */
export function ProductDetails({ store, id, onClose }: { store: StoreAccess; id: string; onClose: () => void }) {
  const row = useRecord(store.id, 'products', id);
  const notHere = useNotHere(store.id, 'products', id);
  const now = useNow();
  const title = row ? String(row.fields['title'] ?? 'Product') : 'Product';
  return (
    <Dialog title={title} onClose={onClose} foot={store.role === 'viewer' ? undefined : (
      <Link className="button" to={`/admin/${store.id}/products/${id}`}>Edit on the admin side</Link>
    )}>
      {row === undefined ? null : row === null ? <p>{notHere ? 'This product is not in this browser. It opens as soon as the connection is back.' : 'This product does not exist any more.'}</p> : (
        <div data-record={row.id} className="stack">
          <ProductPicture row={row} />
          <dl className="facts">
            {PRODUCT_FIELDS.filter((field) => !NOT_FACTS.has(field.name) && (!field.readOnly || (row.fields[field.name] ?? null) !== null)).map((field) => (
              <div key={field.name}>
                <dt>{field.label}{field.kind === 'money' ? ` (${store.currencySymbol})` : ''}</dt>
                <dd className="num" dir="auto" data-field={field.name} data-sync={row.marks[field.name] ?? 'clean'}>
                  {showValue(field, row.fields[field.name])}
                </dd>
              </div>
            ))}
          </dl>
          {typeof row.fields['description'] === 'string' ? <RichTextView html={row.fields['description']} label="Description" /> : null}
          {row.changedAt ? (
            <p className="muted" title={formatExact(row.changedAt)}>Last changed {formatAge(row.changedAt, now)}{row.changedBy ? ` by ${row.changedBy}` : ''}</p>
          ) : null}
        </div>
      )}
    </Dialog>
  );
}
