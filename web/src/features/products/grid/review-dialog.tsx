// Every staged difference once, before anything is sent.
import { useEffect } from 'react';
import { useRecord, type Row, type StoreAccess } from '../../../sync';
import { Dialog } from '../../../ui/dialog';
import { showValue } from '../../../ui/fields';
import { plural } from '../../../ui/format';
import { StoreIdentity } from '../../../ui/store-badge';
import { isCounter, keepMine, unstage } from './staging';
import type { StagedStore } from './staged-store';
import type { Review, ReviewCell } from './review';

interface ReviewDialogProps {
  store: StoreAccess;
  staged: StagedStore;
  review: Review;
  onSend: () => void;
  onClose: () => void;
}

export function ReviewDialog({ store, staged, review, onSend, onClose }: ReviewDialogProps) {
  const { ready, problems, decide, settled, elsewhere } = review;
  const count = plural(ready.length, 'change');
  const back = (cell: ReviewCell) => staged.update((now) => unstage(now, cell.id, cell.field.name));
  return (
    <Dialog title="Review before saving" place="wide" onClose={onClose} foot={<>
      <button type="button" className="button" onClick={onClose}>Go on editing</button>
      <button type="button" className="button primary" disabled={ready.length === 0 || problems.length > 0} onClick={onSend}>
        {ready.length === 0 ? 'Nothing to save' : `Save ${count} to ${store.name}`}
      </button>
    </>}>
      <div className="stack review">
        <StoreIdentity store={store} />
        {problems.length > 0 ? (
          <Cells title={`${plural(problems.length, 'change')} to correct first`} cells={problems} store={store}
            note={(cell) => <span className="field-problem">{cell.state.problem}</span>}
            actions={(cell) => <button type="button" className="button small" onClick={() => back(cell)}>Take back</button>} />
        ) : null}
        {decide.length > 0 ? (
          <Cells title={`${plural(decide.length, 'cell')} that others changed meanwhile`} cells={decide} store={store}
            about="They are not saved, and stay staged, until you choose."
            note={(cell) => <span className="their-value">Theirs: <strong dir="auto">{showValue(cell.field, cell.shown)}</strong></span>}
            actions={(cell) => <>
              <button type="button" className="button small" onClick={() => staged.update((now) => keepMine(now, cell.id, cell.field.name, cell.shown))}>Keep mine</button>
              <button type="button" className="button small" onClick={() => back(cell)}>Keep theirs</button>
            </>} />
        ) : null}
        {ready.length > 0 ? (
          <Cells title={`${count} to save`} cells={ready} store={store}
            note={(cell) => (cell.cell.reason ? <span className="field-problem">Refused before: {cell.cell.reason}</span> : null)}
            actions={(cell) => <button type="button" className="button small quiet" onClick={() => back(cell)}>Take back</button>} />
        ) : null}
        {settled.length > 0 ? <p className="muted">{plural(settled.length, 'cell')} {settled.length === 1 ? 'has' : 'have'} the staged value already.</p> : null}
        {elsewhere > 0 ? <p className="muted">{plural(elsewhere, 'staged change')} of products that are not on this page {elsewhere === 1 ? 'stays' : 'stay'} staged for the next save.</p> : null}
      </div>
    </Dialog>
  );
}

interface CellsProps {
  title: string;
  about?: string;
  cells: readonly ReviewCell[];
  store: StoreAccess;
  note: (cell: ReviewCell) => React.ReactNode;
  actions: (cell: ReviewCell) => React.ReactNode;
}

function Cells({ title, about, cells, store, note, actions }: CellsProps) {
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      {about ? <p className="muted">{about}</p> : null}
      <div className="review-cells">
        <table className="plain stacked">
          <thead><tr><th scope="col">Product</th><th scope="col">Field</th><th scope="col">Now</th><th scope="col">Will be</th><th scope="col"><span className="sr-only">Decide</span></th></tr></thead>
          <tbody>
            {cells.map((cell) => (
              <tr key={`${cell.id}:${cell.field.name}`} data-review={`${cell.id}:${cell.field.name}`}>
                <td dir="auto">{cell.title}</td>
                <td>{cell.field.label}{cell.field.kind === 'money' ? ` (${store.currencySymbol})` : ''}</td>
                <td className="num" dir="auto" data-label="Now">{showValue(cell.field, cell.shown)}</td>
                <td className="num" data-label="Will be"><strong dir="auto">{cell.state.problem ? cell.cell.text || '–' : showValue(cell.field, cell.state.value)}</strong>{difference(cell)} {note(cell)}</td>
                <td><div className="row">{actions(cell)}</div></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** Stock goes as what is added, whatever others took meanwhile. */
function difference({ field, state, shown }: ReviewCell): string {
  if (!isCounter(field) || typeof state.value !== 'number') return '';
  const by = state.value - (typeof shown === 'number' ? shown : 0);
  return ` (${by < 0 ? '−' : '+'}${Math.abs(by)})`;
}

/** Follows a staged product that is not on the page, while the review stands. */
export function WatchedRow({ store, id, onRow }: { store: string; id: string; onRow: (id: string, row: Row | null) => void }) {
  const row = useRecord(store, 'products', id);
  useEffect(() => {
    if (row !== undefined) onRow(id, row);
  }, [id, row, onRow]);
  return null;
}
