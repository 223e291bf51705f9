import { useEffect, useRef, useState, type DragEvent } from 'react';
import { api, edit, usePage, type Row, type StoreAccess } from '../../sync';
import { announce } from '../../ui/announcer';
import { Icon } from '../../ui/icon';
import { Picture } from '../../ui/pictures/picture';
import { toast } from '../../ui/toasts';
import { filesOf, PICTURE_TYPES } from './picture-files';
import { moveTo } from './picture-order';
import { UploadList } from './upload-list';
import { useUploads } from './use-uploads';
import './pictures.css';

const MOST = 100;

/** Who drags a picture within the page drags no file. */
const isFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files');

const textOf = (row: Row, name: string): string => {
  const value = row.fields[name];
  return typeof value === 'string' ? value : '';
};

function usePictures(store: string, product: string): Row[] {
  const page = usePage(store, { collection: 'images', page: 1, size: MOST, sort: 'position', filter: { product }, query: '' });
  // A handful of pictures needs no calm: all are shown as they come and go.
  const stale = page.entered + page.moved > 0;
  const { release } = page;
  useEffect(() => {
    if (stale) release();
  });
  return page.rows.filter((row) => row.removed === null);
}

/** The pictures of one product: seen by everybody, changed by editors. */
export function ProductPictures({ store, product, writable }: { store: StoreAccess; product: Row; writable: boolean }) {
  const pictures = usePictures(store.id, product.id);
  const uploads = useUploads(store.id, product.id);
  const [over, setOver] = useState(false);
  const [dragged, setDragged] = useState<string | null>(null);
  const { add } = uploads;
  const take = useRef(add);
  useEffect(() => {
    take.current = add;
  });
  useEffect(() => {
    if (!writable) return undefined;
    const paste = (event: ClipboardEvent) => {
      const files = filesOf(event.clipboardData);
      if (files.length === 0 || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      take.current(files.map((file) => ({ file })));
    };
    document.addEventListener('paste', paste);
    return () => document.removeEventListener('paste', paste);
  }, [writable]);

  const move = (from: number, to: number) => {
    const places = pictures.map((row) => ({ id: row.id, position: textOf(row, 'position') || null }));
    const ops = moveTo(places, from, to).map(({ id, position }) => ({ op: 'set' as const, collection: 'images', id, field: 'position', to: position }));
    if (ops.length === 0) return;
    edit(store.id, ops);
    announce(`Picture ${from + 1} is now ${to + 1} of ${pictures.length}`);
  };
  const drop = (event: DragEvent, to: number | null) => {
    event.preventDefault();
    event.stopPropagation();
    setOver(false);
    const from = pictures.findIndex((row) => row.id === dragged);
    setDragged(null);
    if (isFiles(event)) add(filesOf(event.dataTransfer).map((file) => ({ file })));
    else if (to !== null && from >= 0) move(from, to);
  };

  return (
    <section className={over ? 'panel pictures over' : 'panel pictures'} aria-label="Pictures"
      onDragOver={writable ? (event) => {
        event.preventDefault();
        setOver(isFiles(event));
      } : undefined}
      onDragLeave={() => setOver(false)} onDrop={writable ? (event) => drop(event, null) : undefined}>
      <h2>Pictures</h2>
      {pictures.length === 0 && uploads.uploads.length === 0 ? (
        <p className="muted">{writable ? 'None yet. Drop files here, paste one, or choose some; the first picture stands in lists.' : 'This product has no pictures.'}</p>
      ) : null}
      <ol className="picture-list">
        {pictures.map((row, index) => (
          <PictureCard key={row.id} store={store.id} row={row} index={index} count={pictures.length} writable={writable} move={move}
            replace={(file) => add([{ file }], row.id)} onDrag={setDragged} onDrop={(event) => drop(event, index)} />
        ))}
      </ol>
      <UploadList uploads={uploads.uploads} again={uploads.again} dismiss={uploads.dismiss} />
      {writable ? <AddPictures add={add} full={pictures.length >= MOST} /> : null}
    </section>
  );
}

function AddPictures({ add, full }: { add: ReturnType<typeof useUploads>['add']; full: boolean }) {
  const [url, setUrl] = useState('');
  const send = () => {
    const wanted = url.trim();
    if (wanted === '') return;
    add([{ url: wanted }]);
    setUrl('');
  };
  if (full) return <p className="muted">A product has at most {MOST} pictures. Remove one to add another.</p>;
  return (
    <div className="picture-add">
      <label className="button small"><Icon name="upload" />Choose files
        <input type="file" className="picture-file" accept={PICTURE_TYPES} multiple onChange={(event) => {
          add([...(event.target.files ?? [])].map((file) => ({ file })));
          event.target.value = '';
        }} />
      </label>
      <label className="picture-url"><span className="label">Or from an address</span>
        <input className="input" type="url" inputMode="url" placeholder="https://" value={url} onChange={(event) => setUrl(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            // The form around it saves the product, not this.
            event.preventDefault();
            send();
          }} />
      </label>
      <button type="button" className="button small" disabled={url.trim() === ''} onClick={send}>Add</button>
    </div>
  );
}

interface PictureCardProps {
  store: string;
  row: Row;
  index: number;
  count: number;
  writable: boolean;
  move: (from: number, to: number) => void;
  replace: (file: File) => void;
  onDrag: (id: string | null) => void;
  onDrop: (event: DragEvent) => void;
}

function remove(store: string, id: string, name: string): void {
  // Its content comes from the server alone, and so does what brings it back.
  const removal = edit(store, [{ op: 'remove', collection: 'images', id }], { undoable: false });
  toast(`Removed ${name}`, {
    label: 'Undo',
    run: () => void removal.answered.then(() => api('POST', `/api/images/${id}/restore?storeId=${encodeURIComponent(store)}`)).then((answer) => {
      if (!answer.ok) toast(`Not brought back: ${answer.error.detail}`);
    }),
  });
}

function PictureCard({ store, row, index, count, writable, move, replace, onDrag, onDrop }: PictureCardProps) {
  const kept = textOf(row, 'alt');
  const [alt, setAlt] = useState<string | null>(null);
  const name = `picture ${index + 1}`;
  const save = () => {
    if (alt !== null && alt.trim() !== kept) edit(store, [{ op: 'set', collection: 'images', id: row.id, field: 'alt', to: alt.trim() === '' ? null : alt.trim() }]);
    setAlt(null);
  };
  return (
    <li className="picture-card" data-record={row.id} draggable={writable} onDragStart={(event) => {
      event.dataTransfer.effectAllowed = 'move';
      event.dataTransfer.setData('text/plain', row.id);
      onDrag(row.id);
    }} onDragEnd={() => onDrag(null)} onDragOver={(event) => event.preventDefault()} onDrop={writable ? onDrop : undefined}>
      <Picture hash={row.fields['hash']} size={480} alt={kept || `Picture ${index + 1}`} className="picture" />
      <span className="picture-note muted">{index === 0 ? 'Stands in lists' : `${index + 1} of ${count}`}</span>
      {writable ? (
        <>
          <input className="input" aria-label={`What ${name} shows`} placeholder="What it shows" maxLength={500} value={alt ?? kept}
            data-field="alt" data-sync={row.marks['alt'] ?? 'clean'} onChange={(event) => setAlt(event.target.value)} onBlur={save}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              event.preventDefault();
              save();
            }} />
          <div className="picture-tools">
            <button type="button" className="button quiet small" aria-label={`Move ${name} forward`} disabled={index === 0} onClick={() => move(index, index - 1)}><Icon name="left" /></button>
            <button type="button" className="button quiet small" aria-label={`Move ${name} back`} disabled={index === count - 1} onClick={() => move(index, index + 1)}><Icon name="right" /></button>
            <label className="button quiet small">Replace
              <input type="file" className="picture-file" aria-label={`Replace ${name}`} accept={PICTURE_TYPES} onChange={(event) => {
                const [file] = event.target.files ?? [];
                if (file) replace(file);
                event.target.value = '';
              }} />
            </label>
            <button type="button" className="button quiet small danger" aria-label={`Remove ${name}`} onClick={() => remove(store, row.id, name)}><Icon name="trash" /></button>
          </div>
        </>
      ) : kept ? <span className="picture-note" dir="auto">{kept}</span> : null}
    </li>
  );
}
