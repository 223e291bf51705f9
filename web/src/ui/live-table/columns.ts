// Which columns a person sees, in which order and width; kept per user in this browser.
import { useMemo, type ReactNode } from 'react';
import type { Row } from '../../sync';
import { isNumeric, type FieldInfo } from '../fields';
import { usePreference } from '../preferences';
import type { CellKind } from './grid-keys';

export interface Column {
  field: FieldInfo;
  width: number;
  editable: boolean;
  /** Stays when others are hidden. */
  fixed?: boolean;
  /** Not shown until the person asks for it. */
  hiddenAtFirst?: boolean;
  /** Also on the cards of a phone. */
  onCard?: boolean;
  /** In place of the field's value: what is counted or looked up. */
  render?: (row: Row) => ReactNode;
}

export interface ColumnChoice {
  order: string[];
  hidden: string[];
  widths: Record<string, number>;
}

export const WIDTH_MIN = 64;
export const WIDTH_MAX = 720;

export function cellKind(column: Column, writable: boolean): CellKind {
  if (!column.editable || !writable) return 'none';
  if (column.field.kind === 'choice' || column.field.kind === 'flag') return 'choice';
  return isNumeric(column.field.kind) ? 'number' : 'text';
}

/** What was kept may be of an older version or damaged: only what is understood counts. */
export function readChoice(text: string, columns: readonly Column[] = []): ColumnChoice {
  const hidden = columns.filter((column) => column.hiddenAtFirst).map((column) => column.field.name);
  const empty: ColumnChoice = { order: [], hidden, widths: {} };
  try {
    const kept = JSON.parse(text) as Partial<ColumnChoice> | null;
    const names = (list: unknown): string[] => (Array.isArray(list) ? list.filter((item) => typeof item === 'string') : []);
    const widths = Object.entries(kept?.widths ?? {}).filter(([, width]) => Number.isFinite(width));
    return { order: names(kept?.order), hidden: Array.isArray(kept?.hidden) ? names(kept.hidden) : hidden, widths: Object.fromEntries(widths) };
  } catch {
    return empty;
  }
}

export function arrange(columns: readonly Column[], choice: ColumnChoice): Column[] {
  const place = (column: Column): number => {
    const at = choice.order.indexOf(column.field.name);
    return at === -1 ? choice.order.length + columns.indexOf(column) : at;
  };
  return [...columns]
    .sort((a, b) => place(a) - place(b))
    .filter((column) => column.fixed || !choice.hidden.includes(column.field.name))
    .map((column) => ({ ...column, width: clampWidth(choice.widths[column.field.name] ?? column.width) }));
}

export const clampWidth = (width: number): number => Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, Math.round(width)));

export const columnsName = (user: string | null, table: string): string => `columns.${user ?? ''}.${table}`;

export function useColumns(table: string, user: string | null, columns: readonly Column[]) {
  const [text, setText] = usePreference(columnsName(user, table), '{}');
  return useMemo(() => {
    const choice = readChoice(text, columns);
    return {
      shown: arrange(columns, choice),
      choice,
      setChoice: (next: ColumnChoice) => setText(JSON.stringify(next)),
    };
  }, [columns, text, setText]);
}
