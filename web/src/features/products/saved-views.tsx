// Views of a person: filter, order, size and columns under a name; the same in every window and browser of theirs.
import { useEffect, useState, type FormEvent } from 'react';
import { edit, newRecordId, usePage, useSession, type Row, type StoreAccess } from '../../sync';
import { Icon } from '../../ui/icon';
import { columnsName, readChoice } from '../../ui/live-table/columns';
import { Popover } from '../../ui/popover';
import { readPreference, savePreference } from '../../ui/preferences';
import { goQuery, usePlace } from '../../ui/router';
import { SaveMark } from '../../ui/save-mark';
import { toast } from '../../ui/toasts';
import { ADMIN_COLUMNS, SELLER_COLUMNS } from './product-columns';
import { queryOfView, readView, viewParameters, viewsOf } from './saved-view';

const COLUMNS = { products: ADMIN_COLUMNS, performance: SELLER_COLUMNS } as const;
type Screen = keyof typeof COLUMNS;
const NAME_MAX = 100;

export function SavedViews({ store, screen }: { store: StoreAccess; screen: Screen }) {
  const { userId } = useSession();
  const page = usePage(store.id, userId ? viewsOf(userId, screen) : null);
  const { query } = usePlace();
  const { release } = page;
  const held = page.entered + page.moved + page.rows.filter((row) => !row.placed).length;
  useEffect(() => {
    if (held > 0) release();
  }, [held, release]);
  const now = queryOfView(query);
  const views = page.rows.filter((row) => !row.removed);
  const shown = now === '' ? undefined : views.find((row) => readView(row.fields['spec']).query === now);
  if (!userId) return null;
  const name = shown ? String(shown.fields['name']) : 'Views';
  return (
    <Popover label={shown ? `Views: ${name}` : 'Views'} className="button small" align="right" button={<><Icon name="filter" /><span className="clip">{name}</span></>}>
      {(close) => <ViewList store={store.id} screen={screen} user={userId} views={views} now={now} close={close} />}
    </Popover>
  );
}

interface ViewListProps {
  store: string;
  screen: Screen;
  user: string;
  views: Row[];
  now: string;
  close: () => void;
}

function ViewList({ store, screen, user, views, now, close }: ViewListProps) {
  const [name, setName] = useState('');
  const preference = columnsName(user, screen);
  const spec = () => ({ query: now, columns: { ...readChoice(readPreference(preference) ?? '{}', COLUMNS[screen]) } });
  const save = (event: FormEvent) => {
    event.preventDefault();
    const wanted = name.trim();
    if (!wanted) return;
    edit(store, [{ op: 'insert', collection: 'saved_views', id: newRecordId(), fields: { owner: user, name: wanted, screen, spec: spec() } }]);
    setName('');
  };
  const choose = (row: Row) => {
    const view = readView(row.fields['spec']);
    if (view.columns) savePreference(`syncstore.${preference}`, JSON.stringify(view.columns));
    goQuery(viewParameters(view.query));
    close();
  };
  return (
    <div className="views-panel stack">
      {views.length === 0 ? <p className="muted">Keep what you filter and sort for often under a name. It is here in every window and browser of yours.</p> : (
        <ul aria-label="Your views">
          {views.map((row) => (
            <ViewLine key={row.id} store={store} row={row} now={now} choose={() => choose(row)} spec={spec} />
          ))}
        </ul>
      )}
      <form className="row" onSubmit={save}>
        <input className="input grow" aria-label="Name of a new view" placeholder="Name for this view" maxLength={NAME_MAX} value={name}
          onChange={(event) => setName(event.target.value)} />
        <button type="submit" className="button small" disabled={!name.trim()}>Keep view</button>
      </form>
    </div>
  );
}

function ViewLine({ store, row, now, choose, spec }: { store: string; row: Row; now: string; choose: () => void; spec: () => Record<string, unknown> }) {
  const [renaming, setRenaming] = useState<string | null>(null);
  const name = String(row.fields['name'] ?? '');
  const view = readView(row.fields['spec']);
  const set = (field: string, to: string | Record<string, unknown>) => {
    edit(store, [{ op: 'set', collection: 'saved_views', id: row.id, field, to, from: row.fields[field] ?? null }]);
  };
  const remove = () => {
    edit(store, [{ op: 'remove', collection: 'saved_views', id: row.id }]);
    toast(`Removed the view ${name}`, { label: 'Undo', run: () => {
      edit(store, [{ op: 'insert', collection: 'saved_views', id: newRecordId(), fields: { ...row.fields } }]);
    } });
  };
  if (renaming !== null) {
    const rename = (event: FormEvent) => {
      event.preventDefault();
      if (renaming.trim() && renaming.trim() !== name) set('name', renaming.trim());
      setRenaming(null);
    };
    return (
      <li><form className="row grow" onSubmit={rename}>
        <input className="input grow" aria-label={`New name of ${name}`} value={renaming} maxLength={NAME_MAX} autoFocus
          onChange={(event) => setRenaming(event.target.value)} />
        <button type="submit" className="button small">Rename</button>
      </form></li>
    );
  }
  return (
    <li data-record={row.id}>
      <button type="button" className="button quiet small grow" aria-pressed={view.query === now} onClick={choose}><span className="clip">{name}</span></button>
      <SaveMark mark={row.marks['name'] ?? row.marks['spec']} reason={row.reasons['name'] ?? row.reasons['spec']} />
      {view.query === now ? null : (
        <button type="button" className="button quiet small" title="Show what is shown now under this name" onClick={() => set('spec', spec())} aria-label={`Let ${name} show this`}><Icon name="refresh" /></button>
      )}
      <button type="button" className="button quiet small" aria-label={`Rename ${name}`} title="Rename" onClick={() => setRenaming(name)}><Icon name="edit" /></button>
      <button type="button" className="button quiet small" aria-label={`Remove the view ${name}`} title="Remove" onClick={remove}><Icon name="trash" /></button>
    </li>
  );
}
