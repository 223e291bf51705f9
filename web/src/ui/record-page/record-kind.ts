// A collection as its pages need it: one such entry and a page that names it are all that a new collection takes.
import { COLLECTIONS, type CollectionDef } from '../../protocol/generated';
import { edit, newRecordId, type FieldValue, type Row } from '../../sync';
import { fieldInfo } from '../fields';
import { plural } from '../format';
import type { Column } from '../live-table/columns';
import type { FieldGroup } from '../record-form/record-form';
import { toast } from '../toasts';

export interface RecordKind {
  collection: string;
  /** In words: "collection", "collections". */
  one: string;
  many: string;
  /** Heading of the list. */
  title: string;
  titleField: string;
  sort: string;
  sortable: readonly string[];
  /** Fields that an address may filter by, with their values. */
  filters: Record<string, readonly string[]>;
  columns: readonly Column[];
  groups: readonly FieldGroup[];
  /** Null: its texts are not searched. */
  search: string | null;
  /** What stands in the form of a new one. */
  fresh: Record<string, string>;
  empty: { title: string; text: string };
}

interface Described extends Omit<RecordKind, 'sortable' | 'sort' | 'filters' | 'search' | 'fresh'> {
  filters?: RecordKind['filters'];
  search?: string;
  fresh?: RecordKind['fresh'];
}

const definition = (collection: string): CollectionDef | undefined => Object.values(COLLECTIONS).find((one) => one.name === collection);

export function recordKind(described: Described): RecordKind {
  const known = definition(described.collection);
  return {
    sort: known?.defaultSort ?? '', sortable: (known?.fields ?? []).filter((field) => field.sortable).map((field) => field.name),
    filters: {}, search: null, fresh: {}, ...described,
  };
}

export function column(collection: string, name: string, width: number, more: Partial<Column> = {}): Column {
  return { field: fieldInfo(collection, name), width, editable: true, onCard: true, ...more };
}

export const group = (title: string, collection: string, ...names: string[]): FieldGroup =>
  ({ title, fields: names.map((name) => fieldInfo(collection, name)) });

export const titleOf = (kind: RecordKind) => (row: Row): string => String(row.fields[kind.titleField] ?? kind.one);

/** Makes a record: under an id of its own, or under the one that its key fields say. The id, where it is known before the server answers. */
export function insertRecord(store: string, collection: string, fields: Record<string, FieldValue>): string | null {
  if (definition(collection)?.key === 'natural') {
    edit(store, [{ op: 'insert', collection, fields }]);
    return null;
  }
  const id = newRecordId();
  edit(store, [{ op: 'insert', collection, id, fields }]);
  return id;
}

/** A removed id never comes back: undoing makes the same record under a new one, unless its key fields say which it is. */
export function removeRecords(store: string, kind: RecordKind, rows: readonly Row[]): void {
  for (const row of rows) edit(store, [{ op: 'remove', collection: kind.collection, id: row.id }]);
  const [only] = rows;
  const writable = new Set(definition(kind.collection)?.fields.filter((field) => field.write !== 'system').map((field) => field.name));
  toast(rows.length === 1 && only ? `Removed ${titleOf(kind)(only)}` : `Removed ${plural(rows.length, kind.one, kind.many)}`, {
    label: 'Undo', run: () => rows.forEach((row) => insertRecord(store, kind.collection, Object.fromEntries(
      Object.entries(row.fields).filter(([name, value]) => value !== null && writable.has(name)),
    ))),
  });
}
