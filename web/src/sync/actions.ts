// The actions of screens; see types.ts.
import { syncClient } from './client';
import { newMutationId } from './ids';
import {
  currentStore,
  endSession,
  loadSession,
  rememberStore,
  session,
  setUpRequest,
  signInRequest,
} from './session';
import { onUnauthorized } from './api';
import { forgetKept, keepWaiting } from './waiting-note';
import type { ApiResult, EditHandle, EditOp, EditOptions, Session } from './types';

let started = false;

/** Once, by app/main: finds out who this is and follows every change of person from then on. */
export function start(): void {
  if (started) return;
  started = true;
  const client = syncClient();
  let user: string | null = null;
  session.subscribe(() => {
    const now = session.get();
    // An expired session keeps worker, queue and cache of the same person.
    if (now.state === 'signed-out' && now.userId !== null) return;
    if (now.userId !== user) client.reset();
    user = now.userId;
    client.link.setUser(now.userId === null ? null : { id: now.userId, name: now.userName ?? '' }, currentStore());
  });
  onUnauthorized(() => {
    void loadSession();
  });
  void loadSession();
  globalThis.addEventListener('online', () => {
    const now = session.get();
    if (now.state === 'offline-known' || now.unreachable) void loadSession();
  });
}

export function edit(store: string, ops: EditOp[], options?: EditOptions): EditHandle {
  return syncClient().edit(store, ops, options);
}

/** False when there is nothing to undo. */
export function undo(): Promise<boolean> {
  return syncClient().request((request) => ({ t: 'undo', request })).then(() => true, () => false);
}

export function redo(): Promise<boolean> {
  return syncClient().request((request) => ({ t: 'redo', request })).then(() => true, () => false);
}

export function discardEntry(store: string, number: number): Promise<void> {
  return syncClient().request((request) => ({ t: 'discard', request, store, number }));
}

export function sendAgain(store: string, number: number, ops?: EditOp[]): Promise<void> {
  return syncClient().request((request) => ({
    t: 'send-again', request, store, number, mutation: newMutationId(), ops: ops ?? null,
  }));
}

/** Every waiting and refused edit, readable by people and programs. */
export async function exportQueue(): Promise<Blob> {
  const pieces = await syncClient().exportQueue();
  const head = `{\n  "exportedAt": "${new Date().toISOString()}",\n  "edits": [\n`;
  return new Blob([head, pieces.join(',\n'), '\n  ]\n}\n'], { type: 'application/json' });
}

export function retryNow(): void {
  if (session.get().state === 'offline-known') void loadSession();
  syncClient().link.send({ t: 'retry-now' });
}

export function refresh(store: string): void {
  syncClient().link.send({ t: 'refresh', store });
}

export function setCurrentStore(store: string | null): void {
  rememberStore(store);
  syncClient().link.send({ t: 'current-store', store });
}

export function signIn(user: string, password: string): Promise<ApiResult<Session>> {
  return signInRequest(user, password);
}

export function setUp(token: string, user: string, password: string): Promise<ApiResult<Session>> {
  return setUpRequest(token, user, password);
}

/** 'ask' answers how many edits are unsent and does nothing when there are any; null = signed out. */
export async function signOut(choice: 'ask' | 'discard'): Promise<{ unsent: number } | null> {
  const client = syncClient();
  const status = client.status.get();
  const unsent = status.waiting + status.parked;
  if (choice === 'ask' && unsent > 0) return { unsent };
  const { userId } = session.get();
  await client.request((request) => ({ t: 'sign-out', request, erase: true })).then(() => {
    if (userId === null) return;
    keepWaiting(userId, 0);
    forgetKept(userId);
  }, () => undefined);
  await endSession();
  return null;
}
