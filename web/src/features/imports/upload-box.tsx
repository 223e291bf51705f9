import { useState, type DragEvent } from 'react';
import { api, type ApiError, type StoreAccess } from '../../sync';
import { Icon } from '../../ui/icon';
import { ErrorNotice } from '../../ui/notices';

const ACCEPT = '.csv,.json,.jsonl,.ndjson,text/csv,application/json';

interface UploadBoxProps {
  store: StoreAccess;
  onUploaded: (id: string) => void;
}

/** The file goes to the server as it is; the server answers with a preview and changes nothing. */
export function UploadBox({ store, onUploaded }: UploadBoxProps) {
  const [over, setOver] = useState(false);
  const [sending, setSending] = useState<string | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const upload = async (file: File | undefined) => {
    if (!file) return;
    setSending(file.name);
    setError(null);
    const query = new URLSearchParams({ storeId: store.id, kind: 'products', dryRun: 'true', fileName: file.name });
    const type = /\.(json|jsonl|ndjson)$/i.test(file.name) ? 'application/json' : 'text/csv';
    const answer = await api<{ id: string }>('POST', `/api/imports?${query}`, file, { 'Content-Type': type });
    setSending(null);
    if (answer.ok) onUploaded(answer.data.id);
    else setError(answer.error);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void upload(event.dataTransfer.files[0]);
  };
  return (
    <section className={`upload panel ${over ? 'over' : ''}`} aria-label="File" onDrop={drop} onDragLeave={() => setOver(false)}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}>
      <Icon name="upload" />
      <p>Drop a Shopify product CSV, a plain CSV or JSON here. Every row is shown with what will happen to it before anything changes.</p>
      <div className="row">
        <label className="button primary upload-button">
          {sending ? `Sending ${sending}` : 'Choose a file'}
          <input type="file" className="sr-only" accept={ACCEPT} disabled={sending !== null} aria-label="Choose a file"
            onChange={(event) => {
              void upload(event.target.files?.[0]);
              event.target.value = '';
            }} />
        </label>
        <a className="button" href="/sample-products.csv" download><Icon name="download" />Download a sample CSV</a>
      </div>
      {error ? <ErrorNotice failed="The file was not taken" error={error} advice="Nothing was changed. Choose another file or try again." /> : null}
    </section>
  );
}
