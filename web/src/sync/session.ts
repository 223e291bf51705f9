// Who is signed in. The server's answer decides; without a network the last known person of this browser may go on with what is cached
// here ("offline-known"). Only names and ids are remembered, never a secret: the session itself is an HttpOnly cookie.
import { api, setCsrfToken } from './api';
import { Observable } from './observable';
import type { ApiResult, Session, StoreAccess } from './types';

const REMEMBERED = 'syncstore.session';
const CURRENT_STORE = 'syncstore.store';

const SIGNED_OUT: Session = { state: 'signed-out', userId: null, userName: null, installationAdmin: false, stores: [], pictureBase: '' };

export const session = new Observable<Session>({ ...SIGNED_OUT, state: 'unknown' });

interface SessionData {
  /** `role`: in all stores. */
  user: { id: string; name: string; role: 'none' | StoreAccess['role'] };
  csrf: string;
  pictureBase?: string;
  stores: { id: string; name: string; role: StoreAccess['role']; currency?: string; currency_symbol?: string; is_active?: boolean }[];
}

function accept(data: SessionData): Session {
  setCsrfToken(data.csrf);
  const signedIn: Session = {
    state: 'signed-in',
    userId: data.user.id,
    userName: data.user.name,
    installationAdmin: data.user.role === 'admin',
    pictureBase: data.pictureBase ?? '',
    stores: data.stores.map((store) => ({
      id: store.id,
      name: store.name,
      role: store.role,
      currency: store.currency ?? '',
      currencySymbol: store.currency_symbol ?? '',
      isActive: store.is_active ?? true,
    })),
  };
  remember(signedIn);
  session.set(signedIn);
  return signedIn;
}

function remember(value: Session | null): void {
  try {
    if (value) localStorage.setItem(REMEMBERED, JSON.stringify(value));
    else localStorage.removeItem(REMEMBERED);
  } catch {
    // A browser that keeps nothing works live only; the worker says so.
  }
}

function remembered(): Session | null {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(REMEMBERED) ?? 'null');
    if (typeof value === 'object' && value !== null && typeof (value as Session).userId === 'string') {
      return { ...(value as Session), pictureBase: (value as Partial<Session>).pictureBase ?? '', state: 'offline-known' };
    }
  } catch {
    // Nothing remembered.
  }
  return null;
}

/** Asks the server who this is; without an answer the remembered person stays. */
export async function loadSession(): Promise<Session> {
  const answer = await api<SessionData>('GET', '/api/session');
  if (answer.ok) return accept(answer.data);
  if (answer.error.status === 401) {
    // Whose queue and cache these are stays known, so that the same person goes on where they were.
    const person = session.get().userId === null ? remembered() : session.get();
    const ended: Session = person ? { ...person, state: 'signed-out' } : SIGNED_OUT;
    setCsrfToken(null);
    session.set(ended);
    return ended;
  }
  const known = remembered() ?? { ...SIGNED_OUT, unreachable: answer.error.status === 0 };
  session.set(known);
  return known;
}

export async function signInRequest(user: string, password: string): Promise<ApiResult<Session>> {
  return accepted(await api<SessionData>('POST', '/api/session', { user, password }));
}

export async function setUpRequest(token: string, user: string, password: string): Promise<ApiResult<Session>> {
  return accepted(await api<SessionData>('POST', '/api/setup', { token, user, password }));
}

function accepted(answer: ApiResult<SessionData>): ApiResult<Session> {
  if (!answer.ok) return answer;
  return { ok: true, data: accept(answer.data), body: answer.body };
}

export async function endSession(): Promise<void> {
  await api('DELETE', '/api/session');
  setCsrfToken(null);
  remember(null);
  session.set(SIGNED_OUT);
}

/** The cookie is gone or was revoked: the person stays known (queue and cache are theirs) until somebody signs in. */
export function expireSession(): void {
  setCsrfToken(null);
  const now = session.get();
  if (now.state === 'signed-in') session.set({ ...now, state: 'signed-out' });
}

export function currentStore(): string | null {
  try {
    return localStorage.getItem(CURRENT_STORE);
  } catch {
    return null;
  }
}

export function rememberStore(store: string | null): void {
  try {
    if (store) localStorage.setItem(CURRENT_STORE, store);
    else localStorage.removeItem(CURRENT_STORE);
  } catch {
    // See remember().
  }
}
