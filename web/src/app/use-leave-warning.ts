import { useEffect } from 'react';
import type { SyncStatus } from '../sync';
import { losesOnClose, waitingWords } from '../ui/status-words';
import { toast } from '../ui/toasts';

/** Asks before the tab closes, but only where closing would lose something: kept edits go later by themselves. Whoever stays reads why. */
export function useLeaveWarning(status: SyncStatus): void {
  const words = losesOnClose(status) ? waitingWords(status) : null;
  useEffect(() => {
    if (words === null) return undefined;
    // The browser's own question has its own words: ours stand on the page for whoever stays.
    const ask = (event: BeforeUnloadEvent) => {
      event.preventDefault();
      toast(words);
    };
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [words]);
}
