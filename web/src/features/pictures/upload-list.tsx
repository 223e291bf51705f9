import type { Upload } from './use-uploads';

const words = (upload: Upload): string => {
  switch (upload.state) {
    case 'sending': return upload.sent > 0 ? `Sending, ${Math.round(upload.sent * 100)} %` : 'Sending';
    case 'reading': return 'Being read';
    case 'waiting': return 'Not sent: pictures need the connection. It is sent when the connection is back, as long as this page stays open.';
    case 'failed': return upload.problem;
  }
};

/** What is on its way, each with what became of it. */
export function UploadList({ uploads, again, dismiss }: { uploads: Upload[]; again: (number: number) => void; dismiss: (number: number) => void }) {
  if (uploads.length === 0) return null;
  return (
    <ul className="upload-list" aria-label="Pictures on their way">
      {uploads.map((upload) => (
        <li key={upload.number} data-state={upload.state}>
          <span className="upload-name clip" dir="auto">{upload.name}</span>
          <span role="status" className={upload.state === 'failed' ? 'field-problem' : 'muted'}>{words(upload)}</span>
          {upload.state === 'sending' && upload.sent > 0 ? <progress aria-label={`Sending ${upload.name}`} value={upload.sent} max={1} /> : null}
          {upload.state === 'waiting' || (upload.state === 'failed' && upload.again)
            ? <button type="button" className="button small" onClick={() => again(upload.number)}>Send now</button> : null}
          {upload.state === 'waiting' || upload.state === 'failed'
            ? <button type="button" className="button quiet small" aria-label={`Dismiss ${upload.name}`} onClick={() => dismiss(upload.number)}>Dismiss</button> : null}
        </li>
      ))}
    </ul>
  );
}
