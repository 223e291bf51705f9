import type { LivePage } from '../sync';
import { formatCount } from './format';
import { Icon, type IconName } from './icon';
import { useAfter } from './use-now';

export const PAGE_SIZES = [25, 50, 100] as const;

interface PageBarProps {
  page: Pick<LivePage, 'state' | 'total' | 'page' | 'pages' | 'size'> & { rows: readonly unknown[] };
  /** What is counted: "products". */
  what: string;
  /** The page that is on its way while this one stays, for collections that live on the server. */
  awaited?: number | null;
  /** Where a screen has several. */
  label?: string;
  /** Where a page may be larger than elsewhere. */
  sizes?: readonly number[];
  onPage: (page: number) => void;
  onSize: (size: number) => void;
}

export function PageBar({ page, what, awaited = null, label = 'Pages', sizes = PAGE_SIZES, onPage, onSize }: PageBarProps) {
  const waiting = useAfter(awaited !== null, 150);
  const known = page.state === 'ready' || page.rows.length > 0;
  const first = page.total === 0 ? 0 : (page.page - 1) * page.size + 1;
  const last = Math.min(page.total, page.page * page.size);
  const step = (to: number, label: string, icon: IconName) => (
    <button type="button" className="button quiet small" aria-label={label} title={label}
      disabled={to < 1 || to > page.pages || to === page.page} onClick={() => onPage(to)}><Icon name={icon} /></button>
  );
  return (
    <nav className="page-bar" aria-label={label}>
      <span className="num nowrap">
        {waiting && awaited !== null ? <span role="status">Loading page {formatCount(awaited)}</span>
          : known ? <>{page.total === 0 ? null : `${formatCount(first)}–${formatCount(last)} of `}<strong>{formatCount(page.total)}</strong> {what}</> : null}
      </span>
      <span className="grow" />
      <label className="row nowrap">
        <span className="muted">Rows</span>
        <select className="input small" value={page.size} onChange={(event) => onSize(Number(event.target.value))}>
          {sizes.map((size) => <option key={size} value={size}>{size}</option>)}
        </select>
      </label>
      <span className="page-steps">
        {step(1, 'First page', 'first')}
        {step(page.page - 1, 'Previous page', 'left')}
        <span className="num nowrap">{known ? `Page ${formatCount(page.page)} of ${formatCount(page.pages)}` : `Page ${formatCount(page.page)}`}</span>
        {step(page.page + 1, 'Next page', 'right')}
        {step(page.pages, 'Last page', 'last')}
      </span>
    </nav>
  );
}
