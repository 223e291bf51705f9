// Two ways into a collection: choosing products, and pasting their SKUs.
import { useState } from 'react';
import { readPage, type Row } from '../../sync';
import type { Change } from '../../ui/batch/batch';
import { BatchDialog } from '../../ui/batch/batch-dialog';
import { isMember, membershipChanges, pastedSkus, type CollectionName } from '../../ui/batch/membership';
import { Dialog } from '../../ui/dialog';
import { plural } from '../../ui/format';
import { Notice } from '../../ui/notices';
import { ProductPicker } from '../../ui/product-picker';

interface AddProps {
  store: string;
  collection: CollectionName;
  onClose: () => void;
}

export function ChooseProducts({ store, collection, onClose }: AddProps) {
  const [chosen, setChosen] = useState<ReadonlyMap<string, Row>>(new Map());
  const [changes, setChanges] = useState<Change[] | null>(null);
  const title = `Add products to ${collection.title}`;
  if (changes) return <BatchDialog store={store} title={title} changes={changes} onClose={onClose} />;
  return (
    <Dialog title={title} place="wide" onClose={onClose} foot={<>
      <button type="button" className="button" onClick={onClose}>Cancel</button>
      <button type="button" className="button primary" disabled={chosen.size === 0} onClick={() => setChanges(membershipChanges([...chosen.values()], collection, true))}>
        Review {plural(chosen.size, 'product')}
      </button>
    </>}>
      <ProductPicker store={store} label="Find products" chosen={chosen} onChosen={setChosen}
        unfit={(row) => (isMember(row, collection.id) ? 'in it already' : null)} />
    </Dialog>
  );
}

/** As many as are looked up at once. */
const SKUS_MAX = 5_000;
const AT_A_TIME = 16;

interface Found {
  changes: Change[];
  already: number;
  unknown: string[];
}

async function findSkus(store: string, collection: CollectionName, skus: readonly string[]): Promise<Found> {
  const rows: Row[] = [];
  const unknown: string[] = [];
  for (let from = 0; from < skus.length; from += AT_A_TIME) {
    const part = skus.slice(from, from + AT_A_TIME);
    const pages = await Promise.all(part.map((sku) => readPage(store, { collection: 'products', page: 1, size: 1, sort: 'title', filter: { sku }, query: '' })));
    pages.forEach((page, at) => {
      const row = page.rows.find((one) => !one.removed);
      if (row) rows.push(row);
      else unknown.push(part[at] ?? '');
    });
  }
  return { changes: membershipChanges(rows, collection, true), already: rows.filter((row) => isMember(row, collection.id)).length, unknown };
}

export function PasteSkus({ store, collection, onClose }: AddProps) {
  const [text, setText] = useState('');
  const [looking, setLooking] = useState(false);
  const [found, setFound] = useState<Found | null>(null);
  const skus = pastedSkus(text);
  const title = `Add products to ${collection.title}`;
  if (found) {
    return (
      <BatchDialog store={store} title={title} changes={found.changes} onClose={onClose} note={<>
        {found.already > 0 ? <p>{plural(found.already, 'product')} {found.already === 1 ? 'is' : 'are'} in it already.</p> : null}
        {found.unknown.length > 0 ? (
          <Notice kind="warn">No product has {found.unknown.length === 1 ? 'this SKU' : `these ${found.unknown.length} SKUs`}: <span className="mono">{found.unknown.slice(0, 50).join(', ')}</span></Notice>
        ) : null}
      </>} />
    );
  }
  const look = () => {
    setLooking(true);
    void findSkus(store, collection, skus).then(setFound);
  };
  return (
    <Dialog title={title} onClose={onClose} foot={<>
      <button type="button" className="button" onClick={onClose}>Cancel</button>
      <button type="button" className="button primary" disabled={looking || skus.length === 0 || skus.length > SKUS_MAX} onClick={look}>
        {looking ? 'Looking them up' : `Look up ${plural(skus.length, 'SKU')}`}
      </button>
    </>}>
      <label>
        <span className="label">SKUs, one per line or parted by commas</span>
        <textarea className="input mono" rows={8} value={text} onChange={(event) => setText(event.target.value)} spellCheck={false} />
      </label>
      {skus.length > SKUS_MAX ? <p className="field-problem">At most {SKUS_MAX} at once: {skus.length} are here.</p> : null}
    </Dialog>
  );
}
