import { describe, expect, it } from 'vitest';
import { FILTER_PARAMETERS, filterWords, readFilters } from './product-filters';

const query = (text: string) => new URLSearchParams(text);
const words = (text: string) => filterWords(query(text), { sign: '£' }).map((one) => one.words);

describe('filters of the product list', () => {
  it('hold together', () => {
    expect(readFilters(query('platform=amazon&category=Home+%3E+Mugs&min_price=1&max_price=12.50&sync=failed&collection=0000000000001'))).toEqual({
      amazon_id: { present: true }, category: 'Home > Mugs', price: { min: '1', max: '12.5' }, sync_status: 'failed', collections: '0000000000001',
    });
  });
  it('of one bound leave the other side open', () => {
    expect(readFilters(query('max_price=9'))).toEqual({ price: { max: '9' } });
    expect(words('max_price=9')).toEqual(['price up to £9.00']);
    expect(words('min_price=1000')).toEqual(['price from £1,000.00']);
  });
  it('know nothing here as a state of its own', () => {
    expect(readFilters(query('sync=none'))).toEqual({ sync_status: '' });
  });
  it('leave out what is not understood', () => {
    expect(readFilters(query('platform=ebay&min_price=cheap&sync=maybe&collection=x'))).toEqual({});
    expect(words('platform=ebay&min_price=cheap&sync=maybe&collection=x&status=Gone')).toEqual([]);
  });
  it('are each told in words, with the parameters that end them', () => {
    const told = filterWords(query('status=Active&platform=shopee&category=Mugs&min_price=1&max_price=2&sync=pending&q=red&collection=0000000000001'), { collection: 'Gifts' });
    expect(told.map((one) => one.words)).toEqual([
      'status Active', 'listed on Shopee', 'category Mugs', 'collection Gifts', 'price from 1.00 to 2.00', 'sync status Pending',
      '“red” in title, SKU, ASIN, handle, category or tags',
    ]);
    expect(told.flatMap((one) => one.parameters).sort()).toEqual([...FILTER_PARAMETERS].sort());
  });
});
