import { useLayoutEffect, useRef } from 'react';
import { fill, readRich } from './clean';
import './rich-text.css';

/** Rich text as readers see it. */
export function RichTextView({ html, label }: { html: string; label?: string }) {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (element.current) fill(element.current, readRich(html));
  }, [html]);
  return <div ref={element} className="rich-text" dir="auto" role={label ? 'group' : undefined} aria-label={label} />;
}
