import { useEffect, useRef, useState } from 'react';
import { Icon } from './icon';
import { goQuery } from './router';

const TYPING_PAUSE_MS = 150;

interface SearchBoxProps {
  query: string;
  label: string;
  placeholder: string;
}

/** The search field of a table: the address follows typing after a short pause, and typing follows Back. */
export function SearchBox({ query, label, placeholder }: SearchBoxProps) {
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
      <input className="input" type="search" data-search="" aria-label={label} placeholder={placeholder} value={text} maxLength={200}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setText('');
        }} />
    </div>
  );
}
