import { api, edit, type EditOp, type RowConflict } from '../sync';
import type { Choice } from './difference-row';
import { toast } from './toasts';

/** The field that two people disagree about; `field` is empty when it is about the whole record. */
export interface Disputed {
  store: string;
  collection: string;
  record: string;
  field: string;
}

/** A decision as the server makes it of a choice: the conflict ends and the field gets its value. */
export function decisionOps({ collection, record, field }: Disputed, conflict: Pick<RowConflict, 'id' | 'mine'>, choice: Choice): EditOp[] {
  const closing: EditOp[] = [
    { op: 'set', collection: 'conflicts', id: conflict.id, field: 'status', from: 'open', to: 'resolved' },
    { op: 'set', collection: 'conflicts', id: conflict.id, field: 'resolution', to: choice.choice },
  ];
  if (choice.choice === 'theirs') return closing;
  return [...closing, { op: 'set', collection, id: record, field, to: choice.choice === 'mine' ? conflict.mine : choice.value }];
}

/**
 * Without a connection: an edit like others, which says what its author saw. Where the field has moved again by the time it arrives, the
 * decided value stands against it in a conflict of its own. Not on the stack of Ctrl+Z: that would open the conflict again.
 */
export function decideLater(about: Disputed, conflict: RowConflict, choice: Choice): void {
  edit(about.store, decisionOps(about, conflict, choice), { undoable: false });
}

/** Null when it worked, else the sentence that says why not. */
export async function decideNow(id: string, choice: Choice): Promise<string | null> {
  const answer = await api('POST', `/api/conflicts/${encodeURIComponent(id)}/resolve`, choice);
  if (answer.ok) return null;
  if (answer.error.code === 'already_resolved') {
    toast('Somebody resolved this meanwhile');
    return null;
  }
  return answer.error.detail || 'This could not be stored now. Both values are kept; try again.';
}
