// The hooks of screens. Each answer changes when data, queue or connection change; see types.ts.
import { useSyncExternalStore } from 'react';
import { syncClient } from './client';
import { session } from './session';
import type { LivePage, PageSpec, QueueEntry, QueueList, Row, Session, SyncStatus } from './types';
import { waitingCounts, waitingHere, type WaitingHere } from './waiting-note';

export function useSession(): Session {
  return useSyncExternalStore(session.subscribe, session.get);
}

/** How many edits wait in this browser, also of people who are not signed in. */
export function useWaitingHere(): WaitingHere {
  return waitingHere(useSyncExternalStore(waitingCounts.subscribe, waitingCounts.get), useSession().userId);
}

export function useSyncStatus(): SyncStatus {
  const { status } = syncClient();
  return useSyncExternalStore(status.subscribe, status.get);
}

/** Part of what waits in a store, oldest first. */
export function useQueueList(store: string, state: QueueEntry['state'], from: number, size: number): QueueList {
  const feed = syncClient().queueList(store, state, from, size);
  return useSyncExternalStore(feed.subscribe, feed.get);
}

const NOTHING: LivePage = {
  state: 'loading', rows: [], total: 0, page: 1, pages: 1, size: 25, clamped: false, entered: 0, moved: 0, partial: null,
  release: () => undefined,
};
const nothing = (): LivePage => NOTHING;
const here = (): boolean => false;
const noRecord = (): Row | null | undefined => null;
const never = (): (() => void) => () => undefined;

export function usePage(store: string, spec: PageSpec | null): LivePage {
  const feed = spec ? syncClient().page(store, spec) : null;
  return useSyncExternalStore(feed ? feed.subscribe : never, feed ? feed.get : nothing);
}

export function useRecord(store: string, collection: string, id: string | null): Row | null | undefined {
  const feed = id ? syncClient().record(store, collection, id) : null;
  return useSyncExternalStore(feed ? feed.subscribe : never, feed ? feed.get : noRecord);
}

/** The record may exist, but this browser does not have it and the server cannot be asked. */
export function useNotHere(store: string, collection: string, id: string | null): boolean {
  const feed = id ? syncClient().record(store, collection, id) : null;
  return useSyncExternalStore(feed ? feed.subscribe : never, feed ? feed.isNotHere : here);
}

/** Without a store there is none: nothing is opened. */
export function useSingleton(store: string, collection: 'store_info' | 'dashboard' | 'account_health' | 'legal_entity'): Row | null | undefined {
  const feed = store ? syncClient().record(store, collection, null) : null;
  return useSyncExternalStore(feed ? feed.subscribe : never, feed ? feed.get : noRecord);
}
