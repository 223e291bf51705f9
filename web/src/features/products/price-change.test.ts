import { describe, expect, it } from 'vitest';
import { newPrice, readRule, type PriceRule } from './price-change';

const rule = (mode: PriceRule['mode'], value: string, rounding: PriceRule['rounding'] = 'cent'): PriceRule => ({ mode, value, rounding });

describe('a new price', () => {
  it('is set, also where there was none', () => {
    expect(newPrice(null, rule('set', '4.5'))).toBe('4.5');
    expect(newPrice('9.99', rule('set', '0'))).toBe('0');
  });
  it('is exact in decimals where binary numbers are not', () => {
    expect(newPrice('0.1', rule('amount', '0.2'))).toBe('0.3');
    expect(newPrice('1.005', rule('amount', '0'))).toBe('1.01');
    expect(newPrice('99999999999999.99', rule('amount', '0.01'))).toBe('100000000000000');
  });
  it('rises and falls by per cent, rounded to the cent', () => {
    expect(newPrice('9.5', rule('percent', '10'))).toBe('10.45');
    expect(newPrice('9.99', rule('percent', '-15'))).toBe('8.49');
    expect(newPrice('3.33', rule('percent', '3.5'))).toBe('3.45');
  });
  it('ends as shops like it', () => {
    expect(newPrice('10.4', rule('percent', '0', '.99'))).toBe('9.99');
    expect(newPrice('10.5', rule('percent', '0', '.99'))).toBe('10.99');
    expect(newPrice('10.4', rule('amount', '1', '.95'))).toBe('10.95');
    expect(newPrice('10.4', rule('amount', '1', 'whole'))).toBe('11');
  });
  it('is never below zero, and nothing comes of no price', () => {
    expect(newPrice('2', rule('amount', '-3'))).toBeNull();
    expect(newPrice('0.2', rule('percent', '-50', '.99'))).toBeNull();
    expect(newPrice(null, rule('percent', '10'))).toBeNull();
  });
});

describe('what is typed', () => {
  it('may carry a sign and a per cent sign', () => {
    expect(readRule('percent', '+12.5 %', 'cent')).toEqual({ ok: true, rule: rule('percent', '12.5') });
    expect(readRule('amount', '-£2', 'cent')).toEqual({ ok: true, rule: rule('amount', '-2') });
  });
  it('is refused in words', () => {
    expect(readRule('set', '-1', 'cent')).toEqual({ ok: false, message: 'Not below 0' });
    expect(readRule('set', '', 'cent')).toEqual({ ok: false, message: 'Write a number' });
    expect(readRule('set', 'ten', 'cent').ok).toBe(false);
  });
});
