import type { JsonObject } from './request-members.js';

/** The sum of members that are counts, under one name; nothing where none of them is there. */
export function countIn<Name extends string>(
  said: JsonObject,
  name: Name,
  members: readonly string[],
): Partial<Record<Name, number>> {
  const counts = members.map((member) => said[member]).filter(isCount);
  if (counts.length === 0) return {};
  const sum = counts.reduce((total, count) => total + count, 0);
  return { [name]: sum } as Record<Name, number>;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
