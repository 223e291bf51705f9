import { edit, newRecordId, type Row } from '../../sync';
import { PRODUCT_FIELDS } from '../../ui/fields';
import { plural } from '../../ui/format';
import { toast } from '../../ui/toasts';

export const titleOf = (row: Row): string => String(row.fields['title'] ?? row.fields['sku'] ?? row.id);

const SERVERS = new Set(PRODUCT_FIELDS.filter((field) => field.readOnly).map((field) => field.name));

/** The same product under a new id: a removed id never comes back. */
function bringBack(store: string, row: Row): void {
  const fields = Object.fromEntries(Object.entries(row.fields).filter(([name, value]) => value !== null && !SERVERS.has(name)));
  edit(store, [{ op: 'insert', collection: 'products', id: newRecordId(), fields }]);
}

export function removeProducts(store: string, rows: readonly Row[]): void {
  for (const row of rows) edit(store, [{ op: 'remove', collection: 'products', id: row.id }]);
  toast(rows.length === 1 && rows[0] ? `Removed ${titleOf(rows[0])}` : `Removed ${plural(rows.length, 'product')}`, {
    label: 'Undo', run: () => rows.forEach((row) => bringBack(store, row)),
  });
}
