import { useState, type FormEvent } from 'react';
import { setUp, type ApiError } from '../../sync';
import { ErrorNotice } from '../../ui/notices';
import { go, Link } from '../../ui/router';
import './accounts.css';

const PASSWORD_MIN = 10;

export function SetUpPage({ token }: { token: string }) {
  const [error, setError] = useState<ApiError | null>(null);
  const [mismatch, setMismatch] = useState(false);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const password = String(form.get('password') ?? '');
    if (password !== String(form.get('again') ?? '')) {
      setMismatch(true);
      return;
    }
    setMismatch(false);
    setBusy(true);
    const answer = await setUp(token, String(form.get('user') ?? '').trim(), password);
    setBusy(false);
    if (answer.ok) go('/stores/new', { replace: true });
    else setError(answer.error);
  };
  return (
    <main className="account-page">
      <form className="account-card panel stack" onSubmit={(event) => void submit(event)} aria-labelledby="setup-title">
        <img src="/icon.svg" alt="" width="40" height="40" />
        <h1 id="setup-title">Make the first account</h1>
        <p className="muted">It may create stores and let other people in. This link works once.</p>
        <div>
          <label className="label" htmlFor="user">Name</label>
          <input className="input" id="user" name="user" autoComplete="username" autoCapitalize="none" spellCheck={false} required maxLength={64} autoFocus />
        </div>
        <div>
          <label className="label" htmlFor="password">Password, at least {PASSWORD_MIN} characters</label>
          <input className="input" id="password" name="password" type="password" autoComplete="new-password" required minLength={PASSWORD_MIN} />
        </div>
        <div>
          <label className="label" htmlFor="again">The same password again</label>
          <input className="input" id="again" name="again" type="password" autoComplete="new-password" required />
          {mismatch ? <p className="field-problem" role="alert">The two passwords differ</p> : null}
        </div>
        {error ? (
          <ErrorNotice failed="The account was not made" error={error}
            advice={error.code === 'bad_token' ? 'Start the server again to get a new link, it is printed there.' : 'Nothing was changed.'}>
            {error.code === 'setup_done' ? <Link to="/sign-in">Go to sign-in</Link> : null}
          </ErrorNotice>
        ) : null}
        <button type="submit" className="button primary" disabled={busy}>Make the account</button>
      </form>
    </main>
  );
}
