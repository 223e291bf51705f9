// Changes that a person has typed into the grid and not sent. Beside each stands what was seen when it was made, so that what others
// change meanwhile is noticed and nothing is overwritten silently. Stock and lists are sent as differences: they need no decision.
import { COLLECTIONS, LIMITS, type FieldDef } from '../../../protocol/generated';
import type { EditAnswer, EditOp, FieldValue } from '../../../sync';
import { inputText, isNumeric, parseField, sameValue, type FieldInfo } from '../../../ui/fields';

export const COLLECTION = 'products';

export interface StagedCell {
  text: string;
  /** What stood there when it was typed, or when somebody else's value was last decided about. */
  seen: FieldValue;
  /** Why the server refused it, and as part of which mutation. */
  reason?: string;
  mutation?: string;
}

export interface StagedRecord {
  title: string;
  cells: Record<string, StagedCell>;
}

/** By record id. */
export type Staged = Record<string, StagedRecord>;

export interface CellStep {
  id: string;
  title: string;
  field: string;
  before: StagedCell | null;
  after: StagedCell | null;
}

export interface TypedCell {
  id: string;
  title: string;
  field: FieldInfo;
  text: string;
  shown: FieldValue;
}

const POLICIES = new Map((COLLECTIONS.products.fields as readonly FieldDef[]).map((field) => [field.name, field.policy]));

export const isCounter = (field: FieldInfo): boolean => POLICIES.get(field.name) === 'counter';

/** Merges with what others do to the same field: their value is shown, and asks for no decision. */
export const isShared = (field: FieldInfo): boolean => isCounter(field) || field.kind === 'list';

export const cellAt = (staged: Staged, id: string, field: string): StagedCell | null => staged[id]?.cells[field] ?? null;

const sameCell = (a: StagedCell | null, b: StagedCell | null): boolean =>
  a === b || (a !== null && b !== null && a.text === b.text && sameValue(a.seen, b.seen) && a.reason === b.reason);

function withCell(staged: Staged, id: string, title: string, field: string, cell: StagedCell | null): Staged {
  const record = staged[id] ?? { title, cells: {} };
  const { [field]: _, ...others } = record.cells;
  const cells = cell ? { ...others, [field]: cell } : others;
  if (Object.keys(cells).length > 0) return { ...staged, [id]: { title, cells } };
  const { [id]: gone, ...rest } = staged;
  return gone ? rest : staged;
}

/** One line of text, as the field takes it: what sheets break over lines stands in one here. */
function oneLine(field: FieldInfo, text: string): string {
  if (field.kind === 'choice') {
    const wanted = text.trim().toLowerCase();
    return field.choices?.find((choice) => choice.toLowerCase() === wanted) ?? text.trim();
  }
  return field.kind === 'list' ? text : text.replace(/\s*[\r\n]+\s*/g, ' ');
}

/** What is typed, pasted or filled into cells, as one step that can be taken back. Typed back to what was seen: not staged any more. */
export function stageCells(staged: Staged, typed: readonly TypedCell[]): { staged: Staged; step: CellStep[] } {
  const step: CellStep[] = [];
  let next = staged;
  for (const { id, title, field, text, shown } of typed) {
    const before = cellAt(next, id, field.name);
    const seen = before?.seen ?? shown;
    const plain = oneLine(field, text);
    const parsed = parseField(field, plain);
    const after = parsed.ok && sameValue(parsed.value, seen) ? null : { text: plain, seen };
    if (sameCell(before, after)) continue;
    next = withCell(next, id, title, field.name, after);
    step.push({ id, title, field: field.name, before, after });
  }
  return { staged: next, step };
}

/** A cell that was changed otherwise since the step stays as it is. */
export function applyStep(staged: Staged, step: readonly CellStep[], to: 'before' | 'after'): Staged {
  let next = staged;
  for (const one of step) {
    const expected = to === 'before' ? one.after : one.before;
    if (sameCell(cellAt(next, one.id, one.field), expected)) next = withCell(next, one.id, one.title, one.field, one[to]);
  }
  return next;
}

export function unstage(staged: Staged, id: string, field: string): Staged {
  return withCell(staged, id, staged[id]?.title ?? '', field, null);
}

/** Decided for the own value although others changed it: from now on theirs is what was seen. */
export function keepMine(staged: Staged, id: string, field: string, shown: FieldValue): Staged {
  const cell = cellAt(staged, id, field);
  return cell ? withCell(staged, id, staged[id]?.title ?? '', field, { text: cell.text, seen: shown }) : staged;
}

export const countStaged = (staged: Staged): number =>
  Object.values(staged).reduce((sum, record) => sum + Object.keys(record.cells).length, 0);

/** What a staged cell comes to, beside the value that the record has now. */
export interface CellState {
  /** The value that will stand there; null with `problem`. */
  value: FieldValue;
  problem: string | null;
  /** Somebody else's value, when it is not the one that was seen. */
  theirs: { value: FieldValue; decide: boolean } | null;
  /** The record has the value already: nothing is left to send. */
  settled: boolean;
}

/** What a counter has after the difference is added. */
const added = (wanted: number, seen: FieldValue, shown: FieldValue): number =>
  (typeof shown === 'number' ? shown : 0) + wanted - (typeof seen === 'number' ? seen : 0);

export function cellState(field: FieldInfo, cell: StagedCell, shown: FieldValue): CellState {
  const parsed = parseField(field, cell.text);
  const moved = !sameValue(shown, cell.seen);
  const theirs = moved ? { value: shown, decide: !isShared(field) } : null;
  if (!parsed.ok) return { value: null, problem: parsed.message, theirs, settled: false };
  if (isCounter(field)) {
    if (typeof parsed.value !== 'number') return { value: null, problem: 'Write a whole number', theirs, settled: false };
    const value = added(parsed.value, cell.seen, shown);
    const problem = field.min !== undefined && value < field.min ? 'Others took some meanwhile: less than that is left' : null;
    return { value: problem ? null : value, problem, theirs, settled: false };
  }
  // A list merges by element; anything else that stands there already needs no sending.
  return { value: parsed.value, problem: null, theirs, settled: moved && sameValue(parsed.value, shown) };
}

/** Staged values that would stand twice where each may stand once, among what the page shows. */
export function doubled(field: FieldInfo, values: readonly { id: string; value: FieldValue }[]): Map<string, string> {
  const first = new Map<string, string>();
  const problems = new Map<string, string>();
  for (const { id, value } of values) {
    if (typeof value !== 'string' || value === '') continue;
    const key = value.toLowerCase();
    const other = first.get(key);
    if (other === undefined) first.set(key, id);
    else for (const one of [other, id]) problems.set(one, `${field.label} “${value}” stands twice on this page`);
  }
  return problems;
}

/** One cell that can be sent. */
export interface Change {
  id: string;
  title: string;
  field: FieldInfo;
  cell: StagedCell;
  from: FieldValue;
  to: FieldValue;
}

const listOf = (value: FieldValue): readonly string[] => (Array.isArray(value) ? value : []);

export function changeOps({ id, field, cell, to }: Change): EditOp[] {
  const at = { collection: COLLECTION, id, field: field.name };
  const parsed = parseField(field, cell.text);
  if (!parsed.ok) return [];
  if (isCounter(field)) {
    const amount = Number(parsed.value) - (typeof cell.seen === 'number' ? cell.seen : 0);
    return amount === 0 ? [] : [{ op: 'add', ...at, amount, ...(field.min === undefined ? {} : { min: field.min }) }];
  }
  if (field.kind === 'list') {
    const [before, after] = [listOf(cell.seen), listOf(parsed.value)];
    return [
      ...after.filter((item) => !before.includes(item)).map((value): EditOp => ({ op: 'list_add', ...at, value })),
      ...before.filter((item) => !after.includes(item)).map((value): EditOp => ({ op: 'list_remove', ...at, value })),
    ];
  }
  return [{ op: 'set', ...at, to, from: cell.seen }];
}

export interface Batch {
  ops: EditOp[];
  /** The change that each operation belongs to. */
  of: Change[];
}

/** As few mutations as their bound allows; the operations of one cell are never parted. */
export function batches(changes: readonly Change[], most: number = LIMITS.opsPerMutation): Batch[] {
  const made: Batch[] = [];
  for (const change of changes) {
    const ops = changeOps(change).slice(0, most);
    if (ops.length === 0) continue;
    let last = made.at(-1);
    if (!last || last.ops.length + ops.length > most) {
      last = { ops: [], of: [] };
      made.push(last);
    }
    last.ops.push(...ops);
    last.of.push(...ops.map(() => change));
  }
  return made;
}

/** Sent: the queue holds it from now on. What was typed since stays. */
export function withoutSent(staged: Staged, changes: readonly Change[]): Staged {
  return changes.reduce((next, { id, field, cell }) => (sameCell(cellAt(next, id, field.name), cell) ? unstage(next, id, field.name) : next), staged);
}

export interface Outcome {
  saved: number;
  conflicts: number;
  refused: number;
}

/** What the server answered, cell by cell: what it refused is staged again with its reason, unless something newer is. */
export function afterAnswer(staged: Staged, batch: Batch, answer: EditAnswer, mutation: string): { staged: Staged; outcome: Outcome } {
  const worst = new Map<Change, { status: 'saved' | 'conflicts' | 'refused'; reason: string }>();
  batch.of.forEach((change, at) => {
    // What was not taken at all has one answer for everything.
    const op = answer.ops[at] ?? answer.ops[0];
    const status = op?.status === 'refused' || op?.status === 'held' ? 'refused' : op?.status === 'conflict' ? 'conflicts' : 'saved';
    const known = worst.get(change)?.status;
    if (known === 'refused' || (known === 'conflicts' && status === 'saved')) return;
    worst.set(change, { status, reason: op?.message ?? op?.code ?? 'the server refused it' });
  });
  const outcome: Outcome = { saved: 0, conflicts: 0, refused: 0 };
  let next = staged;
  for (const [change, { status, reason }] of worst) {
    outcome[status] += 1;
    const { id, title, field, cell } = change;
    if (status !== 'refused' || cellAt(next, id, field.name)) continue;
    next = withCell(next, id, title, field.name, { text: cell.text, seen: cell.seen, reason, mutation });
  }
  return { staged: next, outcome };
}

/** What a cell reads as on the clipboard: as typed while staged, else plain, so that it can be pasted back. */
export const copyText = (field: FieldInfo, cell: StagedCell | null, shown: FieldValue): string =>
  cell ? cell.text : isNumeric(field.kind) || field.kind !== 'flag' ? inputText(field, shown) : String(shown ?? '');

const isCell = (value: unknown): value is StagedCell =>
  typeof value === 'object' && value !== null && typeof (value as StagedCell).text === 'string' && 'seen' in value;

/** What was kept may be of an older version or damaged: only what is understood counts. */
export function readStaged(text: string | null): Staged {
  try {
    const kept: unknown = JSON.parse(text ?? '{}');
    if (typeof kept !== 'object' || kept === null) return {};
    let staged: Staged = {};
    for (const [id, record] of Object.entries(kept as Record<string, Partial<StagedRecord> | null>)) {
      for (const [field, cell] of Object.entries(record?.cells ?? {})) {
        if (POLICIES.has(field) && isCell(cell)) staged = withCell(staged, id, String(record?.title ?? ''), field, cell);
      }
    }
    return staged;
  } catch {
    return {};
  }
}
