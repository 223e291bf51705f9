import { describe, expect, it } from 'vitest';
import { LISTING_STATES, listingState, listingWords, syncWords } from './marketplaces';

describe('the listing of a product on a marketplace', () => {
  it.each([
    [null, null, 'none'], ['', null, 'none'], [null, 'synced', 'none'], [undefined, 'error', 'none'],
    ['B00X', 'synced', 'synced'], ['B00X', 'pending', 'pending'], ['B00X', 'error', 'error'],
    ['B00X', null, 'assumed'], ['B00X', '', 'assumed'], ['B00X', 'something newer', 'assumed'],
  ] as const)('with id %j and status %j is %s', (id, status, wanted) => {
    expect(listingState(id, status)).toBe(wanted);
  });
  it('has words for every state, and different ones', () => {
    const words = LISTING_STATES.map(({ state }) => listingWords(state));
    expect(new Set(words).size).toBe(5);
    expect(words).not.toContain('');
  });
  it('is not connected as long as no marketplace is', () => {
    expect([syncWords(null), syncWords(undefined), syncWords('failed')]).toEqual(['Not connected', 'Not connected', 'Failed']);
  });
});
