// The form of one record, of a new one, and of what a store has exactly one of.
import { useState, type FormEvent, type ReactNode } from 'react';
import { useNotHere, useRecord, useSingleton, type FieldValue, type Row, type StoreAccess } from '../../sync';
import { parseField, type FieldInfo } from '../fields';
import { FieldInput } from '../field-input';
import { Icon } from '../icon';
import { useReadyMark } from '../live-table/live-table';
import { EmptyState, Skeleton } from '../notices';
import { RecordForm, type FieldGroup } from '../record-form/record-form';
import { go, Link } from '../router';
import { insertRecord, removeRecords, titleOf, type RecordKind } from './record-kind';

interface PlaceProps {
  kind: RecordKind;
  store: StoreAccess;
  base: string;
}

/** Up to the list. */
function Back({ kind, base }: Pick<PlaceProps, 'kind' | 'base'>) {
  return <Link to={base} className="button quiet small"><Icon name="left" />{kind.title}</Link>;
}

interface RecordEditorProps extends PlaceProps {
  id: string;
  /** In place of the title field, where that is no name. */
  heading?: (row: Row) => ReactNode;
  actions?: (row: Row) => ReactNode;
  /** In place of removing at once. */
  onRemove?: (row: Row) => void;
  /** Below the form: what belongs to the record. */
  below?: (row: Row) => ReactNode;
  writable?: boolean;
}

export function RecordEditor(props: RecordEditorProps) {
  const { kind, store, base, id } = props;
  const row = useRecord(store.id, kind.collection, id);
  const notHere = useNotHere(store.id, kind.collection, id);
  useReadyMark(row !== undefined);
  if (row === undefined) return <div className="page"><Skeleton rows={6} /></div>;
  if (row === null || notHere) {
    return (
      <EmptyState title={notHere ? `This ${kind.one} is not in this browser` : `There is no such ${kind.one}`}
        actions={<Link className="button primary" to={base}>All {kind.many}</Link>}>
        {notHere ? 'The server cannot be reached. It opens as soon as the connection is back.' : 'It may have been removed, or the address belongs to another store.'}
      </EmptyState>
    );
  }
  const writable = props.writable ?? store.role !== 'viewer';
  return (
    <div className="page">
      <div className="page-head">
        <Back kind={kind} base={base} />
        <h1 className="clip" dir="auto">{props.heading?.(row) ?? titleOf(kind)(row)}</h1>
        <span className="grow" />
        {props.actions?.(row)}
        {writable && !row.removed ? (
          <button type="button" className="button small danger" onClick={() => {
            if (props.onRemove) return props.onRemove(row);
            removeRecords(store.id, kind, [row]);
            go(base);
          }}><Icon name="trash" />Remove</button>
        ) : null}
      </div>
      <RecordForm store={store.id} collection={kind.collection} row={row} groups={kind.groups} writable={writable}
        currencySymbol={store.currencySymbol} onCancel={() => go(base)} />
      {props.below?.(row)}
    </div>
  );
}

interface RecordCreateProps extends PlaceProps {
  /** Values that the form does not ask for; null: they are not complete, and the form says so itself. */
  given?: Record<string, FieldValue> | null;
  /** Fields that the form leaves out. */
  without?: readonly string[];
  children?: ReactNode;
}

export function RecordCreate({ kind, store, base, given = {}, without = [], children }: RecordCreateProps) {
  const [texts, setTexts] = useState<Record<string, string>>(kind.fresh);
  const [problems, setProblems] = useState<Record<string, string>>({});
  useReadyMark(true);
  const groups = kind.groups
    .map((one) => ({ ...one, fields: one.fields.filter((field) => !field.readOnly && !without.includes(field.name)) }))
    .filter((one) => one.fields.length > 0);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { values, wrong } = readTexts(groups.flatMap((one) => one.fields), texts);
    setProblems(wrong);
    if (Object.keys(wrong).length > 0 || given === null) return;
    const id = insertRecord(store.id, kind.collection, { ...values, ...given });
    go(id === null ? base : `${base}/${id}`, { replace: true });
  };
  const first = groups[0]?.fields[0]?.name;
  return (
    <div className="page">
      <div className="page-head"><Back kind={kind} base={base} /><h1>New {kind.one} in {store.name}</h1></div>
      <form className="record-form" onSubmit={submit} noValidate aria-label={`New ${kind.one}`}>
        {children}
        {groups.map((one) => (
          <CreateGroup key={one.title} group={one} texts={texts} problems={problems} currencySymbol={store.currencySymbol}
            focus={children ? undefined : first} onText={(name, text) => setTexts((before) => ({ ...before, [name]: text }))} />
        ))}
        <div className="form-foot">
          <button type="submit" className="button primary" disabled={given === null}>Create {kind.one}</button>
          <button type="button" className="button" onClick={() => go(base)}>Cancel</button>
        </div>
      </form>
    </div>
  );
}

/** What is left empty is no value of the record. */
export function readTexts(fields: readonly FieldInfo[], texts: Record<string, string>) {
  const values: Record<string, FieldValue> = {};
  const wrong: Record<string, string> = {};
  for (const field of fields) {
    const text = texts[field.name] ?? '';
    if (text === '' && !field.required) continue;
    const parsed = parseField(field, text);
    if (!parsed.ok) wrong[field.name] = parsed.message;
    else if (parsed.value !== null) values[field.name] = parsed.value;
  }
  return { values, wrong };
}

interface CreateGroupProps {
  group: FieldGroup;
  texts: Record<string, string>;
  problems: Record<string, string>;
  currencySymbol: string;
  focus: string | undefined;
  onText: (name: string, text: string) => void;
}

function CreateGroup({ group, texts, problems, currencySymbol, focus, onText }: CreateGroupProps) {
  return (
    <fieldset className="form-group panel">
      <legend>{group.title}</legend>
      <div className="form-grid">
        {group.fields.map((field) => (
          <div key={field.name} className={`form-field ${field.kind === 'rich_text' || field.kind === 'text' ? 'wide' : ''}`}>
            <label className="label" htmlFor={`new-${field.name}`} id={`new-${field.name}-label`}>
              {field.label}{field.kind === 'money' ? ` (${currencySymbol})` : ''}{field.required ? ' *' : ''}
            </label>
            <FieldInput field={field} id={`new-${field.name}`} value={texts[field.name] ?? ''} invalid={problems[field.name] !== undefined}
              labelledBy={`new-${field.name}-label`} describedBy={`new-${field.name}-note`} marks={{ 'data-field': field.name }} autoFocus={field.name === focus}
              onChange={(text) => onText(field.name, text)} />
            <p id={`new-${field.name}-note`} className="field-problem">{problems[field.name]}</p>
          </div>
        ))}
      </div>
    </fieldset>
  );
}

/** Stands for what the store has not got yet: the first saved field makes it. */
const NOT_YET: Row = {
  id: '', fields: {}, marks: {}, reasons: {}, conflicts: {}, version: 0, changedAt: null, changedBy: null, foreign: {}, removed: null, placed: true,
};

interface SingletonEditorProps {
  collection: 'account_health' | 'legal_entity';
  store: StoreAccess;
  title: string;
  groups: readonly FieldGroup[];
  /** Where readers see it. */
  seenAt: string;
  writable: boolean;
}

export function SingletonEditor({ collection, store, title, groups, seenAt, writable }: SingletonEditorProps) {
  const row = useSingleton(store.id, collection);
  useReadyMark(row !== undefined);
  if (row === undefined) return <div className="page"><Skeleton rows={8} /></div>;
  return (
    <div className="page">
      <div className="page-head">
        <h1>{title}</h1>
        <span className="grow" />
        <Link className="button small" to={seenAt}>See it as sellers do</Link>
      </div>
      <RecordForm store={store.id} collection={collection} row={row ?? NOT_YET} groups={groups} writable={writable} currencySymbol={store.currencySymbol} />
    </div>
  );
}
