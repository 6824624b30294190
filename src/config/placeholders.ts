import { isRecord } from '../lib/json.js';

export type Placeholders = Readonly<Record<'issuer' | 'gateway', string>>;

/** Fills `${issuer}` and `${gateway}` into every text of `value`, so that another PORT needs no edit of the file. */
export function fillPlaceholders(value: unknown, placeholders: Placeholders): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{(issuer|gateway)\}/g, (_, name: 'issuer' | 'gateway') => placeholders[name]);
  }
  if (Array.isArray(value)) return value.map((entry) => fillPlaceholders(entry, placeholders));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [name, fillPlaceholders(entry, placeholders)]),
  );
}
