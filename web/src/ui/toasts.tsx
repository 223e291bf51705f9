import { useSyncExternalStore } from 'react';
import { Icon } from './icon';
import { notice } from './notice-log';

export interface Toast {
  id: number;
  text: string;
  action?: { label: string; run: () => void };
}

const UNDO_MS = 10_000;
const PLAIN_MS = 5_000;
const SHOWN_MAX = 3;

let toasts: Toast[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function put(next: Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

export function dismissToast(id: number): void {
  put(toasts.filter((toast) => toast.id !== id));
}

/** With an action it stays for ten seconds, without one for five; its words can be found again among the notices. */
export function toast(text: string, action?: Toast['action']): void {
  const id = nextId++;
  notice('info', text);
  put([...toasts.slice(-(SHOWN_MAX - 1)), action ? { id, text, action } : { id, text }]);
  setTimeout(() => dismissToast(id), action ? UNDO_MS : PLAIN_MS);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div className="toasts" role="status" aria-label="Messages">
      {shown.map(({ id, text, action }) => (
        <div key={id} className="toast">
          <span className="grow">{text}</span>
          {action ? (
            <button type="button" className="button small" onClick={() => {
              action.run();
              dismissToast(id);
            }}>{action.label}</button>
          ) : null}
          <button type="button" className="button quiet small" aria-label="Dismiss" onClick={() => dismissToast(id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
