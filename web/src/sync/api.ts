// HTTP calls of screens: JSON in and out, the session's CSRF token on unsafe methods, every failure in words.
import type { ApiError, ApiResult } from './types';

let csrf: string | null = null;
let unauthorizedListener: (() => void) | null = null;

export function setCsrfToken(token: string | null): void {
  csrf = token;
}

export function csrfToken(): string | null {
  return csrf;
}

/** Called when an answer says that the session is gone. */
export function onUnauthorized(listener: () => void): void {
  unauthorizedListener = listener;
}

export const OFFLINE: ApiError = {
  status: 0,
  code: 'offline',
  detail: 'The server cannot be reached. Check the connection and try again; nothing was changed.',
  errors: [],
  retryAfterS: null,
};

export async function api<T>(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<ApiResult<T>> {
  const sent: Record<string, string> = { Accept: 'application/json', ...headers };
  let payload: BodyInit | null = null;
  if (body instanceof Blob) {
    payload = body;
  } else if (body !== undefined) {
    payload = JSON.stringify(body);
    sent['Content-Type'] ??= 'application/json';
  }
  if (csrf && method !== 'GET' && method !== 'HEAD') sent['X-CSRF-Token'] = csrf;
  let response: Response;
  try {
    response = await fetch(path, { method, headers: sent, body: payload, credentials: 'same-origin', cache: 'no-store' });
  } catch {
    return { ok: false, error: OFFLINE };
  }
  const text = await response.text().catch(() => '');
  return answerOf<T>({ ok: response.ok, status: response.status, retryAfter: response.headers.get('Retry-After') }, text, path);
}

/** What an answer's status and text amount to. */
export function answerOf<T>(response: { ok: boolean; status: number; retryAfter: string | null }, text: string, path: string): ApiResult<T> {
  const parsed = parseObject(text);
  if (response.ok) {
    return { ok: true, data: ('data' in parsed ? parsed['data'] : parsed) as T, body: parsed };
  }
  if (response.status === 401 && path !== '/api/session' && path !== '/api/setup') unauthorizedListener?.();
  const retryAfter = Number(response.retryAfter);
  return {
    ok: false,
    error: {
      status: response.status,
      code: typeof parsed['code'] === 'string' ? parsed['code'] : 'internal',
      detail:
        typeof parsed['detail'] === 'string' && parsed['detail'] !== ''
          ? parsed['detail']
          : 'The server could not do this. Nothing was changed; try again.',
      errors: Array.isArray(parsed['errors']) ? (parsed['errors'] as ApiError['errors']) : [],
      retryAfterS: Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : null,
    },
  };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
