// One field of one record, edited where it stands: Enter or leaving it commits, Escape takes back.
import { useId, useState, type KeyboardEvent } from 'react';
import { edit, type FieldValue, type Row } from '../../sync';
import { fieldInfo, inputText, isNumeric, parseField, sameValue } from '../../ui/fields';
import type { Parsed } from '../../ui/format';
import { SaveMark, saveWords } from '../../ui/save-mark';

interface InPlaceProps {
  store: string;
  collection: string;
  row: Row;
  name: string;
  label: string;
  writable: boolean;
  /** Another way of writing the value than its kind has. */
  codec?: { write: (value: FieldValue | undefined) => string; read: (text: string) => Parsed<FieldValue> };
}

interface Typed {
  text: string;
  from: FieldValue;
  problem: string | null;
}

export function InPlace({ store, collection, row, name, label, writable, codec }: InPlaceProps) {
  const [typed, setTyped] = useState<Typed | null>(null);
  const note = useId();
  const field = fieldInfo(collection, name);
  const value = row.fields[name] ?? null;
  const read = codec?.read ?? ((text: string) => parseField(field, text));
  const mark = row.marks[name] ?? 'clean';
  const type = (text: string) => {
    const parsed = read(text);
    setTyped({ text, from: typed?.from ?? value, problem: parsed.ok ? null : parsed.message });
  };
  /** True when nothing wrong is left standing. */
  const commit = (): boolean => {
    if (!typed) return true;
    const parsed = read(typed.text);
    if (!parsed.ok) return false;
    setTyped(null);
    if (sameValue(parsed.value, typed.from)) return true;
    void edit(store, [{ op: 'set', collection, id: row.id, field: name, to: parsed.value, from: typed.from }]).notTaken
      .then(({ message }) => setTyped({ ...typed, problem: saveWords('refused', message) }));
    return true;
  };
  const key = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Escape' && typed) {
      event.stopPropagation();
      setTyped(null);
    } else if (event.key === 'Enter' || ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && !event.altKey)) {
      event.preventDefault();
      if (!commit()) return;
      const column = [...(event.currentTarget.closest('table')?.querySelectorAll<HTMLElement>(`input[data-field="${name}"]`) ?? [])];
      column[column.indexOf(event.currentTarget) + (event.key === 'ArrowUp' ? -1 : 1)]?.focus();
    }
  };
  return (
    <>
      <input className={`input ${isNumeric(field.kind) ? 'num' : ''} ${field.mono ? 'mono' : ''}`} aria-label={label} dir="auto" autoComplete="off"
        inputMode={isNumeric(field.kind) ? 'decimal' : undefined} value={typed?.text ?? (codec ? codec.write(value) : inputText(field, value))} disabled={!writable}
        aria-invalid={typed?.problem ? true : undefined} aria-describedby={typed?.problem ? note : undefined} data-field={name} data-sync={mark}
        onChange={(event) => type(event.target.value)} onBlur={() => void commit()} onKeyDown={key} />
      {typed?.problem ? <span id={note} className="field-problem" role="alert">{typed.problem}</span> : <SaveMark mark={mark} reason={row.reasons[name]} />}
    </>
  );
}
