// Sends what was reviewed: as few mutations as their bound allows. What the server refuses is staged again with its reason.
import { edit } from '../../../sync';
import { plural } from '../../../ui/format';
import { afterAnswer, batches, withoutSent, type Change, type Outcome } from './staging';
import type { StagedStore } from './staged-store';

export interface Sending {
  /** All is durable in this browser. */
  queued: Promise<void>;
  /** All is answered; without a connection only when it is back. */
  answered: Promise<Outcome>;
}

export function sendChanges(store: string, staged: StagedStore, changes: readonly Change[]): Sending {
  const sent = batches(changes).map((batch) => {
    const handle = edit(store, batch.ops);
    const queued = handle.queued.then(() => {
      staged.update((now) => withoutSent(now, batch.of));
    });
    const answered = queued.then(() => handle.answered).then((answer) => {
      let outcome: Outcome = { saved: 0, conflicts: 0, refused: 0 };
      staged.update((now) => {
        const after = afterAnswer(now, batch, answer, handle.mutation);
        outcome = after.outcome;
        return after.staged;
      });
      return outcome;
    });
    return { queued, answered };
  });
  return {
    queued: Promise.all(sent.map((one) => one.queued)).then(() => undefined),
    answered: Promise.all(sent.map((one) => one.answered)).then((all) => all.reduce((sum, one) => ({
      saved: sum.saved + one.saved, conflicts: sum.conflicts + one.conflicts, refused: sum.refused + one.refused,
    }), { saved: 0, conflicts: 0, refused: 0 })),
  };
}

export function outcomeWords({ saved, conflicts, refused }: Outcome): string {
  return [
    saved > 0 ? `${plural(saved, 'change')} saved` : '',
    conflicts > 0 ? `${plural(conflicts, 'conflict')} to decide in the table` : '',
    refused > 0 ? `${refused} not saved, still staged with the reason` : '',
  ].filter(Boolean).join(', ');
}
