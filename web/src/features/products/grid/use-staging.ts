// What is staged through the cells of the grid, step by step, so that every step can be taken back and done again.
import { useCallback, useState } from 'react';
import type { Row } from '../../../sync';
import { announce } from '../../../ui/announcer';
import { plural } from '../../../ui/format';
import { toast } from '../../../ui/toasts';
import type { SheetColumn } from './grid-columns';
import type { Spot } from './range';
import { STAGED_MAX_CELLS, type StagedStore } from './staged-store';
import { applyStep, cellAt, copyText, stageCells, type CellStep, type TypedCell } from './staging';
import { doAgain, emptyStack, pushStep, takeBack, type UndoStack } from './undo-stack';

export interface SheetProps {
  rows: readonly Row[];
  columns: readonly SheetColumn[];
  staged: StagedStore;
  titleOf: (row: Row) => string;
}

export function useStaging({ rows, columns, staged, titleOf }: SheetProps) {
  const [steps, setSteps] = useState<UndoStack<CellStep[]>>(emptyStack);

  /** One step of everything that is typed into these cells; rows that are gone take nothing. */
  const stage = useCallback((cells: readonly { spot: Spot; text: string }[], what: string): void => {
    const typed = cells.flatMap(({ spot, text }): TypedCell[] => {
      const [row, column] = [rows[spot.row], columns[spot.column]];
      if (!row || !column || row.removed) return [];
      return [{ id: row.id, title: titleOf(row), field: column.field, text, shown: row.fields[column.field.name] ?? null }];
    });
    let step: CellStep[] = [];
    const taken = staged.update((now) => {
      const next = stageCells(now, typed);
      step = next.step;
      return next.staged;
    });
    if (!taken) return toast(`At most ${plural(STAGED_MAX_CELLS, 'change')} can be staged. Save these first.`);
    if (step.length === 0) return;
    setSteps((stack) => pushStep(stack, step));
    if (cells.length > 1) announce(`${what} ${plural(step.length, 'cell')}`);
  }, [rows, columns, staged, titleOf]);

  const textAt = (spot: Spot): string => {
    const [row, column] = [rows[spot.row], columns[spot.column]];
    return row && column ? copyText(column.field, cellAt(staged.get(), row.id, column.field.name), row.fields[column.field.name] ?? null) : '';
  };

  const undo = (): void => {
    const found = takeBack(steps);
    if (!found) return announce('Nothing staged to undo');
    staged.update((now) => applyStep(now, [...found.step].reverse(), 'before'));
    setSteps(found.stack);
    announce(`Undone: ${plural(found.step.length, 'cell')}`);
  };

  const redo = (): void => {
    const found = doAgain(steps);
    if (!found) return announce('Nothing to do again');
    staged.update((now) => applyStep(now, found.step, 'after'));
    setSteps(found.stack);
    announce(`Done again: ${plural(found.step.length, 'cell')}`);
  };

  const discardAll = (): void => {
    const taken: CellStep[] = Object.entries(staged.get()).flatMap(([id, record]) =>
      Object.entries(record.cells).map(([field, before]) => ({ id, title: record.title, field, before, after: null })));
    staged.update((now) => applyStep(now, taken, 'after'));
    setSteps((stack) => pushStep(stack, taken));
  };

  return {
    stage, textAt, undo, redo, discardAll, forgetSteps: () => setSteps(emptyStack()),
    canUndo: steps.done.length > 0, canRedo: steps.undone.length > 0,
  };
}
