import { useEffect, type ReactNode } from 'react';
import { useSyncStatus, type ApiError } from '../sync';
import { Icon } from './icon';
import { notice } from './notice-log';
import { loadedPercent, loadingWords } from './status-words';
import { useAfter } from './use-now';

interface ErrorNoticeProps {
  /** What failed, as a sentence. */
  failed: string;
  error?: ApiError | { code: string; detail: string } | null;
  /** What is safe and what to do. */
  advice?: string;
  children?: ReactNode;
}

/** What failed, what is safe, what to do; the code in small for whoever reports it. */
export function ErrorNotice({ failed, error, advice, children }: ErrorNoticeProps) {
  const words = error ? `${failed}: ${error.detail}` : failed;
  useEffect(() => notice('error', words), [words]);
  return (
    <div className="notice error" role="alert">
      <Icon name="warning" />
      <div className="grow">
        <strong>{failed}</strong>
        {error ? <div>{error.detail}</div> : null}
        {advice ? <div className="muted">{advice}</div> : null}
        {error ? <div className="code">{error.code}</div> : null}
        {children ? <div className="row">{children}</div> : null}
      </div>
    </div>
  );
}

export function Notice({ kind = 'plain', children }: { kind?: 'plain' | 'warn' | 'good'; children: ReactNode }) {
  return <div className={`notice ${kind}`} role="note"><div className="grow">{children}</div></div>;
}

export function EmptyState({ title, children, actions }: { title: string; children: ReactNode; actions?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      <p>{children}</p>
      {actions ? <div className="row">{actions}</div> : null}
    </div>
  );
}

const WIDTHS = ['skeleton-bar w1', 'skeleton-bar w2', 'skeleton-bar w3', 'skeleton-bar w4'];

/** How much of a long load is here, in words beside the bar. */
export function LoadProgress() {
  const status = useSyncStatus();
  if (status.rowsToLoad === 0) return null;
  const words = loadingWords(status);
  return (
    <div className="load-progress">
      <progress aria-label="Rows loaded" aria-valuetext={words} value={loadedPercent(status)} max={100} />
      <span className="num">Loading {words}</span>
    </div>
  );
}

/** Rows of the true height, and none at all for what loads within 150 ms. */
export function Skeleton({ rows = 12 }: { rows?: number }) {
  const visible = useAfter(true, 150);
  if (!visible) return null;
  return (
    <div role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="skeleton-row">
          {WIDTHS.map((width) => <span key={width} className={width} />)}
        </div>
      ))}
    </div>
  );
}
