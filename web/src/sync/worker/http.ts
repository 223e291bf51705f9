// HTTP of the worker: one-time tickets and the exchange that stands in for a socket. The CSRF token comes from the session and is asked for
// again when the server refuses it.
let csrf: string | null = null;

async function token(): Promise<string | number> {
  if (csrf !== null) return csrf;
  const answer = await fetch('/api/session', { credentials: 'same-origin', cache: 'no-store' });
  if (!answer.ok) return answer.status;
  const body = (await answer.json()) as { data?: { csrf?: string } };
  csrf = body.data?.csrf ?? '';
  return csrf;
}

/** Somebody signed in anew: the token belongs to their session. */
export function forgetToken(): void {
  csrf = null;
}

export interface Posted {
  /** 0 = no answer */
  status: number;
  body: Uint8Array<ArrayBuffer>;
}

const NO_BODY = new Uint8Array(0);

/** POST with the session's cookie; `status` 0 when the server did not answer. */
export async function post(path: string, type: string, body: BodyInit, timeoutMs: number): Promise<Posted> {
  try {
    for (let attempt = 0; ; attempt += 1) {
      const known = await token();
      if (typeof known === 'number') return { status: known, body: NO_BODY };
      const answer = await fetch(path, {
        method: 'POST',
        credentials: 'same-origin',
        cache: 'no-store',
        headers: { 'Content-Type': type, 'X-CSRF-Token': known },
        body,
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (answer.status === 403 && attempt === 0) {
        forgetToken();
        continue;
      }
      if (answer.status === 401) forgetToken();
      return { status: answer.status, body: new Uint8Array(await answer.arrayBuffer()) };
    }
  } catch {
    return { status: 0, body: NO_BODY };
  }
}

const TICKET_MS = 10_000;

/** A ticket, or the status of the refusal (0 = no answer). */
export async function fetchTicket(): Promise<string | number> {
  const answer = await post('/api/session/ticket', 'application/json', '{}', TICKET_MS);
  if (answer.status !== 200 && answer.status !== 201) return answer.status;
  try {
    const parsed = JSON.parse(new TextDecoder().decode(answer.body)) as { ticket?: string; data?: { ticket?: string } };
    return parsed.data?.ticket ?? parsed.ticket ?? 0;
  } catch {
    return 0;
  }
}
