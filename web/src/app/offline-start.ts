// Registers the service worker, so that the app starts without network, and says when a newer version is there. It never reloads by
// itself: what is typed and not saved would be gone.

/** How often at most the server is asked whether it has another version: a connection that comes and goes asks once. */
const ASK_EVERY_MS = 5_000;

let registration: ServiceWorkerRegistration | null = null;
let waiting: ServiceWorker | null = null;
/** Another tab went over to the new version: this one goes on with the old one's files. */
let replaced = false;
let takingOver = false;
let askedAt = 0;
let later: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function tell(): void {
  for (const listener of listeners) listener();
}

export const versionWaits = (): boolean => waiting !== null || replaced;

export function subscribeVersion(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A server that answers again may be another one: a page that stays open for days would not hear of a new version otherwise. */
export function lookForNewVersion(): void {
  if (!registration || later !== undefined) return;
  const wait = askedAt + ASK_EVERY_MS - Date.now();
  if (wait > 0) {
    later = setTimeout(() => {
      later = undefined;
      lookForNewVersion();
    }, wait);
    return;
  }
  askedAt = Date.now();
  // Without an answer the next connection asks again.
  registration.update().catch(() => undefined);
}

/** On a person's word: the waiting version takes over and this tab starts again with it. The other tabs are told and asked in their turn. */
export async function reloadIntoNewVersion(): Promise<void> {
  if (!replaced && !waiting && registration) waiting = await freshVersion(registration);
  if (replaced || !waiting) {
    window.location.reload();
    return;
  }
  takingOver = true;
  waiting.postMessage('take-over');
}

/** What the server has now, when that is another version than this one; null when nothing new comes. */
async function freshVersion(of: ServiceWorkerRegistration): Promise<ServiceWorker | null> {
  await of.update().catch(() => undefined);
  const fresh = of.installing;
  if (!fresh) return of.waiting;
  await new Promise<void>((resolve) => {
    fresh.addEventListener('statechange', () => {
      if (fresh.state !== 'installing') resolve();
    });
  });
  return of.waiting;
}

function offer(worker: ServiceWorker | null): void {
  waiting = worker;
  tell();
}

function watch(made: ServiceWorkerRegistration): void {
  registration = made;
  const container = navigator.serviceWorker;
  let controlled = container.controller !== null;
  if (made.waiting && controlled) offer(made.waiting);
  made.addEventListener('updatefound', () => {
    const fresh = made.installing;
    fresh?.addEventListener('statechange', () => {
      // Without a controller this is the first installation, which replaces nothing.
      if (fresh.state === 'installed' && container.controller) offer(fresh);
    });
  });
  container.addEventListener('controllerchange', () => {
    if (controlled) {
      replaced = true;
      waiting = null;
      tell();
    }
    controlled = true;
    // Whoever is asked about unsaved input may stay: the button is good for another try.
    if (takingOver) window.location.reload();
    takingOver = false;
  });
}

export function prepareOfflineStart(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  navigator.serviceWorker.register('/sw.js').then(watch, (error: unknown) => {
    console.warn('the app will not start without network:', error);
  });
}
