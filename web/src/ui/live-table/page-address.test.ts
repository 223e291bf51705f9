import { describe, expect, it } from 'vitest';
import { nextSort, readPageSpec } from './page-address';

const defaults = { collection: 'products', sort: '-sales_amount', sortable: ['sales_amount', 'title'], filters: { status: ['Active', 'Inactive'] } };
const read = (query: string) => readPageSpec(new URLSearchParams(query), defaults);

describe('the page in the address', () => {
  it('has a default for everything', () => {
    expect(read('')).toEqual({ collection: 'products', page: 1, size: 25, sort: '-sales_amount', filter: {}, query: '' });
  });
  it('reads page, size, sort, filter and query', () => {
    expect(read('page=9&size=50&sort=title&status=Active&q=mug')).toEqual({
      collection: 'products', page: 9, size: 50, sort: 'title', filter: { status: 'Active' }, query: 'mug',
    });
  });
  it('takes nothing that it does not know', () => {
    expect(read('page=-1&size=7&sort=secret&status=Gone')).toEqual(read(''));
    expect(read('page=1e3').page).toBe(1);
  });
});

describe('a click on a column', () => {
  it('begins with what is looked for first and turns around', () => {
    expect(nextSort('title', 'sales_amount', true)).toBe('-sales_amount');
    expect(nextSort('-sales_amount', 'sales_amount', true)).toBe('sales_amount');
    expect(nextSort('-sales_amount', 'title', false)).toBe('title');
    expect(nextSort('title', 'title', false)).toBe('-title');
  });
});
