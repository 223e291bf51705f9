import { useSession, type Row } from '../../sync';
import { DifferenceRow } from '../difference-row';
import { fieldInfo } from '../fields';
import { RefusedRow } from '../refused-row';

export function needsDetails(row: Row): boolean {
  return Object.keys(row.conflicts).length > 0 || Object.values(row.marks).includes('refused');
}

/** What a person has to decide about this row, below it and nowhere else. */
export function RowDetails({ row, store, collection }: { row: Row; store: string; collection: string }) {
  const session = useSession();
  return (
    <>
      {Object.entries(row.conflicts).map(([name, conflict]) => (
        <DifferenceRow key={conflict.id} field={fieldInfo(collection, name)} conflict={conflict} userName={session.userName}
          about={name === '' ? 'changed_since' : 'field'} of={{ store, collection, record: row.id, field: name }} />
      ))}
      {(row.refused ?? []).flatMap((entry) => entry.ops
        .filter((op) => op.collection === collection && op.id === row.id)
        .map((op) => <RefusedRow key={`${entry.number}:${op.field ?? op.op}`} store={store} entry={entry} op={op} />))}
    </>
  );
}
