import { useEffect, useMemo, useRef, useState } from 'react';
import { edit, usePages, useSession, type PageSpec } from '../../sync';
import { layoutSpec, readLayout, type Panel } from './layout';

const SCREEN = 'dashboard';

/** A person's own layout of the dashboard in this store, the same in all their windows. */
export function useLayout(store: string): [readonly Panel[], (panels: readonly Panel[]) => void] {
  const user = useSession().userId;
  const specs = useMemo((): PageSpec[] => (user === null ? [] : [
    { collection: 'layouts', page: 1, size: 2, sort: 'screen', filter: { owner: user, screen: SCREEN }, query: '' },
  ]), [user]);
  const page = usePages(store, specs)[0];
  const row = page?.rows.find((one) => one.removed === null);
  const spec = row?.fields['spec'];
  const stored = useMemo(() => readLayout(spec), [spec]);
  const keptText = JSON.stringify(stored);
  const foreignAt = row?.foreign['spec']?.at ?? null;
  // Between a click and the data that shows it, the next click has to start from the one before.
  const [draft, setDraft] = useState<{ panels: readonly Panel[]; text: string; foreignAt: number | null } | null>(null);
  const ahead = draft !== null && draft.text !== keptText && draft.foreignAt === foreignAt ? draft : null;
  useEffect(() => {
    if (draft !== null && ahead === null) setDraft(null);
  }, [draft, ahead]);
  const known = useRef(row?.id);
  useEffect(() => {
    known.current = row?.id;
  });
  const save = (panels: readonly Panel[]) => {
    if (user === null) return;
    setDraft({ panels, text: JSON.stringify(panels), foreignAt });
    const to = { ...layoutSpec(panels) };
    const handle = known.current === undefined
      ? edit(store, [{ op: 'insert', collection: 'layouts', fields: { owner: user, screen: SCREEN, spec: to } }])
      : edit(store, [{ op: 'set', collection: 'layouts', id: known.current, field: 'spec', to }]);
    void handle.notTaken.then(() => setDraft(null));
  };
  return [ahead?.panels ?? stored, save];
}
