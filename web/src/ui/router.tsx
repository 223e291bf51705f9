// The address bar is the state of a screen: what is open, which page, sort, filter and query.
import { useMemo, useSyncExternalStore, type AnchorHTMLAttributes, type MouseEvent, type ReactNode } from 'react';

const listeners = new Set<() => void>();

/** False when the screen asks first, and goes on itself when it is left nevertheless. */
type Guard = (to: string) => boolean;
let guard: Guard | null = null;

/** One screen at a time has something that leaving it should not lose unasked. */
export function guardLeaving(ask: Guard): () => void {
  guard = ask;
  return () => {
    if (guard === ask) guard = null;
  };
}

let shown = '';

function changed(): void {
  shown = address();
  for (const listener of listeners) listener();
}

/** Back and forward have moved already: whoever stays gets the address back. */
function travelled(): void {
  if (guard && address() !== shown && !guard(address())) window.history.pushState(null, '', shown);
  else changed();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    shown = address();
    window.addEventListener('popstate', travelled);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener('popstate', travelled);
  };
}

const address = (): string => window.location.pathname + window.location.search;

export interface Place {
  path: string;
  parts: string[];
  query: URLSearchParams;
}

/** A part that is no valid encoding stays as it is: it leads nowhere, but must not break the page. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function usePlace(): Place {
  const now = useSyncExternalStore(subscribe, address);
  return useMemo(() => {
    const url = new URL(now, window.location.origin);
    const parts = url.pathname.split('/').filter(Boolean).map(decoded);
    return { path: url.pathname, parts, query: url.searchParams };
  }, [now]);
}

/** `unasked`: the reader was asked already. */
export function go(to: string, options: { replace?: boolean; unasked?: boolean } = {}): void {
  if (to === address() || (guard && !options.unasked && !guard(to))) return;
  if (options.replace) window.history.replaceState(null, '', to);
  else window.history.pushState(null, '', to);
  changed();
}

/** Changes parts of the query; null and '' take a part away. */
export function goQuery(parts: Record<string, string | number | null>, options: { replace?: boolean } = {}): void {
  const url = new URL(window.location.href);
  for (const [name, value] of Object.entries(parts)) {
    if (value === null || value === '') url.searchParams.delete(name);
    else url.searchParams.set(name, String(value));
  }
  go(url.pathname + url.search, options);
}

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { to: string; children?: ReactNode };

export function Link({ to, onClick, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return <a {...rest} href={to} onClick={follow}>{children}</a>;
}
