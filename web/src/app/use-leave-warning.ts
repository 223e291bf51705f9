import { useEffect } from 'react';
import type { SyncStatus } from '../sync';

/** Asks before the tab closes, but only where closing would lose something: kept edits go later by themselves. */
export function useLeaveWarning(status: SyncStatus): void {
  const atRisk = status.waiting > 0 && status.storage !== 'ok';
  useEffect(() => {
    if (!atRisk) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [atRisk]);
}
