import { useCallback, useEffect, useState, type FormEvent } from 'react';
import { api, useSession, type ApiError, type StoreAccess } from '../../sync';
import { formatAge, formatExact } from '../../ui/format';
import { useReadyMark } from '../../ui/live-table/live-table';
import { Dialog } from '../../ui/dialog';
import { ErrorNotice, Skeleton } from '../../ui/notices';
import { StoreIdentity } from '../../ui/store-badge';
import { toast } from '../../ui/toasts';
import { useNow } from '../../ui/use-now';

interface Person {
  id: string;
  name: string;
  role: StoreAccess['role'];
  allStores: boolean;
  disabled: boolean;
  lastSeenAt: string | null;
}

const ROLES = ['viewer', 'editor', 'admin'] as const;
const ROLE_WORDS: Record<StoreAccess['role'], string> = {
  viewer: 'viewer: reads', editor: 'editor: reads and edits', admin: 'admin: also people and settings',
};

export function PeoplePage({ store }: { store: StoreAccess }) {
  const session = useSession();
  const [people, setPeople] = useState<Person[] | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [removing, setRemoving] = useState<Person | null>(null);
  const query = `?storeId=${encodeURIComponent(store.id)}`;
  const load = useCallback(async () => {
    const answer = await api<Person[]>('GET', `/api/people${query}`);
    if (answer.ok) setPeople(answer.data);
    else setError(answer.error);
  }, [query]);
  useEffect(() => void load(), [load]);
  useReadyMark(people !== null || error !== null);
  const call = async (method: string, path: string, body: unknown, done: string) => {
    const answer = await api(method, path, body);
    setError(answer.ok ? null : answer.error);
    if (answer.ok) toast(done);
    await load();
  };
  const change = (person: Person, body: Record<string, unknown>, done: string) =>
    void call('PUT', `/api/people/${person.id}${person.allStores && 'role' in body ? '?storeId=*' : query}`, body, done);
  return (
    <div className="page">
      <div className="page-head"><h1>People in {store.name}</h1></div>
      {error ? <ErrorNotice failed="That did not work" error={error} advice="Nothing was changed." /> : null}
      {people === null ? (error ? null : <Skeleton rows={4} />) : (
        <div className="panel people">
          <table className="plain stacked">
            <thead><tr><th scope="col">Name</th><th scope="col">Role</th><th scope="col">Last seen</th><th scope="col">Access</th></tr></thead>
            <tbody>
              {people.map((person) => (
                <PersonRow key={person.id} person={person} self={person.id === session.userId} mayAll={session.installationAdmin}
                  onChange={(body, done) => change(person, body, done)} onRemove={() => setRemoving(person)} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <AddPerson onAdd={(body) => call('POST', `/api/people${query}`, body, `${body.name} may work in ${store.name}`)} />
      {removing ? (
        <Dialog title={`Take ${removing.name}'s access away?`} onClose={() => setRemoving(null)} foot={<>
          <button type="button" className="button" onClick={() => setRemoving(null)}>Keep it</button>
          <button type="button" className="button danger" onClick={() => {
            void call('DELETE', `/api/people/${removing.id}${query}`, undefined, `${removing.name} has no access to ${store.name} any more`);
            setRemoving(null);
          }}>Take away access to {store.name}</button>
        </>}><StoreIdentity store={store} /><p>Open windows of {removing.name} in this store close at once. The account itself stays.</p></Dialog>
      ) : null}
    </div>
  );
}

interface PersonRowProps {
  person: Person;
  self: boolean;
  mayAll: boolean;
  onChange: (body: Record<string, unknown>, done: string) => void;
  onRemove: () => void;
}

function PersonRow({ person, self, mayAll, onChange, onRemove }: PersonRowProps) {
  const now = useNow();
  const [password, setPassword] = useState<string | null>(null);
  const seen = person.lastSeenAt ? Date.parse(person.lastSeenAt) : null;
  return (
    <tr data-record={person.id}>
      <td><strong dir="auto" data-field="name">{person.name}</strong>{self ? ' (you)' : ''}{person.allStores ? <span className="chip">all stores</span> : null}</td>
      <td>
        <select className="input" aria-label={`Role of ${person.name}`} value={person.role} data-field="role" disabled={self || (person.allStores && !mayAll)}
          onChange={(event) => onChange({ role: event.target.value }, `${person.name} is ${event.target.value}`)}>
          {ROLES.map((role) => <option key={role} value={role}>{role}</option>)}
        </select>
      </td>
      <td className="muted" data-label="Last seen" title={seen ? formatExact(seen) : undefined}>{seen ? formatAge(seen, now) : 'never'}</td>
      <td>
        <div className="row">
          {person.disabled ? <span className="chip">disabled</span> : null}
          {self ? null : (
            <button type="button" className="button small" onClick={() => onChange({ disabled: !person.disabled }, `${person.name} is ${person.disabled ? 'enabled' : 'disabled'}`)}>
              {person.disabled ? 'Enable' : 'Disable'}
            </button>
          )}
          <button type="button" className="button small" onClick={() => setPassword('')}>New password</button>
          {self || person.allStores ? null : <button type="button" className="button small danger" onClick={onRemove}>Remove</button>}
        </div>
        {password === null ? null : (
          <Dialog title={`New password for ${person.name}`} onClose={() => setPassword(null)} foot={
            <button type="button" className="button primary" disabled={password.length < 10} onClick={() => {
              onChange({ password }, `${person.name} has a new password`);
              setPassword(null);
            }}>Set it</button>
          }>
            <label className="label" htmlFor="new-password">At least 10 characters; open windows of {person.name} are signed out</label>
            <input className="input" id="new-password" type="password" autoComplete="new-password" value={password} onChange={(event) => setPassword(event.target.value)} />
          </Dialog>
        )}
      </td>
    </tr>
  );
}

interface NewPerson {
  name: string;
  role: string;
  password?: string;
}

function AddPerson({ onAdd }: { onAdd: (body: NewPerson) => Promise<void> }) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const element = event.currentTarget;
    const form = new FormData(element);
    const password = String(form.get('password') ?? '');
    const body = { name: String(form.get('name') ?? '').trim(), role: String(form.get('role')), ...(password ? { password } : {}) };
    void onAdd(body).then(() => element.reset());
  };
  return (
    <form className="panel panel-body stack" onSubmit={submit} aria-labelledby="add-person">
      <h2 id="add-person">Let someone in</h2>
      <div className="form-grid">
        <div><label className="label" htmlFor="person-name">Name</label><input className="input" id="person-name" name="name" required maxLength={64} autoComplete="off" /></div>
        <div>
          <label className="label" htmlFor="person-role">Role</label>
          <select className="input" id="person-role" name="role" defaultValue="editor">
            {ROLES.map((role) => <option key={role} value={role}>{ROLE_WORDS[role]}</option>)}
          </select>
        </div>
        <div>
          <label className="label" htmlFor="person-password">First password; leave empty for someone with an account</label>
          <input className="input" id="person-password" name="password" type="password" minLength={10} autoComplete="new-password" />
        </div>
      </div>
      <div className="row"><button type="submit" className="button primary">Add</button></div>
    </form>
  );
}
