// Days of sales of a shop, made over HTTP.
import type { Shop } from './fixtures';

export interface Day {
  id: string;
  day: string;
}

const DAY_MS = 86_400_000;

/** "2026-03-01" and so many days on. */
export const dayAfter = (day: string, days: number): string => new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

export async function addDay(shop: Shop, day: string, fields: Record<string, unknown>): Promise<Day> {
  return (await shop.admin.must('POST', `/api/sales?storeId=${shop.id}`, { day, ...fields }))['data'] as Day;
}

export function changeDay(shop: Shop, { id }: Day, fields: Record<string, unknown>): Promise<Record<string, unknown>> {
  return shop.admin.must('PUT', `/api/sales/${id}?storeId=${shop.id}`, fields);
}

/** Sums in hundredths, of whatever the server has. */
export async function sumOfDays(shop: Shop): Promise<{ days: number; hundredths: bigint; units: number }> {
  let cursor: string | null = '';
  const sum = { days: 0, hundredths: 0n, units: 0 };
  while (cursor !== null) {
    const body: Record<string, unknown> = await shop.admin.must('GET', `/api/sales?storeId=${shop.id}&size=200&cursor=${encodeURIComponent(cursor)}`);
    for (const one of body['data'] as { sales_amount: string | null; units_sold: number | null }[]) {
      const [whole = '0', fraction = ''] = (one.sales_amount ?? '0').split('.');
      sum.days += 1;
      sum.hundredths += BigInt(whole + fraction.padEnd(2, '0'));
      sum.units += one.units_sold ?? 0;
    }
    cursor = (body['next'] as string | null) ?? null;
  }
  return sum;
}

/** As screens show an amount. */
export function shown(hundredths: bigint): string {
  const digits = String(hundredths).padStart(3, '0');
  return `${digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',')}.${digits.slice(-2)}`;
}
