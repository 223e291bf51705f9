// What a saved view holds: the list's address without the page, and the columns.
import type { FieldValue, PageSpec } from '../../sync';
import type { ColumnChoice } from '../../ui/live-table/columns';
import { readChoice } from '../../ui/live-table/columns';
import { FILTER_PARAMETERS } from './product-filters';

export interface ViewSpec {
  /** Parameters of the address, in a fixed order: equal views are equal texts. */
  query: string;
  columns: ColumnChoice | null;
}

const KEPT = [...FILTER_PARAMETERS, 'sort', 'size'] as const;

export function queryOfView(query: URLSearchParams): string {
  const kept = new URLSearchParams();
  for (const name of KEPT) {
    const value = query.get(name);
    if (value) kept.set(name, value);
  }
  return kept.toString();
}

/** What is kept may be of another version: only what is understood counts. */
export function readView(spec: FieldValue | undefined): ViewSpec {
  const object = typeof spec === 'object' && spec !== null && !Array.isArray(spec) ? spec : {};
  const query = typeof object['query'] === 'string' ? queryOfView(new URLSearchParams(object['query'])) : '';
  return { query, columns: object['columns'] ? readChoice(JSON.stringify(object['columns'])) : null };
}

/** The parameters to put into the address so that it shows the view and nothing of what stood there before. */
export function viewParameters(query: string): Record<string, string | null> {
  const wanted = new URLSearchParams(query);
  return Object.fromEntries([...KEPT, 'page'].map((name) => [name, wanted.get(name)]));
}

/** The views of one person for one screen, by name. */
export const viewsOf = (owner: string, screen: string): PageSpec => ({
  collection: 'saved_views', page: 1, size: 100, sort: 'name', filter: { owner, screen }, query: '',
});
