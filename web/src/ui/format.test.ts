import { describe, expect, it } from 'vitest';
import {
  decimalChange, formatAge, formatBytes, formatCount, formatDecimal, parseCount, parseDecimal, percentOf, plural, sumDecimals,
} from './format';

describe('decimals as shown', () => {
  it('groups thousands and fills up to the wanted places', () => {
    expect(formatDecimal('1299.5', 2)).toBe('1,299.50');
    expect(formatDecimal('0', 2)).toBe('0.00');
    expect(formatDecimal('-1234567.8901', 2)).toBe('−1,234,567.8901');
    expect(formatDecimal('98.5', 0)).toBe('98.5');
  });
  it('leaves what is no number as it is', () => {
    expect(formatDecimal('n/a', 2)).toBe('n/a');
  });
  it('counts with grouping', () => {
    expect(formatCount(26688)).toBe('26,688');
    expect(formatCount(-5)).toBe('−5');
  });
});

describe('typed decimals', () => {
  it.each([
    ['1,299.00', '1299'], ['£4', '4'], ['€ 9.50', '9.5'], ['GBP 12', '12'], ['0012.340', '12.34'], ['.5', '0.5'],
    ['-3', '-3'], ['−3', '-3'], ['-0', '0'], ['1 000', '1000'], ['12.', '12'],
  ])('reads %s as %s', (text, value) => {
    expect(parseDecimal(text)).toEqual({ ok: true, value });
  });
  it('takes nothing typed as an absent value', () => {
    expect(parseDecimal('  ')).toEqual({ ok: true, value: null });
  });
  it.each(['9,50', '1,29,900', 'abc', '£', '1.2.3', '1.23456', '123456789012345', '-', '1e5'])('refuses %s', (text) => {
    expect(parseDecimal(text).ok).toBe(false);
  });
});

describe('typed counts', () => {
  it('reads grouping and refuses fractions', () => {
    expect(parseCount('26,688')).toEqual({ ok: true, value: 26688 });
    expect(parseCount('1.5').ok).toBe(false);
    expect(parseCount('99999999999999999999').ok).toBe(false);
    expect(parseCount('')).toEqual({ ok: true, value: null });
  });
});

describe('words', () => {
  it('speaks of ages', () => {
    const now = 1_000_000_000;
    expect(formatAge(now - 3_000, now)).toBe('just now');
    expect(formatAge(now - 45_000, now)).toBe('45 s ago');
    expect(formatAge(now - 180_000, now)).toBe('3 min ago');
    expect(formatAge(now - 7_200_000, now)).toBe('2 h ago');
    expect(formatAge(now - 86_400_000, now)).toBe('yesterday');
    expect(formatAge(now + 5_000, now)).toBe('just now');
  });
  it('says how much memory something takes', () => {
    expect([0, 65_536, 1_048_575, 1_048_576, 25_165_824].map(formatBytes)).toEqual(['0 kB', '64 kB', '1024 kB', '1.0 MB', '24 MB']);
  });
  it('counts things', () => {
    expect(plural(1, 'edit')).toBe('1 edit');
    expect(plural(3, 'edit')).toBe('3 edits');
  });
});

describe('what changed', () => {
  it.each([
    ['12', '15', '+3'], ['61230.4', '61229.15', '−1.25'], ['-0.5', '0.5', '+1'], ['9.5', '9.5', null], ['0', '1234567.8901', '+1,234,567.8901'],
  ])('from %s to %s is %s', (before, after, change) => {
    expect(decimalChange(before, after)).toBe(change);
  });
});

describe('sums of decimals', () => {
  it('are exact where binary floating point is not', () => {
    expect(sumDecimals(['0.1', '0.2'])).toBe('0.3');
    expect(sumDecimals([])).toBe('0');
    expect(sumDecimals(['-9.5', '9.5'])).toBe('0');
    expect(sumDecimals(['-0.0001', '-3'])).toBe('-3.0001');
    expect(sumDecimals(Array.from({ length: 2_400 }, () => '999999999999.9999'))).toBe('2399999999999999.76');
  });

  it('do not depend on the order, and a change is what makes one of the other', () => {
    const values = Array.from({ length: 200 }, (_, n) => `${n % 3 === 0 ? '-' : ''}${(n * 7_919) % 10_007}.${String((n * 31) % 97).padStart(4, '0')}`);
    const sum = sumDecimals(values);
    expect(sumDecimals(values.toReversed())).toBe(sum);
    expect(sumDecimals([sumDecimals(values.slice(0, 77)), sumDecimals(values.slice(77))])).toBe(sum);
    expect(decimalChange(sum, sumDecimals([sum, '1.5']))).toBe('+1.5');
  });

  it('shares are rounded to hundredths of a percent, away from zero at the half', () => {
    expect(percentOf('1', '3')).toBe('33.33');
    expect(percentOf('2', '3')).toBe('66.67');
    expect(percentOf('1', '20000')).toBe('0.01');
    expect(percentOf('-1', '20000')).toBe('-0.01');
    expect(percentOf('5', '0')).toBeNull();
  });
});
