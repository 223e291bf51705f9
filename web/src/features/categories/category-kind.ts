// Categories are a tree by name: "Home > Kitchen" stands below "Home".
import { column, group, recordKind } from '../../ui/record-page/record-kind';

export const SEPARATOR = ' > ';

export const CATEGORY = recordKind({
  collection: 'categories', one: 'category', many: 'categories', title: 'Categories', titleField: 'path',
  columns: [column('categories', 'path', 460, { editable: false, fixed: true }), column('categories', 'description', 320)],
  groups: [group('Category', 'categories', 'description', 'platform_ids')],
  search: 'Search categories',
  empty: {
    title: 'No categories yet', text: 'A category is a name with its parents before it, such as “Home > Kitchen > Mugs”. Products name one; here they stand in order, with how many products are in each.',
  },
});

export const parts = (path: string): string[] => path.split(SEPARATOR);

/** What stands one way and another is one name: "a>b " and "a > b". Null when nothing is left. */
export function tidyPath(text: string): string | null {
  const names = text.normalize('NFC').split('>').map((name) => name.trim().replace(/\s+/g, ' ')).filter(Boolean);
  return names.length > 0 ? names.join(SEPARATOR) : null;
}

export const isBelow = (path: string, parent: string): boolean => path.startsWith(parent + SEPARATOR);

/** The path after `from` was renamed to `to`; only for `from` itself and what is below it. */
export function renamed(path: string, from: string, to: string): string | null {
  if (path === from) return to;
  return isBelow(path, from) ? to + path.slice(from.length) : null;
}

/** Paths that products use and the list has not, with their parents, in order. */
export function missingPaths(used: Iterable<string>, known: ReadonlySet<string>): string[] {
  const wanted = new Set<string>();
  for (const path of used) {
    const names = parts(path);
    for (let depth = 1; depth <= names.length; depth += 1) {
      const above = names.slice(0, depth).join(SEPARATOR);
      if (!known.has(above)) wanted.add(above);
    }
  }
  return [...wanted].sort();
}
