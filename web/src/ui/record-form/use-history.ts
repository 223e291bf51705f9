// The changes of one record as the server's log has them, newest first, read in pieces.
import { useCallback, useEffect, useState } from 'react';
import { api, edit, type FieldValue } from '../../sync';
import { showValue, type FieldInfo } from '../fields';
import { toast } from '../toasts';
import { changeOps } from './use-draft';

const PIECE = 100;

export interface HistoryEntry {
  sequence: number;
  at: string;
  by: string | null;
  origin: string;
  kind: 'insert' | 'update' | 'remove';
  changes: { field: string; old: FieldValue; new: FieldValue }[];
}

export interface FieldChange {
  sequence: number;
  at: number;
  by: string;
  origin: string;
  /** It came with the record: there is nothing before it. */
  first: boolean;
  from: FieldValue;
  to: FieldValue;
}

/** The changes of a record, newest first, reduced to one field. */
export function readFieldChanges(entries: readonly HistoryEntry[], field: string): FieldChange[] {
  return entries.flatMap((entry) => entry.changes.filter((change) => change.field === field).map((change) => ({
    sequence: entry.sequence, at: Date.parse(entry.at), by: entry.by ?? '', origin: entry.origin, first: entry.kind === 'insert',
    from: change.old, to: change.new,
  })));
}

export interface RecordHistory {
  /** Null until the first piece is here. */
  entries: HistoryEntry[] | null;
  problem: string | null;
  /** Reads the next piece; null when nothing older is kept. */
  more: (() => void) | null;
}

/** Read again from the newest on whenever the record's version moves. */
export function useHistory(store: string, collection: string, id: string, version: number): RecordHistory {
  const [entries, setEntries] = useState<HistoryEntry[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [next, setNext] = useState<number | null>(null);
  const read = useCallback(async (before: number | null) => {
    const query = new URLSearchParams({ storeId: store, dataType: collection, id, limit: String(PIECE), ...(before === null ? {} : { before: String(before) }) });
    return api<HistoryEntry[]>('GET', `/api/history?${query}`);
  }, [store, collection, id]);
  useEffect(() => {
    let gone = false;
    void read(null).then((answer) => {
      if (gone) return;
      if (answer.ok) {
        setProblem(null);
        setEntries(answer.data);
        setNext(typeof answer.body['next'] === 'number' ? answer.body['next'] : null);
      } else {
        setProblem(answer.error.status === 0 ? 'The history needs a connection.' : answer.error.detail);
      }
    });
    return () => {
      gone = true;
    };
  }, [read, version]);
  const more = next === null ? null : () => {
    setNext(null);
    void read(next).then((answer) => {
      if (!answer.ok) {
        setNext(next);
        return;
      }
      setEntries((before) => [...(before ?? []), ...answer.data]);
      setNext(typeof answer.body['next'] === 'number' ? answer.body['next'] : null);
    });
  };
  return { entries, problem, more };
}

/** Takes a field back to what it was; what others changed in it since is seen as any other edit would see it. */
export function restoreValue(store: string, collection: string, id: string, field: FieldInfo, current: FieldValue, value: FieldValue): void {
  const ops = changeOps(collection, id, field, current, value);
  if (ops.length === 0) return;
  edit(store, ops);
  toast(`${field.label} was set back to ${showValue(field, value).slice(0, 60)}`);
}
