import { useEffect, useRef } from 'react';

export interface GlobalKeys {
  palette: () => void;
  map: () => void;
  undo: () => void;
  redo: () => void;
  nextConflict: () => void;
  goTo: (letter: 'd' | 'p' | 's' | 'o') => void;
}

const SECOND_LETTER_MS = 1_200;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.matches('input:not([type=checkbox]), textarea, select') || target.isContentEditable);

const inTable = (target: EventTarget | null): boolean => target instanceof HTMLElement && target.closest('[role=grid]') !== null;

export function useGlobalKeys(keys: GlobalKeys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    let goAt = 0;
    const down = (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector('dialog[open]')) return;
      const run = (action: () => void) => {
        event.preventDefault();
        action();
      };
      const letter = event.key.toLowerCase();
      if (event.ctrlKey || event.metaKey) {
        if (letter === 'k') run(latest.current.palette);
        else if (letter === 'z' && !isTyping(event.target)) run(event.shiftKey ? latest.current.redo : latest.current.undo);
        return;
      }
      if (event.key === 'F8') return run(latest.current.nextConflict);
      if (event.altKey || isTyping(event.target) || !inTable(event.target)) return;
      if (event.key === '?') return run(latest.current.map);
      if (letter === 'g') goAt = event.timeStamp;
      else if (event.timeStamp - goAt < SECOND_LETTER_MS && 'dpso'.includes(letter)) {
        goAt = 0;
        run(() => latest.current.goTo(letter as 'd' | 'p' | 's' | 'o'));
      }
    };
    document.addEventListener('keydown', down);
    return () => document.removeEventListener('keydown', down);
  }, []);
}
