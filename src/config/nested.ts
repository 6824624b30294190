import { isRecord } from '../lib/json.js';

type Path = readonly PropertyKey[];

/** Sets the value at `path`, making the records on the way. */
export function setAt(record: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [name, ...rest] = path;
  if (name === undefined) return;
  if (rest.length === 0) {
    record[name] = value;
    return;
  }
  const child = record[name];
  const next = isRecord(child) ? child : {};
  record[name] = next;
  setAt(next, rest, value);
}

/** Removes the value at `path`; the whole entry, where it lies in a list. */
export function removeAt(record: Record<string, unknown>, path: Path): void {
  const [name, ...rest] = path.map(String);
  if (name === undefined) return;
  const child = record[name];
  if (rest.length === 0 || Array.isArray(child)) delete record[name];
  else if (isRecord(child)) removeAt(child, rest);
}

/** Freezes `value` and all below it. */
export function freezeDeeply<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const child of Object.values(value)) freezeDeeply(child);
  }
  return value;
}
