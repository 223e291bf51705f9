import { describe, expect, it, vi } from 'vitest';
import type { EditAnswer, FieldValue, Row } from '../../../sync';
import { fieldInfo, inputText, sameValue } from '../../../ui/fields';
import { review } from './review';
import {
  afterAnswer, applyStep, batches, cellAt, cellState, changeOps, copyText, countStaged, keepMine, readStaged, stageCells, unstage, withoutSent,
  type CellStep, type Change, type Staged, type TypedCell,
} from './staging';
import { forSeeds, type Random } from './test-random';
import { doAgain, emptyStack, pushStep, takeBack } from './undo-stack';

// Many cases on a machine that does other things as well: slow is not wrong.
vi.setConfig({ testTimeout: 60_000 });

const field = (name: string) => fieldInfo('products', name);
const FIELDS = ['title', 'sku', 'status', 'price', 'inventory', 'tags', 'category', 'weight'];
const TEXTS = ['', 'a', 'B', '12.50', '12.5', '7', '-3', 'Active', 'x, y', 'active', '£1,299.00', 'two\nlines', '1e5'];
const SHOWN: FieldValue[] = [null, 'a', '12.5', 7, 'Active', ['x', 'y']];

/** A value that the field can have. */
function shownOf(name: string, random: Random): FieldValue {
  if (name === 'inventory') return random.pick([null, 0, 7, 100]);
  if (name === 'tags') return random.pick<FieldValue>([null, ['x'], ['x', 'y']]);
  if (name === 'price' || name === 'weight') return random.pick([null, '12.5', '7']);
  if (name === 'status') return random.pick(['Active', 'Inactive']);
  return random.pick(SHOWN.filter((value) => value === null || typeof value === 'string'));
}

/** Records that stand still while somebody types into them. */
function world(random: Random): (id: string, name: string) => FieldValue {
  const values = new Map<string, FieldValue>();
  for (const id of ['1', '2', '3']) for (const name of FIELDS) values.set(`${id}:${name}`, shownOf(name, random));
  return (id, name) => values.get(`${id}:${name}`) ?? null;
}

function someTyping(random: Random, shown: (id: string, name: string) => FieldValue): TypedCell[] {
  return Array.from({ length: 1 + random.below(5) }, () => {
    const [id, name] = [random.pick(['1', '2', '3']), random.pick(FIELDS)];
    return { id, title: `Mug ${id}`, field: field(name), text: random.pick(TEXTS), shown: shown(id, name) };
  });
}

const typed = (id: string, name: string, text: string, shown: FieldValue): TypedCell => ({ id, title: `Mug ${id}`, field: field(name), text, shown });
const staging = (...cells: TypedCell[]): Staged => stageCells({}, cells).staged;

describe('staged changes', () => {
  it('come back step by step to where they began, and forward again to where they were', () => {
    forSeeds(200, (random) => {
      const shown = world(random);
      const states: Staged[] = [{}];
      let stack = emptyStack<CellStep[]>();
      for (let n = 0; n < 8; n += 1) {
        const made = stageCells(states.at(-1)!, someTyping(random, shown));
        if (made.step.length === 0) continue;
        states.push(made.staged);
        stack = pushStep(stack, made.step);
      }
      let now = states.at(-1)!;
      for (let at = states.length - 2; at >= 0; at -= 1) {
        const back = takeBack(stack)!;
        stack = back.stack;
        now = applyStep(now, [...back.step].reverse(), 'before');
        expect(now).toEqual(states[at]);
      }
      expect(takeBack(stack)).toBeNull();
      for (let at = 1; at < states.length; at += 1) {
        const again = doAgain(stack)!;
        stack = again.stack;
        now = applyStep(now, again.step, 'after');
        expect(now).toEqual(states[at]);
      }
    });
  });
  it('survive being kept as text, and damage costs only what it damaged', () => {
    forSeeds(200, (random) => {
      const { staged } = stageCells({}, someTyping(random, world(random)));
      expect(readStaged(JSON.stringify(staged))).toEqual(staged);
    });
    expect(readStaged('{"1":{"title":"Mug","cells":{"price":{"text":"3","seen":null},"nothing":{"text":"3","seen":null},"sku":7}}}'))
      .toEqual({ 1: { title: 'Mug', cells: { price: { text: '3', seen: null } } } });
    for (const text of [null, '', '{', '7', 'null', '[]']) expect(readStaged(text)).toEqual({});
  });
  it('hold nothing that is as it was, and no record without a change', () => {
    forSeeds(200, (random) => {
      const shown = world(random);
      const { staged } = stageCells({}, someTyping(random, shown));
      for (const [id, record] of Object.entries(staged)) {
        expect(Object.keys(record.cells).length).toBeGreaterThan(0);
        for (const [name, cell] of Object.entries(record.cells)) {
          const state = cellState(field(name), cell, shown(id, name));
          if (!state.problem) expect(sameValue(state.value, shown(id, name))).toBe(false);
        }
      }
      // Copied and pasted back where it stood: nothing is staged by it.
      const [id, name] = [random.pick(['1', '2', '3']), random.pick(FIELDS)];
      const value = shown(id, name);
      // A value of another kind than the field's (a title that is needed and is not there) cannot be typed back.
      if (value !== null || name !== 'title') expect(staging(typed(id, name, copyText(field(name), null, value), value))).toEqual({});
    });
  });
  it('remember what was seen first, and say what others made of it since', () => {
    let staged = staging(typed('1', 'price', '12', '9.5'));
    staged = stageCells(staged, [typed('1', 'price', '13', '11')]).staged;
    expect(cellAt(staged, '1', 'price')).toEqual({ text: '13', seen: '9.5' });
    expect(cellState(field('price'), cellAt(staged, '1', 'price')!, '11')).toMatchObject({ value: '13', theirs: { value: '11', decide: true } });
    staged = keepMine(staged, '1', 'price', '11');
    expect(cellState(field('price'), cellAt(staged, '1', 'price')!, '11').theirs).toBeNull();
    expect(unstage(staged, '1', 'price')).toEqual({});
  });
  it('add to stock whatever others took, and never go below nothing', () => {
    const staged = staging(typed('1', 'inventory', '120', 100));
    expect(cellState(field('inventory'), cellAt(staged, '1', 'inventory')!, 95)).toMatchObject({ value: 115, problem: null, theirs: { value: 95, decide: false } });
    const less = cellAt(staging(typed('1', 'inventory', '10', 100)), '1', 'inventory')!;
    expect(cellState(field('inventory'), less, 50).problem).toMatch(/less than that is left/);
    expect(cellState(field('inventory'), { text: '', seen: 100 }, 100).problem).toBe('Write a whole number');
  });
  it('say in words what cannot be saved', () => {
    expect(cellState(field('title'), { text: ' ', seen: 'Mug' }, 'Mug').problem).toBe('Title is needed');
    expect(cellState(field('price'), { text: '1,5', seen: null }, null).problem).toMatch(/decimals with a point/);
    expect(cellAt(staging(typed('1', 'status', 'inactive', 'Active')), '1', 'status')?.text).toBe('Inactive');
    expect(cellAt(staging(typed('1', 'title', 'two\r\n lines', 'Mug')), '1', 'title')?.text).toBe('two lines');
  });
});

function someChanges(random: Random, count: number): Change[] {
  const shown = world(random);
  const rows = new Map<string, Row | null>();
  let staged: Staged = {};
  for (let n = 0; n < count; n += 1) {
    const id = String(n);
    const name = random.pick(['price', 'inventory', 'category', 'tags']);
    const text = { price: `${n}.25`, inventory: String(n + 1_000), category: `Box ${n}`, tags: `x, tag ${n}` }[name]!;
    staged = stageCells(staged, [typed(id, name, text, shown('1', name))]).staged;
    rows.set(id, { id, fields: { [name]: shown('1', name) }, marks: {}, reasons: {}, conflicts: {}, version: 1, changedAt: null, changedBy: null, foreign: {}, removed: null, placed: true });
  }
  return review(staged, rows).ready.map((one) => one.change);
}

describe('a save', () => {
  it('sends every operation once, in mutations within their bound, and parts no cell', () => {
    forSeeds(25, (random) => {
      const changes = someChanges(random, 1 + random.below(700));
      const made = batches(changes);
      for (const batch of made) {
        expect(batch.ops.length).toBeLessThanOrEqual(256);
        expect(batch.of).toHaveLength(batch.ops.length);
      }
      expect(made.flatMap((batch) => batch.ops)).toEqual(changes.flatMap((change) => changeOps(change)));
      const places = new Map<Change, Set<number>>();
      made.forEach((batch, at) => batch.of.forEach((change) => places.set(change, (places.get(change) ?? new Set()).add(at))));
      for (const at of places.values()) expect(at.size).toBe(1);
      expect(made.length).toBeLessThanOrEqual(Math.ceil(changes.flatMap((change) => changeOps(change)).length / 250) + 1);
    });
  });
  it('keeps staged what was refused, with its reason, and nothing else', () => {
    forSeeds(150, (random) => {
      const changes = someChanges(random, 1 + random.below(30));
      const before = changes.reduce<Staged>((staged, { id, title, field: of, cell }) => ({ ...staged, [id]: { title, cells: { [of.name]: cell } } }), {});
      for (const batch of batches(changes)) {
        const statuses = batch.ops.map(() => random.pick(['applied', 'already', 'conflict', 'refused', 'held'] as const));
        const answer: EditAnswer = { ops: statuses.map((status) => ({ status, message: `because ${status}` })) };
        const sent = withoutSent(before, changes);
        expect(sent).toEqual({});
        const { staged, outcome } = afterAnswer(sent, batch, answer, 'm1');
        const refused = changes.filter((change) => batch.of.some((of, at) => of === change && (statuses[at] === 'refused' || statuses[at] === 'held')));
        expect(countStaged(staged)).toBe(refused.length);
        for (const { id, field: of, cell } of refused) expect(cellAt(staged, id, of.name)).toMatchObject({ text: cell.text, seen: cell.seen, mutation: 'm1' });
        expect(outcome.saved + outcome.conflicts + outcome.refused).toBe(changes.length);
        expect(outcome.refused).toBe(refused.length);
      }
    });
  });
  it('never puts an old refusal over what was typed since', () => {
    const change: Change = { id: '1', title: 'Mug', field: field('price'), cell: { text: '3', seen: '2' }, from: '2', to: '3' };
    const [batch] = batches([change]);
    const since = staging(typed('1', 'price', '4', '2'));
    expect(afterAnswer(since, batch!, { ops: [{ status: 'refused', message: 'no' }] }, 'm1').staged).toEqual(since);
    expect(withoutSent(since, [change])).toEqual(since);
    // Not taken at all: one answer for everything.
    const two = batches([change, { ...change, id: '2' }])[0]!;
    expect(countStaged(afterAnswer({}, two, { ops: [{ status: 'refused' }] }, 'm1').staged)).toBe(2);
  });
  it('is reviewed cell by cell: what is ready, wrong, contested, settled, not here', () => {
    const row = (id: string, fields: Record<string, FieldValue>, gone = false): Row => ({
      id, fields, marks: {}, reasons: {}, conflicts: {}, version: 1, changedAt: null, changedBy: null, foreign: {}, removed: gone ? { by: 'ada', at: 1 } : null, placed: true,
    });
    const staged = staging(
      typed('1', 'price', '12', '9'), typed('2', 'price', 'x', '9'), typed('3', 'price', '12', '9'), typed('4', 'price', '12', '9'), typed('5', 'price', '12', '9'),
      typed('6', 'price', '12', '9'), typed('1', 'sku', 'MUG-4', 'MUG-1'),
    );
    const made = review(staged, new Map<string, Row | null>([
      ['1', row('1', { price: '9', sku: 'MUG-1' })], ['2', row('2', { price: '9' })], ['3', row('3', { price: '10' })], ['4', row('4', { price: '12', sku: 'mug-4' })],
      ['5', row('5', { price: '9' }, true)],
    ]));
    const ids = (cells: readonly { id: string }[]) => cells.map((cell) => cell.id);
    expect(ids(made.ready)).toEqual(['1']);
    expect(ids(made.problems)).toEqual(['1', '2', '5']);
    expect(made.problems[0]?.state.problem).toMatch(/stands twice/);
    expect(ids(made.decide)).toEqual(['3']);
    expect(ids(made.settled)).toEqual(['4']);
    expect(made.elsewhere).toBe(1);
  });
  it('copies a cell as it can be typed', () => {
    expect(copyText(field('price'), null, '1299')).toBe(inputText(field('price'), '1299'));
    expect(copyText(field('price'), { text: '3', seen: null }, '1299')).toBe('3');
  });
});
