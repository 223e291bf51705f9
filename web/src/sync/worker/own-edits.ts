// The edits that tabs of this browser make: each until it is answered, told to the tab that made it; and those that can be taken back.
import { COLLECTIONS, type CollectionName } from '../../protocol/generated';
import { newMutationId, newRecordId } from '../ids';
import type { EditAnswer, EditOp } from '../types';
import type { PageMessage } from '../worker-protocol';
import type { CoreError } from './core-session';
import type { TabPort } from './leadership';

/** Own edits that can be taken back, of this browser's life. */
const UNDO_MAX = 200;
/** A page posts an edit again until it hears of it: so many confirmed ones are remembered. */
const CONFIRMED_MAX = 10_000;

type EditMessage = Extract<PageMessage, { t: 'edit' }>;
type Step = 'edit' | 'undo' | 'redo';

interface Made {
  port: TabPort;
  store: string;
  undoable: boolean;
  step: Step;
}

interface UndoStep {
  store: string;
  ops: EditOp[];
}

export interface NewEdit {
  store: string;
  mutation: string;
  ops: EditOp[];
  all: boolean;
}

export class OwnEdits {
  /** Hands an edit to its store's session; an error means that it was not taken. */
  readonly #make: (edit: NewEdit) => Promise<CoreError | null>;
  readonly #open = new Map<string, Made>();
  readonly #confirmed = new Set<string>();
  /** Undoable ones that are not durable yet. */
  readonly #undecided = new Set<string>();
  #undo: UndoStep[] = [];
  #redo: UndoStep[] = [];
  #waitingSteps: (() => void)[] = [];

  constructor(make: (edit: NewEdit) => Promise<CoreError | null>) {
    this.#make = make;
  }

  edit(port: TabPort, message: EditMessage): void {
    // Posted again until confirmed: the first time counts.
    if (this.#confirmed.has(message.mutation)) {
      port.post({ t: 'queued', mutation: message.mutation });
      return;
    }
    if (this.#open.has(message.mutation)) return;
    this.#begin(message, { port, store: message.store, undoable: message.undoable, step: 'edit' });
  }

  #begin(edit: NewEdit, made: Made): void {
    this.#open.set(edit.mutation, made);
    if (made.undoable) this.#undecided.add(edit.mutation);
    void this.#make(edit).then((error) => {
      if (!error) return;
      this.#open.delete(edit.mutation);
      this.#undecided.delete(edit.mutation);
      made.port.post({ t: 'rejected', mutation: edit.mutation, code: error.code, message: error.message });
    });
  }

  step(port: TabPort, direction: 'undo' | 'redo', request: string): void {
    // An edit that is not durable yet is not on the stack yet: what undoes it waits for it.
    if (this.#undecided.size > 0) {
      this.#waitingSteps.push(() => this.step(port, direction, request));
      return;
    }
    const step = (direction === 'undo' ? this.#undo : this.#redo).pop();
    port.post({ t: 'reply', request, ok: step !== undefined });
    if (!step) return;
    const edit = { store: step.store, mutation: newMutationId(), ops: this.#redrawn(step.ops), all: false };
    this.#begin(edit, { port, store: step.store, undoable: true, step: direction });
  }

  /** A removed id never comes back: what is inserted again gets a new one, and the steps that name the old one follow it. */
  #redrawn(ops: EditOp[]): EditOp[] {
    const drawn = new Map<string, string>();
    for (const op of ops) {
      // Ids that are derived from a key stay what they are: such a record may come back.
      if (op.op === 'insert' && op.id && COLLECTIONS[op.collection as CollectionName].key !== 'natural') drawn.set(op.id, newRecordId());
    }
    if (drawn.size === 0) return ops;
    const renamed = (list: EditOp[]): EditOp[] => list.map((op) => (op.id === undefined ? op : { ...op, id: drawn.get(op.id) ?? op.id } as EditOp));
    for (const step of [...this.#undo, ...this.#redo]) step.ops = renamed(step.ops);
    return renamed(ops);
  }

  toldQueued(text: string): void {
    const { mutation, inverse } = JSON.parse(text) as { mutation: string; inverse: EditOp[] | null };
    const made = this.#open.get(mutation);
    this.#undecided.delete(mutation);
    this.#confirmed.add(mutation);
    if (this.#confirmed.size > CONFIRMED_MAX) this.#confirmed.delete(this.#confirmed.values().next().value ?? '');
    made?.port.post({ t: 'queued', mutation });
    if (made?.undoable && inverse && inverse.length > 0) this.#remember(made, inverse);
    this.#runWaitingSteps();
  }

  #remember(made: Made, inverse: EditOp[]): void {
    const step = { store: made.store, ops: inverse };
    if (made.step === 'undo') {
      this.#redo.push(step);
      return;
    }
    if (made.step === 'edit') this.#redo = [];
    this.#undo.push(step);
    if (this.#undo.length > UNDO_MAX) this.#undo.shift();
  }

  #runWaitingSteps(): void {
    const steps = this.#waitingSteps;
    this.#waitingSteps = [];
    for (const step of steps) step();
  }

  toldAnswered(text: string): void {
    const { mutation, ops } = JSON.parse(text) as { mutation: string; ops: EditAnswer['ops'] };
    const made = this.#open.get(mutation);
    this.#open.delete(mutation);
    this.#undecided.delete(mutation);
    made?.port.post({ t: 'answered', mutation, answer: { ops } });
    this.#runWaitingSteps();
  }

  toldRejected(text: string): void {
    const { mutation, code, message } = JSON.parse(text) as { mutation: string; code: string; message: string };
    const made = this.#open.get(mutation);
    this.#open.delete(mutation);
    this.#undecided.delete(mutation);
    made?.port.post({ t: 'rejected', mutation, code, message });
    this.#runWaitingSteps();
  }
}
