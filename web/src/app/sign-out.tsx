import { useState } from 'react';
import { exportQueue, retryNow, signOut, useSession } from '../sync';
import { Dialog } from '../ui/dialog';
import { saveBlob } from '../ui/download';
import { plural } from '../ui/format';
import { go } from '../ui/router';
import { forgetNotices } from '../ui/notice-log';
import { forgetStaged, stagedHere } from '../ui/staged-note';
import { toast } from '../ui/toasts';

/** Signs out at once when nothing waits; otherwise asks what becomes of the edits that only this browser has. */
export function useSignOut() {
  const { userId } = useSession();
  const [unsent, setUnsent] = useState(0);
  const [staged, setStaged] = useState(0);
  const attempt = async (choice: 'ask' | 'discard') => {
    const answer = await signOut(choice);
    if (answer && answer.unsent > 0) {
      setUnsent(answer.unsent);
      return;
    }
    setUnsent(0);
    if (userId !== null) forgetStaged(userId);
    forgetNotices();
    go('/sign-in', { replace: true, unasked: true });
  };
  const begin = () => {
    const here = userId === null ? 0 : stagedHere(userId);
    setStaged(here);
    if (here === 0) void attempt('ask');
  };
  const dialog = staged > 0 ? <StagedDialog count={staged} onStay={() => setStaged(0)} onDiscard={() => {
    setStaged(0);
    void attempt('ask');
  }} /> : unsent === 0 ? null : (
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

/** Staged changes were never sent: nobody else has them. */
function StagedDialog({ count, onStay, onDiscard }: { count: number; onStay: () => void; onDiscard: () => void }) {
  return (
    <Dialog title={`${plural(count, 'staged change')} not saved`} onClose={onStay} foot={<>
      <button type="button" className="button" onClick={onStay}>Stay signed in</button>
      <button type="button" className="button danger" onClick={onDiscard}>Discard and sign out</button>
    </>}>
      <p>{count === 1 ? 'It stands' : 'They stand'} in the product grid of this browser and {count === 1 ? 'is' : 'are'} gone when you sign out. Save {count === 1 ? 'it' : 'them'} there first.</p>
    </Dialog>
  );
}
