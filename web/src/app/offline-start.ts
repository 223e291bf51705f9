// Registers the service worker, so that the app starts without network, and says when a newer version is there. It never reloads by
// itself: what is typed and not saved would be gone.

/** How often at most the server is asked whether it has another version: a connection that comes and goes asks once. */
const ASK_EVERY_MS = 5_000;
/** A browser lets a version take over only while the former one has nothing under way, and that moment may pass unused: asked so often,
 * then the person may try again. After the first few they read what is waited for. */
const TAKE_OVER_EVERY_MS = 1_000;
const TAKE_OVER_ASKED_MAX = 60;
const TAKE_OVER_QUIET = 5;

/** A server that answers so late cannot be reached. */
const ANSWER_MS = 10_000;

/** waits: another version is here or on the server. slow: it was asked for, and the former one still has something under way.
 * absent: it was asked for, is not in this browser yet, and the server is not reachable. */
export type NewVersion = 'none' | 'waits' | 'slow' | 'absent';

let registration: ServiceWorkerRegistration | null = null;
let waiting: ServiceWorker | null = null;
/** Another tab went over to the new version: this one goes on with the old one's files. */
let replaced = false;
let takingOver: ReturnType<typeof setInterval> | undefined;
let said: 'slow' | 'absent' | null = null;
let askedAt = 0;
let later: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function say(what: typeof said): void {
  said = what;
  for (const listener of listeners) listener();
}

export const newVersion = (): NewVersion => said ?? (waiting !== null || replaced ? 'waits' : 'none');

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
  if (said === 'absent') say(null);
  // Without an answer the next connection asks again.
  registration.update().catch(() => undefined);
}

/** On a person's word: the waiting version takes over and this tab starts again with it. The other tabs are told and asked in their turn. */
export async function reloadIntoNewVersion(): Promise<void> {
  if (takingOver !== undefined) return;
  if (replaced || !registration) {
    window.location.reload();
    return;
  }
  const late = new Promise<'absent'>((resolve) => {
    setTimeout(() => resolve('absent'), ANSWER_MS);
  });
  const fresh = await Promise.race([freshVersion(registration), late]);
  if (fresh === 'absent') say('absent');
  else if (fresh === 'none') window.location.reload();
  else takeOver(registration);
}

/** What is in this browser already needs no server. */
async function freshVersion(of: ServiceWorkerRegistration): Promise<'here' | 'none' | 'absent'> {
  if (of.waiting) return 'here';
  const reached = await of.update().then(() => true, () => false);
  const fresh = of.installing;
  if (fresh) {
    await new Promise<void>((resolve) => {
      fresh.addEventListener('statechange', () => {
        if (fresh.state !== 'installing') resolve();
      });
    });
  }
  if (of.waiting) return 'here';
  // It came and could not be kept, or nobody said whether there is one.
  return reached && !fresh ? 'none' : 'absent';
}

function takeOver(of: ServiceWorkerRegistration): void {
  let asked = 0;
  const ask = (): void => {
    asked += 1;
    if (asked > TAKE_OVER_ASKED_MAX || !of.waiting) {
      endTakingOver();
      // Gone over without a word of it.
      if (!of.waiting && of.active !== navigator.serviceWorker.controller) window.location.reload();
      return;
    }
    // Not at first: a former one that sleeps would be woken by it, and then be in the way.
    if (asked > 1) of.active?.postMessage('step-aside');
    of.waiting.postMessage('take-over');
    if (asked === TAKE_OVER_QUIET) say('slow');
  };
  takingOver = setInterval(ask, TAKE_OVER_EVERY_MS);
  ask();
}

function endTakingOver(): void {
  clearInterval(takingOver);
  takingOver = undefined;
  say(null);
}

function offer(worker: ServiceWorker | null): void {
  waiting = worker;
  say(null);
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
    const asked = takingOver !== undefined;
    if (controlled) {
      replaced = true;
      waiting = null;
    }
    controlled = true;
    endTakingOver();
    // Whoever is asked about unsaved input may stay: the button is good for another try.
    if (asked) window.location.reload();
  });
}

export function prepareOfflineStart(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  navigator.serviceWorker.register('/sw.js').then(watch, (error: unknown) => {
    console.warn('the app will not start without network:', error);
  });
}
