import { describe, expect, it } from 'vitest';
import { connectionMark, loadedPercent, loadingWords, losesOnClose, partialWords, pillWords, waitingWords } from './status-words';

const now = new Date(2026, 10, 21, 15, 0).getTime();
const since = new Date(2026, 10, 21, 14, 2).getTime();

describe('the pill', () => {
  it.each([
    ['live', 0, 'Live'], ['reconnecting', 3, 'Reconnecting (3 waiting)'], ['reconnecting', 0, 'Reconnecting'],
    ['offline', 3, 'Offline since 14:02 · 3 waiting'], ['polling', 0, 'Checking every 30 s'],
    ['sign-in', 3, 'Sign in again · 3 waiting'],
  ] as const)('says for %s with %i waiting: %s', (connection, waiting, words) => {
    expect(pillWords({ connection, waiting, offlineSince: since, loadedRows: 0, rowsToLoad: 0 }, now)).toBe(words);
  });
  it('says how far the first load is', () => {
    const loading = { connection: 'starting', waiting: 0, offlineSince: null, loadedRows: 12_000, rowsToLoad: 26_688 } as const;
    expect(pillWords(loading, now)).toBe('Loading 44 %');
    expect(pillWords({ ...loading, rowsToLoad: 0 }, now)).toBe('Starting');
    expect(loadingWords(loading)).toBe('12,000 of 26,688 rows');
  });
  it('never says more than there is to load', () => {
    expect(loadedPercent({ loadedRows: 120, rowsToLoad: 100 })).toBe(99);
    expect(loadingWords({ loadedRows: 120, rowsToLoad: 100 })).toBe('100 of 100 rows');
  });
  it('has one of five marks', () => {
    expect(connectionMark('starting')).toBe('reconnecting');
    expect(connectionMark('update')).toBe('offline');
    expect(connectionMark('polling')).toBe('polling');
  });
});

describe('waiting edits', () => {
  it('are said to be safe only where the browser keeps them', () => {
    expect(waitingWords({ connection: 'offline', waiting: 3, unstored: 0, storage: 'ok' })).toBe(
      '3 edits are safe in this browser, also when you close this tab. They go as soon as the connection is back.');
    expect(waitingWords({ connection: 'live', waiting: 1, unstored: 0, storage: 'ok' })).toContain('It is on its way.');
    expect(waitingWords({ connection: 'offline', waiting: 1, unstored: 0, storage: 'full' })).toContain('leave this tab open');
    expect(waitingWords({ connection: 'offline', waiting: 2, unstored: 1, storage: 'ok' })).toBe(
      '2 edits wait. This browser is still storing 1 edit: leave this tab open for a moment.');
    expect(waitingWords({ connection: 'live', waiting: 0, unstored: 0, storage: 'ok' })).toBe('Nothing waits to be sent.');
  });
  it.each([
    ['ok', 2, false], ['tight', 2, false], ['evicted', 2, false], ['full', 2, true], ['unavailable', 1, true], ['full', 0, false],
  ] as const)('in a browser whose storage is %s with %i waiting: closing loses them: %s', (storage, waiting, loses) => {
    expect(losesOnClose({ storage, waiting, unstored: 0 })).toBe(loses);
  });
  it('are asked about while the browser has not stored them yet', () => {
    expect(losesOnClose({ storage: 'ok', waiting: 1, unstored: 1 })).toBe(true);
    expect(losesOnClose({ storage: 'evicted', waiting: 3, unstored: 1 })).toBe(true);
  });
});

describe('a page of what this browser knows', () => {
  it('says how much that is and of when', () => {
    expect(partialWords({ known: 1_250, total: 130_000, asOf: since }, 'products', now)).toBe(
      'You see what this browser knows: 1,250 of 130,000 products, as of 14:02.');
  });
  it('leaves out what was never told', () => {
    expect(partialWords({ known: 30, total: 0, asOf: 0 }, 'products', now)).toBe('You see what this browser knows: 30 products.');
  });
});
