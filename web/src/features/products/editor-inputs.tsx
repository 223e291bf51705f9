// The inputs of a product that are more than a line of text.
import { useState } from 'react';
import { usePage, type PageSpec, type Row } from '../../sync';
import { ChipsInput } from '../../ui/chips-input';
import { FieldInput, type FieldInputProps } from '../../ui/field-input';
import type { CustomInput } from '../../ui/record-form/form-field';
import { ListingMark } from './listing-marks';
import { listingOf, listingWords, PLATFORMS, idField } from './marketplaces';

const OFFERED = 20;
const COLLECTIONS_MAX = 200;

const page = (collection: string, sort: string, size: number, query = ''): PageSpec => ({ collection, page: 1, size, sort, filter: {}, query });

/** Any text, with the categories of the store offered while typing. */
function CategoryInput({ store, ...props }: FieldInputProps & { store: string }) {
  const found = usePage(store, page('categories', 'path', OFFERED, props.value.slice(0, 200)));
  const paths = found.rows.filter((row) => !row.removed).map((row) => String(row.fields['path'] ?? ''));
  return (
    <>
      <input className="input" id={props.id} aria-describedby={props.describedBy} aria-invalid={props.invalid || undefined} disabled={props.disabled} dir="auto"
        autoComplete="off" list={`${props.id}-paths`} placeholder="Home > Kitchen > Mugs" value={props.value} onChange={(event) => props.onChange(event.target.value)} {...props.marks} />
      <datalist id={`${props.id}-paths`}>{paths.map((path) => <option key={path} value={path}>{path}</option>)}</datalist>
    </>
  );
}

const entriesOf = (text: string): string[] => text.split(',').map((one) => one.trim()).filter(Boolean);

function TagsInput(props: FieldInputProps) {
  return (
    <ChipsInput id={props.id} describedBy={props.describedBy} disabled={props.disabled} marks={props.marks} entries={entriesOf(props.value)}
      placeholder="Type a tag, end it with Enter" onEntries={(entries) => props.onChange(entries.join(', '))} />
  );
}

/** Held as ids, shown and typed as titles. */
function CollectionsInput({ store, ...props }: FieldInputProps & { store: string }) {
  const all = usePage(store, page('collections', 'title', COLLECTIONS_MAX));
  const [typed, setTyped] = useState('');
  const titles = new Map(all.rows.filter((row) => !row.removed).map((row) => [row.id, String(row.fields['title'] ?? row.id)]));
  const chosen = entriesOf(props.value);
  const idOf = (text: string): string | null => [...titles].find(([, title]) => title.toLowerCase() === text.toLowerCase())?.[0] ?? null;
  const open = [...titles].filter(([id]) => !chosen.includes(id)).map(([, title]) => title);
  return (
    <>
      <ChipsInput id={props.id} describedBy={props.describedBy} disabled={props.disabled} marks={props.marks} entries={chosen} suggestions={open}
        placeholder={titles.size > 0 ? 'Type the title of a collection' : 'This store has no collections yet'} words={(id) => titles.get(id) ?? id} read={idOf}
        onTyped={setTyped} onEntries={(entries) => props.onChange([...entries].sort().join(', '))} />
      {typed.trim() && idOf(typed.trim()) === null && !open.some((title) => title.toLowerCase().startsWith(typed.trim().toLowerCase())) ? (
        <p className="muted form-notes">No collection has this title.</p>
      ) : null}
    </>
  );
}

export function productInputs(store: string, row: Row): Record<string, CustomInput> {
  const inputs: Record<string, CustomInput> = {
    category: (props) => <CategoryInput {...props} store={store} />,
    tags: (props) => <TagsInput {...props} />,
    collections: (props) => <CollectionsInput {...props} store={store} />,
  };
  for (const { key, name } of PLATFORMS) {
    inputs[idField(key)] = (props) => (
      <span className="listing-id">
        <FieldInput {...props} />
        <span className="row nowrap"><ListingMark row={row} platform={key} name={name} /><span className="muted" aria-hidden="true">{listingWords(listingOf(row, key))}</span></span>
      </span>
    );
  }
  return inputs;
}
