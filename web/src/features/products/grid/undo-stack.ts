// Steps that can be taken back and done again, of anything. A new step ends what could have been done again.

/** More than anybody takes back one by one; each step holds the cells that it changed. */
export const UNDO_MAX_STEPS = 200;

export interface UndoStack<Step> {
  done: readonly Step[];
  undone: readonly Step[];
}

export const emptyStack = <Step>(): UndoStack<Step> => ({ done: [], undone: [] });

export function pushStep<Step>(stack: UndoStack<Step>, step: Step, most = UNDO_MAX_STEPS): UndoStack<Step> {
  return { done: [...stack.done, step].slice(-most), undone: [] };
}

export function takeBack<Step>(stack: UndoStack<Step>): { stack: UndoStack<Step>; step: Step } | null {
  const step = stack.done.at(-1);
  if (step === undefined) return null;
  return { step, stack: { done: stack.done.slice(0, -1), undone: [...stack.undone, step] } };
}

export function doAgain<Step>(stack: UndoStack<Step>): { stack: UndoStack<Step>; step: Step } | null {
  const step = stack.undone.at(-1);
  if (step === undefined) return null;
  return { step, stack: { done: [...stack.done, step], undone: stack.undone.slice(0, -1) } };
}
