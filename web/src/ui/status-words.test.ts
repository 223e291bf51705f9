import { describe, expect, it } from 'vitest';
import { connectionMark, losesOnClose, pillWords, waitingWords } from './status-words';

const now = new Date(2026, 10, 21, 15, 0).getTime();
const since = new Date(2026, 10, 21, 14, 2).getTime();

describe('the pill', () => {
  it.each([
    ['live', 0, 'Live'], ['reconnecting', 3, 'Reconnecting (3 waiting)'], ['reconnecting', 0, 'Reconnecting'],
    ['offline', 3, 'Offline since 14:02 · 3 waiting'], ['polling', 0, 'Checking every 30 s'],
    ['sign-in', 3, 'Sign in again · 3 waiting'],
  ] as const)('says for %s with %i waiting: %s', (connection, waiting, words) => {
    expect(pillWords({ connection, waiting, offlineSince: since }, now)).toBe(words);
  });
  it('has one of five marks', () => {
    expect(connectionMark('starting')).toBe('reconnecting');
    expect(connectionMark('update')).toBe('offline');
    expect(connectionMark('polling')).toBe('polling');
  });
});

describe('waiting edits', () => {
  it('are said to be safe only where the browser keeps them', () => {
    expect(waitingWords({ connection: 'offline', waiting: 3, storage: 'ok' })).toBe(
      '3 edits are safe in this browser, also when you close this tab. They go as soon as the connection is back.');
    expect(waitingWords({ connection: 'live', waiting: 1, storage: 'ok' })).toContain('It is on its way.');
    expect(waitingWords({ connection: 'offline', waiting: 1, storage: 'full' })).toContain('leave this tab open');
    expect(waitingWords({ connection: 'live', waiting: 0, storage: 'ok' })).toBe('Nothing waits to be sent.');
  });
  it.each([
    ['ok', 2, false], ['tight', 2, false], ['evicted', 2, false], ['full', 2, true], ['unavailable', 1, true], ['full', 0, false],
  ] as const)('in a browser whose storage is %s with %i waiting: closing loses them: %s', (storage, waiting, loses) => {
    expect(losesOnClose({ storage, waiting })).toBe(loses);
  });
});
