import { describe, expect, it } from 'vitest';
import { fieldInfo, inputText, parseCell, parseField, sameValue, showValue } from './fields';

const price = fieldInfo('products', 'price');
const stock = fieldInfo('products', 'inventory');
const title = fieldInfo('products', 'title');

describe('values on screen', () => {
  it('calls a field that only a newer version knows by its number', () => {
    expect(fieldInfo('products', '#14').label).toBe('Field 14 of a newer version');
    expect(fieldInfo('#77', '#1').kind).toBe('line');
    expect(showValue(fieldInfo('products', '#14'), 'Acme')).toBe('Acme');
  });
  it('shows what is missing as a dash, never as zero', () => {
    expect(showValue(price, null)).toBe('–');
    expect(showValue(stock, undefined)).toBe('–');
    expect(showValue(stock, 0)).toBe('0');
  });
  it('shows the words of rich text on one line', () => {
    const description = fieldInfo('products', 'description');
    expect(showValue(description, '<h2>Clay</h2><p>By <b>hand</b>, 2 &lt; 3 &amp;amp; so<br>on</p>')).toBe('Clay By hand, 2 < 3 &amp; so on');
    expect(showValue(description, '<p></p>')).toBe('–');
  });
  it('shows money with two places and puts it ungrouped into inputs', () => {
    expect(showValue(price, '1299.5')).toBe('1,299.50');
    expect(inputText(price, '1299.5')).toBe('1299.50');
    expect(inputText(price, null)).toBe('');
  });
});

describe('typed values', () => {
  it('needs what is required', () => {
    expect(parseField(title, '  ')).toEqual({ ok: false, message: 'Title is needed' });
    expect(parseField(title, ' Mug ')).toEqual({ ok: true, value: 'Mug' });
  });
  it('keeps numbers within their limits', () => {
    expect(parseField(price, '-1').ok).toBe(false);
    expect(parseField(stock, '-1').ok).toBe(false);
    expect(parseField(fieldInfo('dashboard', 'featured_offer_percent'), '100.5').ok).toBe(false);
    expect(parseField(fieldInfo('dashboard', 'seller_feedback_rating'), '4.8')).toEqual({ ok: true, value: '4.8' });
    expect(parseField(fieldInfo('products', 'sales_amount'), '-12.5')).toEqual({ ok: true, value: '-12.5' });
  });
  it('does not take an emptied number out of a cell', () => {
    expect(parseCell(price, ' ', '9.5')).toEqual({ ok: false, message: 'Write a number. To leave Price empty, open the form' });
    expect(parseCell(stock, '', 0).ok).toBe(false);
    expect(parseCell(price, '', null)).toEqual({ ok: true, value: null });
    expect(parseCell(fieldInfo('products', 'asin'), '', 'B001')).toEqual({ ok: true, value: null });
    expect(parseCell(price, '£4', '9.5')).toEqual({ ok: true, value: '4' });
  });
  it('takes only the choices of a choice', () => {
    expect(parseField(fieldInfo('products', 'status'), 'Gone').ok).toBe(false);
  });
  it('measures texts in bytes', () => {
    expect(parseField(fieldInfo('products', 'asin'), 'é'.repeat(11)).ok).toBe(false);
  });
  it('compares by value', () => {
    expect(sameValue(null, undefined)).toBe(true);
    expect(sameValue(['a', 'b'], ['a', 'b'])).toBe(true);
    expect(sameValue('1', 1)).toBe(false);
  });
});
