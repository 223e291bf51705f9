// Installing the app: the browser says when it could be, and asks only after the person chose it in the account menu.
import { useSyncExternalStore } from 'react';

/** Not in TypeScript's library yet: Chromium's own event. */
interface InstallEvent extends Event {
  prompt(): Promise<unknown>;
}

let offered: InstallEvent | null = null;
const listeners = new Set<() => void>();

function offer(event: InstallEvent | null): void {
  offered = event;
  for (const listener of listeners) listener();
}

export function listenForInstall(): void {
  window.addEventListener('beforeinstallprompt', (event) => {
    // No bar of the browser over somebody's work.
    event.preventDefault();
    offer(event as InstallEvent);
  });
  window.addEventListener('appinstalled', () => offer(null));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Null where the app is installed already or the browser cannot. */
export function useInstall(): (() => void) | null {
  const event = useSyncExternalStore(subscribe, () => offered);
  if (!event) return null;
  return () => {
    offer(null);
    void event.prompt();
  };
}
