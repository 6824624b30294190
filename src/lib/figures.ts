import type { Locale } from './locale.js';
import { currency, type MicroDollars } from './money.js';

/** `$2.00`, in Chinese `US$2.00`; more decimals only where there are any. */
export function amountIn(locale: Locale, amount: MicroDollars): string {
  const style = { style: 'currency', currency, minimumFractionDigits: 2, maximumFractionDigits: 6 } as const;
  return new Intl.NumberFormat(locale, style).format(amount / 1_000_000);
}

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** `5 minutes`, `5 分鐘`: in the largest unit that makes it a whole number. */
export function spanIn(locale: Locale, seconds: number): string {
  const [unit, length] = units.find((each) => seconds % each[1] === 0) ?? ['second', 1];
  const style = { style: 'unit', unit, unitDisplay: 'long' } as const;
  return new Intl.NumberFormat(locale, style).format(seconds / length);
}

/** `Premium and Frontier`, `Premium 和 Frontier`: Chinese sets blanks around Latin letters, which titles mostly are. */
export function listIn(locale: Locale, items: readonly string[]): string {
  const parts = new Intl.ListFormat(locale, { type: 'conjunction' }).formatToParts(items);
  return parts.map(({ value }) => (value === '和' ? ` ${value} ` : value)).join('');
}
