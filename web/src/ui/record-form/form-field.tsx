import { useId, type ReactNode } from 'react';
import type { Row } from '../../sync';
import { FieldInput, type FieldInputProps } from '../field-input';
import { sameValue, showValue, type FieldInfo } from '../fields';
import { formatAge, formatExact } from '../format';
import { SaveMark } from '../save-mark';
import { useNow } from '../use-now';
import type { DraftField } from './use-draft';

interface FormFieldProps {
  field: FieldInfo;
  row: Row | null;
  text: string;
  draft: DraftField | undefined;
  problem: string | undefined;
  writable: boolean;
  unit: string;
  openedAt: number;
  onText: (text: string) => void;
  onTakeTheirs: () => void;
  /** History and conflict, below the field. */
  below?: ReactNode;
  aside?: ((labelId: string) => ReactNode) | undefined;
  /** In place of the input that fits the field's kind. */
  input?: CustomInput | undefined;
  placeholder?: string | undefined;
  /** Said in the line below the input: "inherits 9.50". */
  note?: ReactNode;
}

export type CustomInput = (props: FieldInputProps) => ReactNode;

/** One field of an open form: its value, its save mark, and what others did to it meanwhile. */
export function FormField(props: FormFieldProps) {
  const { field, row, text, draft, problem, writable, unit } = props;
  const id = useId();
  const note = useId();
  const labelId = useId();
  const mark = row?.marks[field.name] ?? 'clean';
  const wide = field.kind === 'rich_text' || field.kind === 'list' || field.name === 'title';
  const input: FieldInputProps = {
    field, id, value: text, onChange: props.onText, disabled: !writable || field.readOnly === true, invalid: problem !== undefined, describedBy: note,
    labelledBy: labelId, placeholder: props.placeholder, marks: { 'data-field': field.name, 'data-sync': mark },
  };
  return (
    <div className={`form-field ${wide ? 'wide' : ''}`}>
      <div className="form-label">
        <label htmlFor={id} id={labelId}>{field.label}{unit ? ` (${unit})` : ''}{field.required ? <span aria-hidden="true"> *</span> : null}</label>
        <SaveMark mark={mark} reason={row?.reasons[field.name]} />
        <span className="grow" />
        {props.aside?.(labelId)}
      </div>
      {props.input ? props.input(input) : <FieldInput {...input} />}
      <div id={note} className="form-notes">
        {problem ? <p className="field-problem">{problem}</p> : null}
        {props.note}
        <ForeignNote {...props} draft={draft} row={row} />
      </div>
      {props.below}
    </div>
  );
}

function ForeignNote({ field, row, draft, openedAt, onTakeTheirs }: FormFieldProps) {
  const now = useNow(5_000);
  const foreign = row?.foreign[field.name];
  if (!row || !foreign || foreign.at < openedAt) return null;
  const who = foreign.by ?? 'someone else';
  const value = row.fields[field.name];
  if (!draft) {
    return <p className="muted" title={formatExact(foreign.at)}>Changed by {who} {formatAge(foreign.at, now)}</p>;
  }
  if (sameValue(value, draft.seen)) return null;
  return (
    <p className="theirs">
      <span>Theirs now: <bdi><strong>{showValue(field, value)}</strong></bdi> ({who}, {formatAge(foreign.at, now)})</span>
      <button type="button" className="button small" onClick={onTakeTheirs}>Take theirs</button>
    </p>
  );
}
