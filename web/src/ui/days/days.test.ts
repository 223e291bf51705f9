import { describe, expect, it } from 'vitest';
import { addDays, dayWords, daysIn, measured, pointsOf, spanBefore, spanWords, stepsOf, type DayOfSales } from './days';

const sold = (day: string, fields: DayOfSales['fields']): DayOfSales => ({ day, fields });

describe('days', () => {
  it('follow each other through months, leap days and changes of the clock', () => {
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
    expect(addDays('2026-03-28', 2)).toBe('2026-03-30');
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
    expect(daysIn({ from: '2026-01-01', to: '2026-12-31' })).toBe(365);
    expect(spanBefore({ from: '2026-03-01', to: '2026-03-07' })).toEqual({ from: '2026-02-22', to: '2026-02-28' });
  });

  it('are cut into weeks from Monday and months, the first and the last as the span has them', () => {
    expect(stepsOf({ from: '2026-11-18', to: '2026-12-01' }, 'week')).toEqual([
      { from: '2026-11-18', to: '2026-11-22' }, { from: '2026-11-23', to: '2026-11-29' }, { from: '2026-11-30', to: '2026-12-01' },
    ]);
    expect(stepsOf({ from: '2025-12-31', to: '2026-02-10' }, 'month')).toEqual([
      { from: '2025-12-31', to: '2025-12-31' }, { from: '2026-01-01', to: '2026-01-31' }, { from: '2026-02-01', to: '2026-02-10' },
    ]);
  });

  it('are never lost or told twice, whatever the step', () => {
    for (const step of ['day', 'week', 'month'] as const) {
      for (let length = 1; length < 800; length += 37) {
        const span = { from: '2024-02-20', to: addDays('2024-02-20', length - 1) };
        const steps = stepsOf(span, step);
        expect(steps.reduce((sum, one) => sum + daysIn(one), 0)).toBe(length);
        steps.slice(1).forEach((one, at) => expect(one.from).toBe(addDays(steps[at]?.to ?? '', 1)));
      }
    }
  });

  it('read as people write them', () => {
    expect(dayWords('2026-11-03')).toBe('3 Nov 2026');
    expect(spanWords({ from: '2026-11-03', to: '2026-11-03' })).toBe('3 Nov 2026');
    expect(spanWords({ from: '2025-12-30', to: '2026-01-02' })).toBe('30 Dec 2025 – 2 Jan 2026');
  });
});

describe('figures of several days', () => {
  const days = [
    sold('2026-11-01', { sales_amount: '0.1', units_sold: 3, sessions: 40 }),
    sold('2026-11-02', { sales_amount: '0.2', units_sold: 5, page_views: 0 }),
    sold('2026-11-04', { sales_amount: '999999999999.9999', units_sold: 0, sessions: 0 }),
  ];

  it('are exact sums of what is told, and unknown where nobody told anything', () => {
    expect(measured(days, 'sales_amount')).toBe('1000000000000.2999');
    expect(measured(days, 'units_sold')).toBe('8');
    expect(measured(days, 'page_views')).toBe('0');
    expect(measured(days, 'orders')).toBeNull();
    expect(measured([], 'units_sold')).toBeNull();
  });

  it('make a conversion of the days that tell both of its parts', () => {
    expect(measured(days, 'conversion')).toBe('7.5');
    expect(measured(days.slice(1, 2), 'conversion')).toBeNull();
    expect(measured(days.slice(2), 'conversion')).toBeNull();
  });

  it('stand beside the same days of the period before, and days that nobody told are gaps', () => {
    const points = pointsOf([...days, sold('2026-10-29', { units_sold: 9 })], { from: '2026-11-01', to: '2026-11-04' }, 'day');
    expect(points.map((point) => measured(point.days, 'units_sold'))).toEqual(['3', '5', null, '0']);
    expect(points.map((point) => measured(point.before, 'units_sold'))).toEqual([null, '9', null, null]);
  });
});
