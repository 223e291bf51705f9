import { useEffect, useState } from 'react';
import { api, reloadSession } from '../sync';
import { useReadyMark } from '../ui/live-table/live-table';
import { EmptyState } from '../ui/notices';
import { Link } from '../ui/router';

/** A store that is none of the reader's: the server says whether there is no such store, or no role in it. */
export function NoAccess({ store }: { store: string }) {
  const [code, setCode] = useState<string | null>(null);
  useEffect(() => {
    let left = false;
    void api('GET', `/api/stores/${encodeURIComponent(store)}`).then((answer) => {
      if (left) return;
      // A role was given meanwhile: the session has to know of it.
      if (answer.ok) void reloadSession();
      else setCode(answer.error.code);
    });
    return () => {
      left = true;
    };
  }, [store]);
  useReadyMark(true);
  const actions = <Link className="button primary" to="/stores">Your stores</Link>;
  if (code === 'unknown_store') {
    return <EmptyState title={`There is no store “${store}”`} actions={actions}>The address may be mistyped. Your stores are one click away.</EmptyState>;
  }
  return (
    <EmptyState title={`You have no access to the store “${store}”`} actions={actions}>
      {code === 'forbidden_store' ? 'You have no role in it. An admin of the store can give you one; it opens here at once then.' : 'It may not exist, or an admin has to give you a role in it.'}
    </EmptyState>
  );
}
