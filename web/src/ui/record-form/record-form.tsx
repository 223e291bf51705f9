// The open form of one record: saves only what was changed, says what it will save, and shows what others change meanwhile.
import { Fragment, useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react';
import { edit, useSession, type Row, type SyncError } from '../../sync';
import { DifferenceRow } from '../difference-row';
import { fieldInfo, type FieldInfo } from '../fields';
import { saveWords } from '../save-mark';
import { FieldDecision, type DecisionProps } from './field-decision';
import { FieldHistory } from './field-history';
import { FormField, type CustomInput } from './form-field';
import { draftOps, prepare, useDraft } from './use-draft';
import './record-form.css';

export interface FieldGroup {
  title: string;
  fields: readonly FieldInfo[];
}

interface RecordFormProps {
  store: string;
  collection: string;
  row: Row;
  groups: readonly FieldGroup[];
  writable: boolean;
  currencySymbol: string;
  /** Why it cannot be written, when it cannot. */
  lockedBecause?: string;
  onCancel?: () => void;
  /** Between the last group and the foot. */
  extra?: ReactNode;
  /** By field name: an input of its own. */
  inputs?: Readonly<Record<string, CustomInput>>;
  /** By field name: shown in place of the whole field, and saved by itself. */
  parts?: Readonly<Record<string, ReactNode>>;
  /** By title of a group: said below its heading, or in place of fields. */
  notes?: Readonly<Record<string, ReactNode>>;
}

export function RecordForm(props: RecordFormProps) {
  const { store, collection, row, groups, writable, currencySymbol } = props;
  const fields = groups.flatMap((group) => group.fields).filter((field) => !Object.hasOwn(props.parts ?? {}, field.name));
  const form = useDraft(fields);
  const [refusal, setRefusal] = useState<SyncError | null>(null);
  const [openedAt] = useState(() => Date.now());
  const element = useRef<HTMLFormElement>(null);
  const save = () => {
    const prepared = prepare(fields, form.draft);
    if (!prepared.ok) {
      const first = fields.find((field) => prepared.problems[field.name]);
      element.current?.querySelector<HTMLElement>(`[data-field="${first?.name ?? ''}"]`)?.focus();
      return;
    }
    const ops = draftOps(collection, row, form.draft, prepared.values);
    const typed = form.draft;
    form.clear();
    setRefusal(null);
    if (ops.length === 0) return;
    // Nobody could keep it: what was typed stands in the form again.
    void edit(store, ops).notTaken.then((refused) => {
      form.restore(typed);
      setRefusal(refused);
    });
  };
  useSaveKey(element, save);
  useAskBeforeLeaving(form.touched.length > 0);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save();
  };
  const labels = form.touched.map((name) => fieldInfo(collection, name).label);
  return (
    <form className="record-form" ref={element} data-record={row.id} onSubmit={submit} noValidate aria-label="Record">
      {props.lockedBecause ? <p className="muted">{props.lockedBecause}</p> : null}
      {row.removed ? <p className="field-problem" role="alert">Removed{row.removed.by ? ` by ${row.removed.by}` : ''}. What you typed stays here until you leave.</p> : null}
      <WholeRecordConflict row={row} store={store} collection={collection} />
      {groups.map((group) => (
        <fieldset key={group.title} className="form-group panel">
          <legend>{group.title}</legend>
          {props.notes?.[group.title]}
          <div className="form-grid">
            {group.fields.map((field) => (Object.hasOwn(props.parts ?? {}, field.name) ? <Fragment key={field.name}>{props.parts?.[field.name]}</Fragment> : (
              <FormField key={field.name} field={field} row={row} draft={form.draft[field.name]} problem={form.problems[field.name]}
                text={form.text(field, row.fields[field.name])} writable={writable && !row.removed} openedAt={openedAt}
                unit={field.kind === 'money' ? currencySymbol : ''}
                onText={(text) => form.type(field, text, row.fields[field.name] ?? null)} onTakeTheirs={() => form.forget(field.name)}
                aside={(labelId) => (field.readOnly || row.id === '' ? null : (
                  <FieldHistory store={store} collection={collection} row={row} field={field} writable={writable && !row.removed} labelId={labelId} />
                ))}
                input={props.inputs?.[field.name]} below={<FieldDecision row={row} store={store} collection={collection} name={field.name} />} />
            )))}
          </div>
        </fieldset>
      ))}
      {props.extra}
      {refusal ? <p className="field-problem" role="alert">{saveWords('refused', refusal.message)}</p> : null}
      {writable ? (
        <div className="form-foot">
          <button type="submit" className="button primary" disabled={form.touched.length === 0}>Save</button>
          {form.touched.length > 0 ? (
            <button type="button" className="button" onClick={form.clear}>Discard changes</button>
          ) : props.onCancel ? <button type="button" className="button" onClick={props.onCancel}>Close</button> : null}
          <span className="grow clip" role="status">{labels.length > 0 ? `Will save: ${labels.join(', ')}` : 'No unsaved changes'}</span>
        </div>
      ) : null}
    </form>
  );
}

function useSaveKey(element: React.RefObject<HTMLElement | null>, save: () => void): void {
  const latest = useRef(save);
  useEffect(() => {
    latest.current = save;
  });
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's' || !element.current) return;
      event.preventDefault();
      latest.current();
    };
    document.addEventListener('keydown', key);
    return () => document.removeEventListener('keydown', key);
  }, [element]);
}

/** The browser asks before a page with unsaved input is closed or loaded anew. */
function useAskBeforeLeaving(unsaved: boolean): void {
  useEffect(() => {
    if (!unsaved) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [unsaved]);
}

function WholeRecordConflict({ row, store, collection }: Omit<DecisionProps, 'name'>) {
  const session = useSession();
  const conflict = row.conflicts[''];
  if (!conflict) return null;
  return (
    <DifferenceRow field={{ name: '', label: 'Record', kind: 'line' }} conflict={conflict} userName={session.userName} about="changed_since"
      of={{ store, collection, record: row.id, field: '' }} />
  );
}
