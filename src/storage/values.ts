/** NULL comes as null; our records say undefined. */
export function orUndefined<Value>(value: Value | null): Value | undefined {
  return value ?? undefined;
}

export function numberOrUndefined(value: string | null): number | undefined {
  return value === null ? undefined : Number(value);
}

/** Seconds since the epoch, rounded down. */
export function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

/** PostgreSQL's text can't hold U+0000, so nothing stored has a name with it; looking one up would be an error. */
export function isStorable(text: string): boolean {
  return !text.includes('\0');
}

/** An array for PostgreSQL, of numbers and hex digits, which need no quotes: the driver would look at each for them. */
export function plainArray(items: readonly (string | number)[]): string {
  return `{${items.join(',')}}`;
}

/** An array for PostgreSQL, of any texts. */
export function textArray(items: Iterable<string>): string {
  return `{${Array.from(items, (item) => `"${item.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
