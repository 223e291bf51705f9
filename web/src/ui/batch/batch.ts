// Many changes as one piece of work: sent in mutations of a bounded size, each change answered for itself.
import { edit, type EditAnswer, type EditOp } from '../../sync';
import { plural } from '../format';

/** As many operations as one mutation may hold. */
export const PIECE_MAX = 256;

/** One difference, as it is reviewed and as it is made. */
export interface Change {
  op: EditOp;
  /** Which record, in words. */
  title: string;
  /** What of it: the field's label, "Collection", "Product". */
  label: string;
  from: string;
  to: string;
}

export interface Refusal {
  change: Change;
  why: string;
}

export interface BatchState {
  total: number;
  /** Kept in this browser; the server has not answered yet. */
  waiting: number;
  saved: number;
  /** Somebody else changed the same meanwhile: both values are kept until someone decides. */
  conflicts: number;
  refused: Refusal[];
}

export function pieces<T>(all: readonly T[], max = PIECE_MAX): T[][] {
  return Array.from({ length: Math.ceil(all.length / max) }, (_, at) => all.slice(at * max, (at + 1) * max));
}

/** The answers to one piece, counted. */
export function counted(state: BatchState, piece: readonly Change[], answer: EditAnswer): BatchState {
  const next = { ...state, refused: [...state.refused], waiting: state.waiting - piece.length };
  piece.forEach((change, at) => {
    const op = answer.ops[at];
    if (op?.status === 'applied' || op?.status === 'already') next.saved += 1;
    else if (op?.status === 'conflict' || op?.status === 'held') next.conflicts += 1;
    else next.refused.push({ change, why: op?.message ?? op?.code ?? 'The server did not say why.' });
  });
  return next;
}

export function batchWords({ saved, conflicts, refused, waiting }: BatchState): string {
  const parts = [
    `${saved} saved`, conflicts > 0 ? `${plural(conflicts, 'conflict')} to decide` : '',
    refused.length > 0 ? `${refused.length} refused` : '', waiting > 0 ? `${waiting} waiting to send` : '',
  ];
  return parts.filter(Boolean).join(', ');
}

/** Settles when every piece was answered; tells how it stands after each. */
export async function sendBatch(store: string, changes: readonly Change[], tell: (state: BatchState) => void): Promise<BatchState> {
  let state: BatchState = { total: changes.length, waiting: changes.length, saved: 0, conflicts: 0, refused: [] };
  tell(state);
  const answers: Promise<void>[] = [];
  for (const piece of pieces(changes)) {
    const handle = edit(store, piece.map((change) => change.op), { mode: 'each' });
    const put = (answer: EditAnswer): void => {
      state = counted(state, piece, answer);
      tell(state);
    };
    const lost = handle.notTaken.then((error) => put({ ops: piece.map(() => ({ status: 'refused', message: error.message })) }));
    answers.push(Promise.race([handle.answered.then(put), lost]));
    // One piece after the other: what this browser has not stored yet stays small.
    await Promise.race([handle.queued, lost]);
  }
  await Promise.all(answers);
  return state;
}
