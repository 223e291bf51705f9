import { describe, expect, it } from 'vitest';
import { judge, judgeRating, judgeStatus, judgeViolations, nothingIn, STANDARDS, standardWords } from './standards';

const of = (field: string) => {
  const found = STANDARDS.find((standard) => standard.field === field);
  if (!found) throw new Error(field);
  return found;
};

describe('figures of an account', () => {
  it('meet their target or miss it; the limit itself misses', () => {
    expect(judge(of('order_defect_rate'), '0.99').tone).toBe('good');
    expect(judge(of('order_defect_rate'), '1').tone).toBe('bad');
    expect(judge(of('on_time_delivery_rate'), '90').tone).toBe('bad');
    expect(judge(of('on_time_delivery_rate'), '90.1').tone).toBe('good');
    expect(standardWords(of('cancellation_rate'))).toBe('under 2.5 %');
  });
  it('that nobody entered are not known, and never zero', () => {
    expect(judge(of('order_defect_rate'), null).words).toBe('Not known yet');
    expect(judgeRating(undefined).words).toBe('Not known yet');
    expect(judgeViolations(null).words).toBe('Not known yet');
    expect(judgeStatus('').words).toBe('Not known yet');
    expect(nothingIn({ notes: null, account_status: '' })).toBe(true);
    expect(nothingIn({ policy_violations: 0 })).toBe(false);
  });
  it('are judged in words as well as in colour', () => {
    expect([judgeRating(200).tone, judgeRating(199).tone, judgeRating(99).tone]).toEqual(['good', 'warn', 'bad']);
    expect(judgeViolations(0)).toEqual({ tone: 'good', words: 'None open' });
    expect(judgeStatus('Critical')).toEqual({ tone: 'bad', words: 'Critical' });
  });
});
