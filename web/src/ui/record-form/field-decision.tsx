// What has to be decided about one field of a record: a conflict, an edit that was refused.
import { useSession, type Row } from '../../sync';
import { DifferenceRow } from '../difference-row';
import { fieldInfo } from '../fields';
import { RefusedRow } from '../refused-row';

export interface DecisionProps {
  row: Row;
  store: string;
  collection: string;
  name: string;
}

export function FieldDecision({ row, store, collection, name }: DecisionProps) {
  const session = useSession();
  const conflict = row.conflicts[name];
  return (
    <>
      {conflict ? (
        <DifferenceRow field={fieldInfo(collection, name)} conflict={conflict} userName={session.userName}
          of={{ store, collection, record: row.id, field: name }} />
      ) : null}
      {(row.refused ?? []).flatMap((entry) => entry.ops
        .filter((op) => op.collection === collection && op.id === row.id && op.field === name)
        .map((op) => <RefusedRow key={entry.number} store={store} entry={entry} op={op} />))}
    </>
  );
}
