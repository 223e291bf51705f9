import { describe, expect, it } from 'vitest';
import { queryOfView, readView, viewParameters } from './saved-view';

describe('a saved view', () => {
  it('keeps filters, order and size, and neither page nor what is open', () => {
    expect(queryOfView(new URLSearchParams('page=3&open=0000000000001&sort=-price&size=50&status=Active&q='))).toBe('status=Active&sort=-price&size=50');
  });
  it('is the same in whichever order the address names things', () => {
    expect(queryOfView(new URLSearchParams('sort=title&q=mug'))).toBe(queryOfView(new URLSearchParams('q=mug&sort=title')));
  });
  it('takes away what it does not hold', () => {
    expect(viewParameters('status=Active')).toMatchObject({ status: 'Active', q: null, sort: null, platform: null, page: null });
  });
  it.each([[null], ['text'], [7], [['a']], [{}], [{ query: 7, columns: 'x' }]])('of a damaged record %j is the plain list', (spec) => {
    expect(readView(spec as never).query).toBe('');
  });
  it('reads columns back', () => {
    expect(readView({ query: 'page=2&status=Active', columns: { order: ['price'], hidden: [], widths: { price: 90 } } })).toEqual({
      query: 'status=Active', columns: { order: ['price'], hidden: [], widths: { price: 90 } },
    });
  });
});
