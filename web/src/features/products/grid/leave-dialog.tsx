import { useEffect, useState } from 'react';
import { Dialog } from '../../../ui/dialog';
import { plural } from '../../../ui/format';
import { go, guardLeaving } from '../../../ui/router';

interface LeaveDialogProps {
  count: number;
  onDiscard: () => void;
}

/** Asks before a screen with staged changes is left; the browser asks before it is closed or loaded anew. */
export function LeaveDialog({ count, onDiscard }: LeaveDialogProps) {
  const [to, setTo] = useState<string | null>(null);
  const asks = count > 0;
  useEffect(() => {
    if (!asks) return undefined;
    const here = window.location.pathname;
    const release = guardLeaving((target) => {
      if (new URL(target, window.location.origin).pathname === here) return true;
      setTo(target);
      return false;
    });
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => {
      release();
      window.removeEventListener('beforeunload', ask);
    };
  }, [asks]);
  if (to === null) return null;
  const leave = () => {
    setTo(null);
    go(to, { unasked: true });
  };
  return (
    <Dialog title={`${plural(count, 'change')} not saved yet`} onClose={() => setTo(null)} foot={<>
      <button type="button" className="button primary" onClick={() => setTo(null)}>Stay</button>
      <button type="button" className="button" onClick={leave}>Leave, keep {count === 1 ? 'it' : 'them'} staged</button>
      <button type="button" className="button danger" onClick={() => {
        onDiscard();
        leave();
      }}>Discard and leave</button>
    </>}>
      <p>{count === 1 ? 'It was' : 'They were'} not sent. Staged changes stay in this browser and stand here again when you come back.</p>
    </Dialog>
  );
}
