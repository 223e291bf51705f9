import { useEffect, useRef, useState } from 'react';
import { usePage, type FilterValue } from '../sync';
import { formatCount } from './format';
import { Link } from './router';

interface ProductCountProps {
  store: string;
  filter: Record<string, FilterValue>;
  /** Where these products are listed; null: only the number. */
  to: string | null;
  label: string;
}

/** How many products a filter leaves, live; asked for only while it can be seen. */
export function ProductCount({ store, filter, to, label }: ProductCountProps) {
  const element = useRef<HTMLSpanElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (!element.current) return undefined;
    const watch = new IntersectionObserver((entries) => setSeen(entries.some((entry) => entry.isIntersecting)));
    watch.observe(element.current);
    return () => watch.disconnect();
  }, []);
  const page = usePage(store, seen ? { collection: 'products', page: 1, size: 1, sort: 'title', filter, query: '' } : null);
  const [known, setKnown] = useState<number | null>(null);
  if (page.state === 'ready' && page.total !== known) setKnown(page.total);
  return (
    <span ref={element} className="num" data-count={known ?? ''}>
      {known === null ? '…' : to === null ? formatCount(known) : <Link to={to} tabIndex={-1} aria-label={`${formatCount(known)} products in ${label}`}>{formatCount(known)}</Link>}
    </span>
  );
}
