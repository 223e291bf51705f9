// Keeps the files of one release, so that the app starts without network. It never answers for data: /api and /ws always
// go to the server, and what the app shows offline comes from its own database.
/// <reference lib="webworker" />
export {};

declare const self: ServiceWorkerGlobalScope;

// Both are written in after the build.
const RELEASE = '__RELEASE__';
const PRECACHE = JSON.parse('__PRECACHE__') as string[];
const CACHE = `syncstore-${RELEASE}`;
const START = '/index.html';
const SERVER_PATHS = /^\/(api|ws|health|ready|metrics)(\/|$)/;
/** The same for the browser's own routing. */
const SERVER_ROUTES = ['/api/*', '/ws', '/health', '/ready', '/metrics'];

async function fetchAll(): Promise<void> {
  const cache = await caches.open(CACHE);
  // Past the HTTP cache: a release is exactly the files it was built from.
  await Promise.all(PRECACHE.map(async (path) => {
    const response = await fetch(new Request(path, { cache: 'reload' }));
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    await cache.put(path, response);
  }));
}

/** The release before this one stays: tabs that are still open with it start their worker from it. Names come oldest first. */
async function dropOthers(): Promise<void> {
  const others = (await caches.keys()).filter((name) => name.startsWith('syncstore-') && name !== CACHE);
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
}

/** Not in TypeScript's library yet, and not in every browser: what goes to the server without a word to this worker. */
interface Routing {
  addRoutes?(rules: { condition: { urlPattern: { pathname: string } }; source: 'network' }[]): Promise<void>;
}

/** A page that asks the server all the time would keep this worker busy, and a newer version takes over only from one that is not. */
async function passServerPaths(routing: Routing): Promise<void> {
  const rules = SERVER_ROUTES.map((pathname) => ({ condition: { urlPattern: { pathname } }, source: 'network' as const }));
  try {
    await routing.addRoutes?.(rules);
  } catch {
    // Then these requests pass through the handler below.
  }
}

self.addEventListener('install', (event) => {
  event.waitUntil(Promise.all([passServerPaths(event as Routing), fetchAll()]));
});

self.addEventListener('activate', (event) => event.waitUntil(dropOthers().then(() => self.clients.claim())));

self.addEventListener('message', (event) => {
  if (event.data === 'take-over') void self.skipWaiting();
  if (event.data === 'step-aside') stepAside();
});

/** Of what comes over the network for a page. */
let underWay = new AbortController();

/** A newer version takes over only when this one has nothing under way: a server that no longer answers must not hold it up. */
function stepAside(): void {
  underWay.abort();
  underWay = new AbortController();
}

function fromNetwork(request: Request): Promise<Response> {
  return fetch(request, { signal: AbortSignal.any([request.signal, underWay.signal]) });
}

/** A file of the release before, whose name carries its content. */
async function fromAnyCache(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fromNetwork(request);
}

async function fromCache(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? fromNetwork(request);
}

/** When the browser cleared even the app's own files and nobody answers. No style, no script: it has to stand alone. */
const NOTHING_HERE = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>SyncStore is not reachable</title>
<main><h1>SyncStore is not reachable</h1><p>There is no connection to the server, and this browser has cleared what it kept of the app.</p>
<p>Edits that still wait in this browser are sent when the app opens again.</p><p><a href="">Try again</a></p></main></html>`;

async function startPage(request: Request): Promise<Response> {
  try {
    return await fromCache(START, request);
  } catch {
    const headers = { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': "default-src 'none'" };
    return new Response(NOTHING_HERE, { status: 503, headers });
  }
}

const OWN_FILES = new Set(PRECACHE);

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin || SERVER_PATHS.test(url.pathname)) return;
  if (request.mode === 'navigate') event.respondWith(startPage(request));
  else if (OWN_FILES.has(url.pathname)) event.respondWith(fromCache(url.pathname, request));
  else if (url.pathname.startsWith('/assets/')) event.respondWith(fromAnyCache(request));
});
