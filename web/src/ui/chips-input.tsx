// A list as chips: each entry is taken away by its button, the next one typed and ended by Enter or a comma.
import { useState, type KeyboardEvent } from 'react';
import { Icon } from './icon';

interface ChipsInputProps {
  entries: readonly string[];
  onEntries: (entries: string[]) => void;
  /** What stands on a chip; the entry itself when it is left out. */
  words?: (entry: string) => string;
  /** Typed text to an entry; null when it is none. */
  read?: (text: string) => string | null;
  /** What may be typed, offered below the input. */
  suggestions?: readonly string[];
  onTyped?: (text: string) => void;
  id?: string | undefined;
  describedBy?: string | undefined;
  placeholder?: string;
  disabled?: boolean | undefined;
  marks?: Record<string, string> | undefined;
}

export function ChipsInput(props: ChipsInputProps) {
  const { entries, onEntries, disabled, suggestions } = props;
  const [text, setText] = useState('');
  const words = props.words ?? ((entry: string) => entry);
  const put = (typed: string) => {
    setText(typed);
    props.onTyped?.(typed);
  };
  const add = (typed: string): boolean => {
    const made = typed.split(',').map((part) => part.trim()).filter(Boolean).map((part) => (props.read ? props.read(part) : part));
    const known = made.filter((entry) => entry !== null);
    if (known.length < made.length || made.length === 0) return false;
    onEntries([...new Set([...entries, ...known])]);
    put('');
    return true;
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === 'Enter' || event.key === ',') {
      if (text.trim() === '' && event.key === 'Enter') return;
      event.preventDefault();
      add(text);
    } else if (event.key === 'Backspace' && text === '' && entries.length > 0) {
      onEntries(entries.slice(0, -1));
    }
  };
  return (
    <div className="input chips-input" {...props.marks}>
      {entries.map((entry) => (
        <span key={entry} className="chip">
          <bdi className="clip">{words(entry)}</bdi>
          {disabled ? null : (
            <button type="button" aria-label={`Take away ${words(entry)}`} onClick={() => onEntries(entries.filter((other) => other !== entry))}><Icon name="close" /></button>
          )}
        </span>
      ))}
      {disabled ? null : (
        <input id={props.id} aria-describedby={props.describedBy} value={text} autoComplete="off" dir="auto" placeholder={entries.length === 0 ? props.placeholder : undefined}
          list={suggestions ? `${props.id}-suggestions` : undefined}
          onChange={(event) => {
            const typed = event.target.value;
            if (suggestions?.includes(typed) && add(typed)) return;
            put(typed);
          }}
          onKeyDown={key} onBlur={() => {
            if (text.trim()) add(text);
          }} />
      )}
      {suggestions ? <datalist id={`${props.id}-suggestions`}>{suggestions.map((one) => <option key={one} value={one}>{one}</option>)}</datalist> : null}
    </div>
  );
}
