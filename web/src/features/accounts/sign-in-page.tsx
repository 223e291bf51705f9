import { useState, type FormEvent } from 'react';
import { signIn, useSession, useWaitingHere, type ApiError } from '../../sync';
import { ErrorNotice, Notice } from '../../ui/notices';
import { plural } from '../../ui/format';
import { go } from '../../ui/router';
import { useOnline } from '../../ui/use-online';
import { safeNext } from './safe-next';
import { waitingHereWords } from './waiting-here';
import './accounts.css';

export function SignInPage({ next }: { next: string | null }) {
  const waiting = useWaitingHere();
  const session = useSession();
  const online = useOnline();
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setError(null);
    const answer = await signIn(String(form.get('user') ?? '').trim(), String(form.get('password') ?? ''));
    setBusy(false);
    if (answer.ok) go(safeNext(next), { replace: true });
    else setError(answer.error);
  };
  const offline = !online || session.unreachable === true || error?.status === 0;
  return (
    <main className="account-page" data-connection={offline ? 'offline' : 'sign-in'} data-queued={waiting.own}>
      <form className="account-card panel stack" onSubmit={(event) => void submit(event)} aria-labelledby="sign-in-title">
        <img src="/icon.svg" alt="" width="40" height="40" />
        <h1 id="sign-in-title">Sign in to SyncStore</h1>
        {waiting.own + waiting.others > 0 ? <Notice kind="warn">{waitingHereWords(waiting, session.userName).map((text) => <p key={text}>{text}</p>)}</Notice> : null}
        {offline && !error ? (
          <Notice kind="warn">{online ? 'The server cannot be reached.' : 'Offline.'} Signing in needs a connection; this page goes on by itself when there is one.</Notice>
        ) : null}
        <div>
          <label className="label" htmlFor="user">Name</label>
          <input className="input" id="user" name="user" autoComplete="username" autoCapitalize="none" spellCheck={false} required
            defaultValue={session.userName ?? ''} autoFocus />
        </div>
        <div>
          <label className="label" htmlFor="password">Password</label>
          <input className="input" id="password" name="password" type="password" autoComplete="current-password" required />
        </div>
        {error ? <ErrorNotice failed={signInFailed(error)} error={error} advice={signInAdvice(error)} /> : null}
        <button type="submit" className="button primary" disabled={busy}>{busy ? 'Signing in' : 'Sign in'}</button>
      </form>
    </main>
  );
}

function signInFailed(error: ApiError): string {
  return error.status === 0 ? 'The server cannot be reached' : 'You are not signed in';
}

function signInAdvice(error: ApiError): string {
  if (error.status === 0) return 'Check the connection and try again. What you did before is kept.';
  if (error.code === 'rate_limited') return `Wait ${plural(error.retryAfterS ?? 60, 'second')} and try again.`;
  return 'Check name and password. An admin can set a new password on the people page.';
}
