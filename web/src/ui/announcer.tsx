// One polite sentence for screen readers at most every five seconds, however much changes.
import { useEffect, useState } from 'react';
import { plural } from './format';

const EVERY_MS = 5_000;
const waiting = { changed: 0, entered: 0, removed: 0, said: '' };
let speak: ((text: string) => void) | null = null;
let timer: ReturnType<typeof setTimeout> | null = null;
let lastAt = 0;

function summary(): string {
  const parts = [
    waiting.said,
    waiting.changed ? `${plural(waiting.changed, 'value')} changed` : '',
    waiting.entered ? plural(waiting.entered, 'new row') : '',
    waiting.removed ? `${plural(waiting.removed, 'row')} removed` : '',
  ].filter(Boolean);
  Object.assign(waiting, { changed: 0, entered: 0, removed: 0, said: '' });
  return parts.join(', ');
}

function flush(): void {
  timer = null;
  lastAt = Date.now();
  const text = summary();
  if (text) speak?.(text);
}

function soon(): void {
  if (timer === null) timer = setTimeout(flush, Math.max(0, lastAt + EVERY_MS - Date.now()));
}

export function announceChange(kind: 'changed' | 'entered' | 'removed', count = 1): void {
  waiting[kind] += count;
  soon();
}

export function announce(text: string): void {
  waiting.said = text;
  soon();
}

export function LiveRegion() {
  const [said, setSaid] = useState({ text: '', turn: 0 });
  useEffect(() => {
    speak = (text) => setSaid(({ turn }) => ({ text, turn: turn + 1 }));
    return () => {
      speak = null;
    };
  }, []);
  // A new element each time: the same words again would be no change, and unheard.
  return <div className="sr-only" role="status" aria-live="polite"><span key={said.turn}>{said.text}</span></div>;
}
