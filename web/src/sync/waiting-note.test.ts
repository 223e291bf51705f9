import { afterEach, describe, expect, it, vi } from 'vitest';
import { keepWaiting, readCounts, waitingHere, withCount } from './waiting-note';

afterEach(() => vi.unstubAllGlobals());

describe('edits that wait in this browser, by person', () => {
  it('reads only what it understands', () => {
    expect(readCounts('{"a":3,"b":0,"c":-1,"d":"2","e":1.5}')).toEqual({ a: 3 });
    for (const text of [null, '', '[1]', 'null', '7', '{']) expect(readCounts(text)).toEqual({});
  });

  it('forgets whoever has nothing left, and keeps a bound', () => {
    expect(withCount({ a: 3, b: 1 }, 'a', 0)).toEqual({ b: 1 });
    expect(withCount({ b: 1 }, 'a', 2)).toEqual({ a: 2, b: 1 });
    const many = Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`user${n}`, 1]));
    expect(withCount(many, 'one more', 5)).toEqual(many);
    expect(withCount(many, 'user3', 5)).toEqual({ ...many, user3: 5 });
  });

  it('tells own edits from those of others, without saying whose', () => {
    expect(waitingHere({ a: 3, b: 1, c: 2 }, 'a')).toEqual({ own: 3, others: 3 });
    expect(waitingHere({ b: 1 }, 'a')).toEqual({ own: 0, others: 1 });
    expect(waitingHere({ b: 1 }, null)).toEqual({ own: 0, others: 1 });
  });

  it('are counted again when the browser cleared the note under an open page', () => {
    const kept = new Map<string, string>();
    vi.stubGlobal('localStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, text: string) => kept.set(key, text) });
    keepWaiting('a', 1);
    kept.clear();
    keepWaiting('a', 1);
    expect([...kept.values()]).toEqual(['{"a":1}']);
  });
});
