import { useEffect, useId, useRef } from 'react';
import { FieldInput } from '../field-input';
import type { FieldInfo } from '../fields';

interface CellEditorProps {
  field: FieldInfo;
  recordTitle: string;
  text: string;
  problem: string | null;
  /** The caret goes behind what was typed; otherwise all is selected. */
  typed: boolean;
  onText: (text: string) => void;
  onLeave: () => void;
}

export function CellEditor({ field, recordTitle, text, problem, typed, onText, onLeave }: CellEditorProps) {
  const wrap = useRef<HTMLSpanElement>(null);
  const note = useId();
  useEffect(() => {
    const input = wrap.current?.querySelector<HTMLInputElement | HTMLSelectElement>('input, select');
    input?.focus();
    if (!(input instanceof HTMLInputElement)) return;
    if (typed) input.setSelectionRange(input.value.length, input.value.length);
    else input.select();
  }, [typed]);
  useEffect(() => {
    // Below the last row it would stand where nobody looks.
    if (problem) wrap.current?.querySelector('.cell-problem')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [problem]);
  return (
    <span className="cell-editor" ref={wrap}>
      <FieldInput field={field} value={text} onChange={onText} onBlur={onLeave} invalid={problem !== null}
        label={`${field.label} of ${recordTitle}`} describedBy={problem ? note : undefined}
        marks={{ 'data-field': field.name, 'data-sync': 'clean' }} />
      {problem ? <span id={note} className="cell-problem" role="alert">{problem}</span> : null}
    </span>
  );
}
