import { useEffect, useRef, useState } from 'react';
import { announceChange } from './announcer';

const TINT_EVERY_MS = 1_000;

/** A number that grows when a foreign change should show, at most once a second. */
export function useTint(foreignAt: number | null): number {
  const seen = useRef(foreignAt);
  const lastAt = useRef(0);
  const [tint, setTint] = useState(0);
  useEffect(() => {
    if (foreignAt === null || foreignAt === seen.current) return;
    seen.current = foreignAt;
    announceChange('changed');
    const now = Date.now();
    if (now - lastAt.current < TINT_EVERY_MS) return;
    lastAt.current = now;
    setTint((before) => before + 1);
  }, [foreignAt]);
  return tint;
}
