import { describe, expect, it } from 'vitest';
import { readAdjustment } from './stock-adjustment';

describe('an adjustment of stock', () => {
  it.each([['+12', 12], ['12', 12], ['-5', -5], ['−5', -5], ['', 0], ['+1,000', 1000]])('reads %j as %d', (text, amount) => {
    expect(readAdjustment(text, 100, 0)).toEqual({ ok: true, amount });
  });
  it('names what would fall below the floor, and never one that grows towards it', () => {
    expect(readAdjustment('-101', 100, 0)).toEqual({ ok: false, message: 'It would fall to −1, below 0' });
    expect(readAdjustment('-1', 10, 10)).toEqual({ ok: false, message: 'It would fall to 9, below 10' });
    expect(readAdjustment('+1', -5, 0)).toEqual({ ok: true, amount: 1 });
  });
  it.each(['5.5', 'some', '+-5', '9007199254740991'])('takes %j for none', (text) => {
    expect(readAdjustment(text, 100, 0).ok).toBe(false);
  });
});
