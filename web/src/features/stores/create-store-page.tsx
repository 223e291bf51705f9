import { useMemo, useState, type FormEvent } from 'react';
import { api, reloadSession, useSession, type ApiError } from '../../sync';
import { useReadyMark } from '../../ui/live-table/live-table';
import { ErrorNotice } from '../../ui/notices';
import { go, Link } from '../../ui/router';
import { toast } from '../../ui/toasts';
import { slugOf } from './store-slug';
import { timeZones } from './time-zones';

const CURRENCIES = ['GBP', 'EUR', 'USD', 'JPY', 'CNY', 'AUD', 'CAD', 'CHF', 'SEK', 'PLN', 'INR', 'BRL', 'MXN', 'SGD', 'MYR', 'THB', 'VND', 'IDR', 'PHP'];

export function CreateStorePage() {
  const session = useSession();
  const [name, setName] = useState('');
  const [id, setId] = useState<string | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const zones = useMemo(() => timeZones(), []);
  useReadyMark(true);
  const address = id ?? slugOf(name);
  const first = session.stores.length === 0;
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setError(null);
    const given = (field: string) => String(form.get(field) ?? '').trim();
    const body = {
      id: address, name: name.trim(), currency: given('currency'), timeZone: given('timeZone'),
      ...(given('marketplace') ? { marketplace: given('marketplace') } : {}), ...(given('businessType') ? { businessType: given('businessType') } : {}),
    };
    const answer = await api('POST', '/api/stores', body);
    if (answer.ok) await reloadSession();
    setBusy(false);
    if (!answer.ok) return setError(answer.error);
    toast(`${body.name} is ready`);
    go(`/admin/${address}/import`, { replace: true });
  };
  const wrong = (field: string) => error?.errors.find((entry) => entry.field === field)?.message;
  return (
    <div className="page">
      <div className="page-head"><h1>{first ? 'Create your first store' : 'New store'}</h1></div>
      <form className="panel panel-body stack" onSubmit={(event) => void submit(event)} aria-label="New store">
        <div>
          <label className="label" htmlFor="store-name">Name</label>
          <input className="input" id="store-name" name="name" required maxLength={200} autoFocus value={name} onChange={(event) => setName(event.target.value)} />
          {wrong('name') ? <p className="field-problem">{wrong('name')}</p> : null}
        </div>
        <div>
          <label className="label" htmlFor="store-id">Short name in addresses, cannot be changed later</label>
          <input className="input mono" id="store-id" name="id" required pattern="[a-z0-9][a-z0-9\-]*" title="Small letters, digits and hyphens"
            value={address} onChange={(event) => setId(event.target.value)} />
          {wrong('id') ? <p className="field-problem">{wrong('id')}</p> : null}
        </div>
        <div className="row">
          <div>
            <label className="label" htmlFor="store-currency">Currency, cannot be changed later</label>
            <select className="input" id="store-currency" name="currency" defaultValue="GBP">
              {CURRENCIES.map((code) => <option key={code} value={code}>{code}</option>)}
            </select>
          </div>
          <div>
            <label className="label" htmlFor="store-zone">Time zone</label>
            <select className="input" id="store-zone" name="timeZone" defaultValue={Intl.DateTimeFormat().resolvedOptions().timeZone}>
              {zones.map((zone) => <option key={zone} value={zone}>{zone}</option>)}
            </select>
          </div>
        </div>
        <div className="row">
          <div className="grow">
            <label className="label" htmlFor="store-marketplace">Marketplace, can be filled in later</label>
            <input className="input" id="store-marketplace" name="marketplace" maxLength={100} placeholder="amazon.co.uk" />
            {wrong('marketplace') ? <p className="field-problem">{wrong('marketplace')}</p> : null}
          </div>
          <div className="grow">
            <label className="label" htmlFor="store-business">Business type, can be filled in later</label>
            <input className="input" id="store-business" name="businessType" maxLength={100} />
            {wrong('businessType') ? <p className="field-problem">{wrong('businessType')}</p> : null}
          </div>
        </div>
        {error ? <ErrorNotice failed="The store was not created" error={error} advice="What you typed is kept. Change it and try again." /> : null}
        <div className="row">
          <button type="submit" className="button primary" disabled={busy}>Create store</button>
          {first ? null : <Link className="button" to="/stores">Cancel</Link>}
        </div>
      </form>
    </div>
  );
}
