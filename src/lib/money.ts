/** US dollars in millionths, as a whole number: what spending is counted in. Never negative, at most 2^53 - 1. */
export type MicroDollars = number;

/** The only currency that spending is counted in (ISO 4217). */
export const currency = 'USD';

const decimal = /^(0|[1-9][0-9]{0,9})(?:\.([0-9]{1,6}))?$/;

/** What `2.00` says, in micro-dollars. Undefined for signs, exponents, more than six decimals, ten billion and more. */
export function readDollars(text: string): MicroDollars | undefined {
  const [, whole, fraction = ''] = decimal.exec(text) ?? [];
  return whole === undefined ? undefined : Number(whole) * 1_000_000 + Number(fraction.padEnd(6, '0'));
}

/** `2.00`: two decimals, and more where there are any. */
export function writeDollars(amount: MicroDollars): string {
  const fraction = String(amount % 1_000_000).padStart(6, '0');
  return `${Math.floor(amount / 1_000_000)}.${fraction.slice(0, 2)}${fraction.slice(2).replace(/0+$/, '')}`;
}
