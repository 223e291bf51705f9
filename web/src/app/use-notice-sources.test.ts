import { describe, expect, it } from 'vitest';
import { newsOf } from './use-notice-sources';

const calm = { connection: 'live', parked: 0, conflicts: 0, storage: 'ok', lostEdits: 0, lastError: null } as const;

describe('news of the connection', () => {
  it('are told when they begin, and not again', () => {
    expect(newsOf(calm, { ...calm, connection: 'offline' }, false)).toMatchObject([{ kind: 'warn' }]);
    expect(newsOf({ ...calm, connection: 'offline' }, { ...calm, connection: 'offline' }, true)).toEqual([]);
    expect(newsOf(calm, calm, false)).toEqual([]);
  });
  it('say that it is back only to whom its loss was told', () => {
    expect(newsOf({ ...calm, connection: 'reconnecting' }, calm, true)).toMatchObject([{ kind: 'good' }]);
    expect(newsOf({ ...calm, connection: 'starting' }, calm, false)).toEqual([]);
  });
  it('lead to what has to be decided', () => {
    expect(newsOf(calm, { ...calm, parked: 2, conflicts: 1 }, false)).toMatchObject([{ text: '2 edits not saved: the server refused them.', to: '/outbox' }, { to: '/conflicts' }]);
    expect(newsOf({ ...calm, conflicts: 3 }, { ...calm, conflicts: 2 }, false)).toEqual([]);
    expect(newsOf(calm, { ...calm, storage: 'evicted', lostEdits: 1 }, false)).toMatchObject([{ text: expect.stringContaining('1 waiting edit') }]);
  });
});
