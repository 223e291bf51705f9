// What grids of a person hold staged in this browser, over all stores: to ask before signing out, and to leave nothing behind after it.
const prefixOf = (user: string): string => `syncstore.grid.${user}.`;

export const stagedKey = (user: string, store: string): string => prefixOf(user) + store;

function keysOf(user: string): string[] {
  try {
    return Object.keys(window.localStorage).filter((key) => key.startsWith(prefixOf(user)));
  } catch {
    return [];
  }
}

export function stagedHere(user: string): number {
  return keysOf(user).reduce((sum, key) => {
    try {
      const kept = JSON.parse(window.localStorage.getItem(key) ?? '{}') as Record<string, { cells?: object } | null>;
      return sum + Object.values(kept).reduce((cells, record) => cells + Object.keys(record?.cells ?? {}).length, 0);
    } catch {
      return sum;
    }
  }, 0);
}

export function forgetStaged(user: string): void {
  for (const key of keysOf(user)) window.localStorage.removeItem(key);
}
