import { useEffect, useRef, useState } from 'react';
import type { PageSpec } from '../../sync';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icon';
import { goQuery } from '../../ui/router';
import { usePhone } from '../../ui/use-media';
import { SORTABLE } from './product-columns';
import { fieldInfo } from '../../ui/fields';

const TYPING_PAUSE_MS = 150;

/** The search field: the address follows typing after a short pause, and typing follows Back. */
function SearchBox({ query }: { query: string }) {
  const [text, setText] = useState(query);
  const sent = useRef(query);
  useEffect(() => {
    if (query !== sent.current) {
      sent.current = query;
      setText(query);
    }
  }, [query]);
  useEffect(() => {
    const wanted = text.trim();
    if (wanted === sent.current) return undefined;
    const timer = setTimeout(() => {
      sent.current = wanted;
      goQuery({ q: wanted, page: null }, { replace: true });
    }, TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div className="search" role="search">
      <Icon name="search" />
      <input className="input" type="search" data-search="" aria-label="Search products" placeholder="Search title, SKU, ASIN"
        value={text} maxLength={200} onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setText('');
        }} />
    </div>
  );
}

const setStatus = (status: string) => goQuery({ status: status === 'All' ? null : status, page: null });

function StatusFilter({ status }: { status: string | undefined }) {
  return (
    <div className="row" role="group" aria-label="Status">
      {['All', 'Active', 'Inactive'].map((choice) => (
        <button key={choice} type="button" className="button small" aria-pressed={(status ?? 'All') === choice} onClick={() => setStatus(choice)}>
          {choice}
        </button>
      ))}
    </div>
  );
}

export function ProductTools({ spec }: { spec: PageSpec }) {
  const phone = usePhone();
  const [sheet, setSheet] = useState(false);
  const status = spec.filter['status'] as string | undefined;
  if (!phone) return <><SearchBox query={spec.query} /><StatusFilter status={status} /></>;
  const filters = (status ? 1 : 0) + (spec.sort === '-sales_amount' ? 0 : 1);
  return (
    <>
      <SearchBox query={spec.query} />
      <button type="button" className="button" onClick={() => setSheet(true)}><Icon name="filter" />Filter{filters ? ` (${filters})` : ''}</button>
      {sheet ? (
        <Dialog title="Filter and order" place="sheet" onClose={() => setSheet(false)}>
          <div className="stack">
            <StatusFilter status={status} />
            <label>
              <span className="label">Order by</span>
              <select className="input" value={spec.sort} onChange={(event) => goQuery({ sort: event.target.value, page: null })}>
                {SORTABLE.flatMap((name) => [
                  <option key={name} value={name}>{fieldInfo('products', name).label}, smallest first</option>,
                  <option key={`-${name}`} value={`-${name}`}>{fieldInfo('products', name).label}, largest first</option>,
                ])}
              </select>
            </label>
          </div>
        </Dialog>
      ) : null}
    </>
  );
}

/** The filter in words, for the empty result. */
export function filterWords(spec: PageSpec): string {
  const parts = [
    typeof spec.filter['status'] === 'string' ? `status ${spec.filter['status']}` : '',
    spec.query ? `“${spec.query}” in title, SKU, ASIN, handle or category` : '',
  ].filter(Boolean);
  return parts.join(' and ');
}
