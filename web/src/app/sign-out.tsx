import { useState } from 'react';
import { exportQueue, retryNow, signOut } from '../sync';
import { Dialog } from '../ui/dialog';
import { saveBlob } from '../ui/download';
import { plural } from '../ui/format';
import { go } from '../ui/router';
import { toast } from '../ui/toasts';

/** Signs out at once when nothing waits; otherwise asks what becomes of the edits that only this browser has. */
export function useSignOut() {
  const [unsent, setUnsent] = useState(0);
  const attempt = async (choice: 'ask' | 'discard') => {
    const answer = await signOut(choice);
    if (answer && answer.unsent > 0) {
      setUnsent(answer.unsent);
      return;
    }
    setUnsent(0);
    go('/sign-in', { replace: true });
  };
  const begin = () => void attempt('ask');
  const dialog = unsent === 0 ? null : (
    <Dialog title={`${plural(unsent, 'edit')} not sent yet`} onClose={() => setUnsent(0)} foot={<>
      <button type="button" className="button" onClick={() => setUnsent(0)}>Stay signed in</button>
      <button type="button" className="button" onClick={() => {
        retryNow();
        toast('Sending. Sign out when nothing waits any more.');
        setUnsent(0);
      }}>Send now</button>
      <button type="button" className="button" onClick={() => void exportQueue().then((blob) => saveBlob(blob, 'waiting-edits.json'))}>Export</button>
      <button type="button" className="button danger" onClick={() => void attempt('discard')}>Discard and sign out</button>
    </>}>
      <p>
        {unsent === 1 ? 'It is' : 'They are'} only in this browser. Send {unsent === 1 ? 'it' : 'them'} first, keep a copy in a file,
        or discard {unsent === 1 ? 'it' : 'them'} for good.
      </p>
    </Dialog>
  );
  return { begin, dialog };
}
