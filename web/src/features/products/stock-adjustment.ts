import { formatCount, parseCount } from '../../ui/format';

export type Adjustment = { ok: true; amount: number } | { ok: false; message: string };

/** "+12", "12", "−5" to an amount; what would fall below the floor as far as this browser knows is told at once, the server decides. */
export function readAdjustment(text: string, stands: number, min: number): Adjustment {
  const parsed = parseCount(text.trim().replace(/^\+\s*(?=\d)/, ''));
  if (!parsed.ok) return { ok: false, message: 'Write what comes in or goes out: +12 or −5' };
  const amount = parsed.value ?? 0;
  const after = stands + amount;
  if (!Number.isSafeInteger(after)) return { ok: false, message: 'This number is too large' };
  if (amount < 0 && after < min) return { ok: false, message: `It would fall to ${formatCount(after)}, below ${formatCount(min)}` };
  return { ok: true, amount };
}
