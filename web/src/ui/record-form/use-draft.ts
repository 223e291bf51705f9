// What a person typed into an open form and has not saved. Fields they did not touch follow the data.
import { useCallback, useMemo, useState } from 'react';
import type { EditOp, FieldValue, Row } from '../../sync';
import { fieldInfo, inputText, parseField, sameValue, type FieldInfo } from '../fields';

export interface DraftField {
  text: string;
  /** What stood there when typing began: the value the author saw. */
  seen: FieldValue;
}

export type Draft = Record<string, DraftField>;

export function typeInto(draft: Draft, field: FieldInfo, text: string, shown: FieldValue): Draft {
  const seen = draft[field.name]?.seen ?? shown;
  const parsed = parseField(field, text);
  const { [field.name]: _, ...others } = draft;
  // Typed back to what was seen: the field is untouched again.
  if (parsed.ok && sameValue(parsed.value, seen)) return others;
  return { ...others, [field.name]: { text, seen } };
}

export type Prepared = { ok: true; values: Record<string, FieldValue> } | { ok: false; problems: Record<string, string> };

/** Every touched field as a value, or what is wrong per field. */
export function prepare(fields: readonly FieldInfo[], draft: Draft): Prepared {
  const values: Record<string, FieldValue> = {};
  const problems: Record<string, string> = {};
  for (const field of fields) {
    const typed = draft[field.name];
    if (!typed) continue;
    const parsed = parseField(field, typed.text);
    if (parsed.ok) values[field.name] = parsed.value;
    else problems[field.name] = parsed.message;
  }
  return Object.keys(problems).length > 0 ? { ok: false, problems } : { ok: true, values };
}

/** From what was seen to what is wanted: each entry of a list by itself, so that others' entries stay; anything else as one `set`. */
export function changeOps(collection: string, id: string, field: FieldInfo, seen: FieldValue, to: FieldValue): EditOp[] {
  if (field.kind !== 'list') return [{ op: 'set', collection, id, field: field.name, to, from: seen }];
  const before = Array.isArray(seen) ? seen : [];
  const after = Array.isArray(to) ? to : [];
  const entry = (op: 'list_add' | 'list_remove') => (value: string): EditOp => ({ op, collection, id, field: field.name, value });
  return [
    ...before.filter((item) => !after.includes(item)).map(entry('list_remove')),
    ...after.filter((item) => !before.includes(item)).map(entry('list_add')),
  ];
}

/** The changed fields, each against what the author saw when it was first touched. */
export function draftOps(collection: string, row: Row, draft: Draft, values: Record<string, FieldValue>): EditOp[] {
  return Object.entries(values).flatMap(([name, to]) => changeOps(collection, row.id, fieldInfo(collection, name), draft[name]?.seen ?? null, to));
}

export function useDraft(fields: readonly FieldInfo[]) {
  const [draft, setDraft] = useState<Draft>({});
  const problems = useMemo(() => {
    const prepared = prepare(fields, draft);
    return prepared.ok ? {} : prepared.problems;
  }, [fields, draft]);
  const type = useCallback((field: FieldInfo, text: string, shown: FieldValue) => {
    setDraft((before) => typeInto(before, field, text, shown));
  }, []);
  const forget = useCallback((name: string) => setDraft(({ [name]: _, ...others }) => others), []);
  const clear = useCallback(() => setDraft({}), []);
  /** What was typed since stays as it is. */
  const restore = useCallback((typed: Draft) => setDraft((now) => ({ ...typed, ...now })), []);
  const text = (field: FieldInfo, shown: FieldValue | undefined) => draft[field.name]?.text ?? inputText(field, shown);
  return { draft, problems, type, forget, clear, restore, text, touched: Object.keys(draft) };
}
