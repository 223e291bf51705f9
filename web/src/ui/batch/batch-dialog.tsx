// Every difference of a batch before it is made, and what became of each.
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useSyncStatus } from '../../sync';
import { Dialog } from '../dialog';
import { plural } from '../format';
import { toast } from '../toasts';
import { batchWords, PIECE_MAX, sendBatch, type BatchState, type Change } from './batch';
import './batch.css';

const SHOWN_FIRST = 200;

interface BatchDialogProps {
  store: string;
  title: string;
  changes: readonly Change[];
  /** What the person should know besides. */
  note?: ReactNode;
  /** Word of the button: "Save", "Remove", "Rename". */
  verb?: string;
  danger?: boolean;
  onClose: () => void;
  /** The batch was confirmed and is on its way. */
  onSent?: () => void;
}

export function BatchDialog({ store, title, changes, note, verb = 'Save', danger = false, onClose, onSent }: BatchDialogProps) {
  const [state, setState] = useState<BatchState | null>(null);
  const open = useRef(true);
  useEffect(() => {
    open.current = true;
    return () => {
      open.current = false;
    };
  }, []);
  const send = () => {
    onSent?.();
    void sendBatch(store, changes, (next) => {
      if (open.current) setState(next);
    }).then((end) => {
      if (!open.current) toast(`${title}: ${batchWords(end)}`);
    });
  };
  const count = plural(changes.length, 'change');
  return (
    <Dialog title={title} place="wide" onClose={onClose} foot={state ? (
      <button type="button" className="button primary" onClick={onClose}>Close</button>
    ) : <>
      <button type="button" className="button" onClick={onClose}>Cancel</button>
      <button type="button" className={`button ${danger ? 'danger' : 'primary'}`} disabled={changes.length === 0} onClick={send}>{verb} {count}</button>
    </>}>
      {state ? <BatchResult state={state} /> : (
        <div className="stack">
          {note}
          <p>{changes.length === 0 ? 'Nothing would change.'
            : `${count} in ${plural(Math.ceil(changes.length / PIECE_MAX), 'step')} of at most ${PIECE_MAX}. Nothing is changed before you confirm.`}</p>
          {changes.length > 0 ? <Differences changes={changes} /> : null}
        </div>
      )}
    </Dialog>
  );
}

function Differences({ changes }: { changes: readonly Change[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? changes : changes.slice(0, SHOWN_FIRST);
  return (
    <div className="batch-list" tabIndex={0} role="region" aria-label="Differences">
      <table className="plain stacked">
        <thead><tr><th scope="col">Record</th><th scope="col">What</th><th scope="col">Before</th><th scope="col">After</th></tr></thead>
        <tbody>
          {shown.map((change, at) => (
            <tr key={at} data-change="">
              <td dir="auto">{change.title}</td><td>{change.label}</td>
              <td className="num" data-label="Before:" dir="auto">{change.from}</td>
              <td className="num" data-label="After:" dir="auto"><strong>{change.to}</strong></td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < changes.length ? (
        <button type="button" className="button small" onClick={() => setAll(true)}>Show {changes.length - shown.length} more</button>
      ) : null}
    </div>
  );
}

function BatchResult({ state }: { state: BatchState }) {
  const { connection } = useSyncStatus();
  const away = state.waiting > 0 && (connection === 'offline' || connection === 'reconnecting');
  return (
    <div className="stack">
      <p role="status" data-batch={state.waiting > 0 ? 'sending' : 'done'}><strong>{batchWords(state)}</strong> of {plural(state.total, 'change')}</p>
      {away ? <p className="muted">They are kept in this browser and go as soon as the connection is back. You may close this.</p> : null}
      {state.conflicts > 0 ? <p>Somebody else changed the same meanwhile. Both values are kept in the row until someone chooses.</p> : null}
      {state.refused.length > 0 ? (
        <details open={state.refused.length <= 5}>
          <summary>Show what was refused ({state.refused.length})</summary>
          <ul className="stack">
            {state.refused.map(({ change, why }, at) => (
              <li key={at} className="difference refused"><strong dir="auto">{change.title}</strong> · {change.label} → {change.to}<div>{why}</div></li>
            ))}
          </ul>
        </details>
      ) : null}
    </div>
  );
}
