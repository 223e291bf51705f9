import type { FieldInfo } from './fields';
import { choiceWords, isNumeric } from './fields';
import { RichTextInput } from './rich-text/rich-text-input';

export interface FieldInputProps {
  field: FieldInfo;
  value: string;
  onChange: (text: string) => void;
  label?: string | undefined;
  /** For inputs that a <label> cannot name. */
  labelledBy?: string | undefined;
  placeholder?: string | undefined;
  id?: string;
  describedBy?: string | undefined;
  invalid?: boolean;
  disabled?: boolean;
  autoFocus?: boolean;
  onBlur?: () => void;
  marks?: Record<string, string>;
}

/** The input that fits a field's kind. It takes any text: what is wrong with it is said beside it. */
export function FieldInput(props: FieldInputProps) {
  const { field, value, onChange, label, invalid = false, marks } = props;
  const shared = {
    id: props.id, 'aria-label': label, 'aria-describedby': props.describedBy, disabled: props.disabled,
    autoFocus: props.autoFocus, onBlur: props.onBlur, 'aria-invalid': invalid || undefined, ...marks,
  };
  if (field.kind === 'choice' || field.kind === 'flag') {
    const choices = field.kind === 'flag' ? ['true', 'false'] : field.choices ?? [];
    return (
      <select className="input" value={value} onChange={(event) => onChange(event.target.value)} {...shared}>
        {choices.includes(value) ? null : <option value={value}>{value || '–'}</option>}
        {choices.map((choice) => (
          <option key={choice} value={choice}>{field.kind === 'flag' ? (choice === 'true' ? 'Yes' : 'No') : choiceWords(choice) || '–'}</option>
        ))}
      </select>
    );
  }
  if (field.kind === 'day') {
    return <input className="input" type="date" value={value} onChange={(event) => onChange(event.target.value)} {...shared} />;
  }
  if (field.kind === 'rich_text') {
    return (
      <RichTextInput id={props.id} value={value} onChange={onChange} label={label} labelledBy={label ? undefined : props.labelledBy} describedBy={props.describedBy}
        invalid={invalid} disabled={props.disabled} placeholder={props.placeholder} marks={marks} />
    );
  }
  if (field.kind === 'text') {
    return <textarea className="input" dir="auto" rows={6} value={value} onChange={(event) => onChange(event.target.value)} {...shared} />;
  }
  return (
    <input className={`input${isNumeric(field.kind) ? ' num' : ''}${field.mono ? ' mono' : ''}`} dir="auto" autoComplete="off"
      inputMode={isNumeric(field.kind) ? (field.kind === 'count' ? 'numeric' : 'decimal') : undefined}
      placeholder={props.placeholder} spellCheck={field.mono || isNumeric(field.kind) ? false : undefined}
      value={value} onChange={(event) => onChange(event.target.value)} {...shared} />
  );
}
