import { useEffect, useState, type FormEvent } from 'react';
import { newRecordId, READ_ALL_MAX, readAll } from '../../sync';
import type { Change } from '../../ui/batch/batch';
import { BatchDialog } from '../../ui/batch/batch-dialog';
import { Dialog } from '../../ui/dialog';
import { formatCount, plural } from '../../ui/format';
import { Notice } from '../../ui/notices';
import { readBranch, removeChanges, renameChanges, type Branch, type LeftProducts } from './category-changes';
import { missingPaths, tidyPath } from './category-kind';

/** Null while it is read. */
function useBranch(store: string, paths: readonly string[]): Branch | null {
  const [branch, setBranch] = useState<Branch | null>(null);
  const key = paths.join('\n');
  useEffect(() => {
    let gone = false;
    void readBranch(store, key.split('\n')).then((read) => {
      if (!gone) setBranch(read);
    });
    return () => {
      gone = true;
    };
  }, [store, key]);
  return branch;
}

const insideWords = (branch: Branch): string =>
  `${plural(branch.categories.length, 'category', 'categories')} and ${plural(branch.products.length, 'product')}`;

function CutNote({ branch }: { branch: Branch }) {
  return branch.cut ? <Notice kind="warn">Only the first {formatCount(READ_ALL_MAX)} products are changed at once. Do the same again for the rest.</Notice> : null;
}

interface DialogProps {
  store: string;
  onClose: () => void;
  onSent?: () => void;
}

/** Renaming moves everything below and every product; said before it is done. */
export function RenameDialog({ store, path, onClose, onSent }: DialogProps & { path: string }) {
  const [text, setText] = useState(path);
  const [to, setTo] = useState<string | null>(null);
  const branch = useBranch(store, [path]);
  const wanted = tidyPath(text);
  const problem = wanted === null ? 'Write a name, for example Home > Kitchen'
    : wanted.startsWith(`${path} > `) ? 'A category cannot stand below itself' : null;
  if (branch && to !== null) {
    return (
      <BatchDialog store={store} title={`Rename “${path}” to “${to}”`} verb="Save" changes={renameChanges(branch, path, to)} onClose={onClose} {...(onSent ? { onSent } : {})}
        note={<>
          {branch.others.has(to) ? <Notice kind="warn">“{to}” exists already: its products and these come together, and this name goes.</Notice> : null}
          <CutNote branch={branch} />
          <p>{insideWords(branch)} move with the name.</p>
        </>} />
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (branch && wanted !== null && problem === null && wanted !== path) setTo(wanted);
  };
  return (
    <Dialog title={`Rename “${path}”`} onClose={onClose} foot={<>
      <button type="button" className="button" onClick={onClose}>Cancel</button>
      <button type="submit" form="rename-category" className="button primary" disabled={!branch || problem !== null || wanted === path}>Review</button>
    </>}>
      <form id="rename-category" className="stack" onSubmit={submit}>
        <label>
          <span className="label">New name, parents first</span>
          <input className="input" value={text} onChange={(event) => setText(event.target.value)} aria-invalid={problem !== null || undefined} dir="auto" />
        </label>
        {problem ? <p className="field-problem">{problem}</p> : null}
        <p className="muted" role="status">{branch ? `${insideWords(branch)} would move with it.` : 'Counting what moves with it'}</p>
      </form>
    </Dialog>
  );
}

const LEFT: readonly [LeftProducts, string][] = [
  ['parent', 'Move them to the category above, where there is one'], ['none', 'Leave them without a category'],
  ['keep', 'Leave the name with them: it can be added again'],
];

export function RemoveDialog({ store, paths, onClose, onSent }: DialogProps & { paths: readonly string[] }) {
  const branch = useBranch(store, paths);
  const [left, setLeft] = useState<LeftProducts>('parent');
  const [review, setReview] = useState(false);
  const title = paths.length === 1 ? `Remove “${paths[0] ?? ''}”` : `Remove ${plural(paths.length, 'category', 'categories')}`;
  if (branch && review) {
    return (
      <BatchDialog store={store} title={title} verb="Save" danger changes={removeChanges(branch, left)} onClose={onClose} {...(onSent ? { onSent } : {})}
        note={<CutNote branch={branch} />} />
    );
  }
  return (
    <Dialog title={title} onClose={onClose} foot={<>
      <button type="button" className="button" onClick={onClose}>Cancel</button>
      <button type="button" className="button primary" disabled={!branch} onClick={() => setReview(true)}>Review</button>
    </>}>
      <div className="stack">
        <p role="status">{branch ? `${insideWords(branch)} are in it.` : 'Counting what is in it'}</p>
        <fieldset className="stack">
          <legend className="label">What becomes of the products?</legend>
          {LEFT.map(([value, label]) => (
            <label key={value} className="check"><input type="radio" name="left" checked={left === value} onChange={() => setLeft(value)} />{label}</label>
          ))}
        </fieldset>
      </div>
    </Dialog>
  );
}

/** Categories that products name and the list has not. */
export function UsedDialog({ store, onClose }: DialogProps) {
  const [changes, setChanges] = useState<Change[] | null>(null);
  useEffect(() => {
    let gone = false;
    const list = (collection: string, sort: string, filter: Record<string, { present: true }> = {}) =>
      readAll(store, { collection, sort, filter, query: '' });
    void Promise.all([list('products', 'title', { category: { present: true } }), list('categories', 'path')]).then(([products, known]) => {
      if (gone) return;
      const missing = missingPaths(
        products.rows.flatMap((row) => (typeof row.fields['category'] === 'string' ? [row.fields['category']] : [])),
        new Set(known.rows.map((row) => String(row.fields['path']))),
      );
      setChanges(missing.map((path) => ({
        op: { op: 'insert', collection: 'categories', id: newRecordId(), fields: { path } }, title: path, label: 'Category', from: '–', to: 'new',
      })));
    });
    return () => {
      gone = true;
    };
  }, [store]);
  const title = 'Add the categories that products use';
  if (changes) return <BatchDialog store={store} title={title} verb="Save" changes={changes} onClose={onClose} />;
  return <Dialog title={title} onClose={onClose}><p role="status">Looking through the products</p></Dialog>;
}
