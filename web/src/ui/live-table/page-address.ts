// The page of a table as the address bar holds it.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { FilterValue, LivePage, PageSpec } from '../../sync';
import { formatCount } from '../format';
import { PAGE_SIZES } from '../page-bar';
import { goQuery, usePlace } from '../router';

interface Defaults {
  collection: string;
  sort: string;
  sortable: readonly string[];
  /** Query parameter and field in one: ?status=Active. */
  filters: Record<string, readonly string[]>;
  /** Conditions that are more than one parameter equal to one field. */
  more?: (query: URLSearchParams) => Record<string, FilterValue>;
}

function wholeNumber(text: string | null, otherwise: number): number {
  return text !== null && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : otherwise;
}

export function readPageSpec(query: URLSearchParams, defaults: Defaults): PageSpec {
  const sort = query.get('sort') ?? defaults.sort;
  const size = wholeNumber(query.get('size'), PAGE_SIZES[0]);
  const filter: Record<string, FilterValue> = { ...defaults.more?.(query) };
  for (const [name, values] of Object.entries(defaults.filters)) {
    const value = query.get(name);
    if (value !== null && values.includes(value)) filter[name] = value;
  }
  return {
    collection: defaults.collection,
    page: wholeNumber(query.get('page'), 1),
    size: (PAGE_SIZES as readonly number[]).includes(size) ? size : PAGE_SIZES[0],
    sort: defaults.sortable.includes(sort.replace(/^-/, '')) ? sort : defaults.sort,
    filter,
    query: (query.get('q') ?? '').slice(0, 200),
  };
}

export function usePageSpec(defaults: Defaults): PageSpec {
  const { query } = usePlace();
  const text = query.toString();
  // The same address gives the same object: a new one would be a new subscription.
  return useMemo(() => readPageSpec(new URLSearchParams(text), defaults), [text, defaults]);
}

/** Says once that the asked page is gone, and puts the one that is shown into the address. */
export function useClampNote(asked: PageSpec, page: LivePage): string | null {
  const [note, setNote] = useState<{ text: string; page: number; scope: string } | null>(null);
  const scope = `${asked.sort}|${asked.query}|${JSON.stringify(asked.filter)}|${asked.size}`;
  const clamped = page.state === 'ready' && page.clamped && page.page !== asked.page;
  const lastAsked = useRef(asked.page);
  useEffect(() => {
    if (!clamped) {
      lastAsked.current = asked.page;
      return;
    }
    setNote({ text: `Page ${formatCount(asked.page)} no longer exists: showing ${formatCount(page.page)}`, page: page.page, scope });
    goQuery({ page: page.page === 1 ? null : page.page }, { replace: true });
  }, [clamped, asked.page, page.page, scope]);
  return note && note.scope === scope && note.page === page.page && (clamped || asked.page === note.page) ? note.text : null;
}

export function usePageMoves(page: LivePage) {
  const current = page.page;
  const pages = page.pages;
  const toPage = useCallback((to: number) => goQuery({ page: to === 1 ? null : to }), []);
  const toSize = useCallback((size: number) => goQuery({ size: size === PAGE_SIZES[0] ? null : size, page: null }), []);
  const turn = useCallback((by: 1 | -1) => {
    const to = current + by;
    if (to >= 1 && to <= pages) toPage(to);
  }, [current, pages, toPage]);
  return { toPage, toSize, turn };
}

/** First the direction that answers the likely question: big numbers first, texts from A. */
export function nextSort(current: string, field: string, numeric: boolean): string {
  if (current === field) return `-${field}`;
  if (current === `-${field}`) return field;
  return numeric ? `-${field}` : field;
}
