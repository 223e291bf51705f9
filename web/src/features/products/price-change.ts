// A new price from an old one, in exact decimals: ten-thousandths as whole numbers.
import { parseDecimal } from '../../ui/format';

export type PriceMode = 'set' | 'amount' | 'percent';
export type Rounding = 'cent' | 'whole' | '.99' | '.95';

export interface PriceRule {
  mode: PriceMode;
  /** As parseDecimal gives it; may be negative for amount and percent. */
  value: string;
  rounding: Rounding;
}

const ONE = 10_000n;
const HUNDRED_PERCENT = 100n * ONE;

function scaled(text: string): bigint {
  const negative = text.startsWith('-');
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const value = BigInt(whole + fraction.padEnd(4, '0').slice(0, 4));
  return negative ? -value : value;
}

function written(value: bigint): string {
  const digits = String(value < 0n ? -value : value).padStart(5, '0');
  const fraction = digits.slice(-4).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -4)}${fraction ? `.${fraction}` : ''}`;
}

/** Halves away from zero, as people round prices. */
function divided(value: bigint, by: bigint): bigint {
  const size = value < 0n ? -value : value;
  const rounded = (2n * size + by) / (2n * by);
  return value < 0n ? -rounded : rounded;
}

const nearest = (value: bigint, step: bigint): bigint => divided(value, step) * step;

function rounded(value: bigint, rounding: Rounding): bigint {
  switch (rounding) {
    case 'cent': return nearest(value, ONE / 100n);
    case 'whole': return nearest(value, ONE);
    case '.99': return nearest(value + ONE / 100n, ONE) - ONE / 100n;
    case '.95': return nearest(value + ONE / 20n, ONE) - ONE / 20n;
  }
}

/** Null: there is no such price, because there was none to begin with or it would be below 0. */
export function newPrice(before: string | null, rule: PriceRule): string | null {
  if (rule.mode === 'set') return written(scaled(rule.value));
  if (before === null) return null;
  const old = scaled(before);
  const raw = rule.mode === 'amount' ? old + scaled(rule.value) : divided(old * (HUNDRED_PERCENT + scaled(rule.value)), HUNDRED_PERCENT);
  const next = rounded(raw, rule.rounding);
  return next < 0n ? null : written(next);
}

export function readRule(mode: PriceMode, text: string, rounding: Rounding): { ok: true; rule: PriceRule } | { ok: false; message: string } {
  const parsed = parseDecimal(text.replace(/%\s*$/, '').replace(/^\s*\+/, ''));
  if (!parsed.ok) return parsed;
  if (parsed.value === null) return { ok: false, message: 'Write a number' };
  if (mode === 'set' && parsed.value.startsWith('-')) return { ok: false, message: 'Not below 0' };
  return { ok: true, rule: { mode, value: parsed.value, rounding } };
}
