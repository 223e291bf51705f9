// Choices of a person about how things look, kept in this browser per user.
import { useCallback, useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
// Storage may be refused (private windows): choices then last as long as the page.
const fallback = new Map<string, string>();

function read(key: string): string | null {
  try {
    return window.localStorage.getItem(key) ?? fallback.get(key) ?? null;
  } catch {
    return fallback.get(key) ?? null;
  }
}

export function savePreference(key: string, value: string): void {
  fallback.set(key, value);
  try {
    window.localStorage.setItem(key, value);
  } catch {
    // Kept in `fallback`.
  }
  for (const listener of listeners) listener();
}

export function readPreference(key: string): string | null {
  return read(`syncstore.${key}`);
}

/** Row height is a choice of the person, like columns; colours are one of the screen. */
export const densityName = (user: string | null): string => `density.${user ?? ''}`;

export function usePreference(name: string, otherwise: string): [string, (value: string) => void] {
  const key = `syncstore.${name}`;
  const subscribe = useCallback((listener: () => void) => {
    listeners.add(listener);
    window.addEventListener('storage', listener);
    return () => {
      listeners.delete(listener);
      window.removeEventListener('storage', listener);
    };
  }, []);
  const value = useSyncExternalStore(subscribe, () => read(key) ?? otherwise);
  const set = useCallback((next: string) => savePreference(key, next), [key]);
  return [value, set];
}
