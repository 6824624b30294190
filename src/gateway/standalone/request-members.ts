import { harmless } from '../../lib/harmless.js';
import { isRecord } from '../../lib/json.js';
import { accepted, refused, type Result } from '../../lib/result.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** What a request asks for that is not passed on; undefined: nothing. */
export type Objection = string | undefined;

export function objection(sentence: Objection): Result<undefined> {
  return sentence === undefined ? accepted(undefined) : refused('request_malformed', sentence);
}

/**
 * Threat 16: what is not known is refused, not passed on. To some providers `models`, `route` or `Model` name another
 * model than the one that was judged, and `service_tier` or a tool of theirs another price.
 */
export function unknownMember(
  body: JsonObject,
  known: ReadonlySet<string>,
  more: ReadonlySet<string>,
): Objection {
  const unknown = Object.keys(body).find((name) => !known.has(name) && !more.has(name));
  return unknown === undefined ? undefined : `${harmless(unknown)}: is not passed on.`;
}

export function readModel(body: JsonObject): Result<string> {
  const { model } = body;
  return typeof model === 'string'
    ? accepted(model)
    : refused('request_malformed', 'model: must be a string.');
}

/** A whole number of at least 1; null and absent are undefined. */
export function readCount(body: JsonObject, name: string): Result<number | undefined> {
  const value = body[name] ?? undefined;
  if (value === undefined) return accepted(undefined);
  const fits = typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
  return fits ? accepted(value) : refused('request_malformed', `${name}: must be a whole number from 1.`);
}

export function readFlag(body: JsonObject, name: string): Result<boolean> {
  const value = body[name] ?? false;
  return typeof value === 'boolean'
    ? accepted(value)
    : refused('request_malformed', `${name}: must be a boolean.`);
}

/** The objects of an array, or the one that stands in its place; what is no object is left to the provider. */
export function objectsIn(value: unknown): readonly JsonObject[] {
  return [value].flat().filter(isRecord);
}

/** What may stand in the parts of a message: by its type, how many tokens are not to be seen in it. */
export type PartKinds = Readonly<Record<string, 'text' | 'media'>>;

export interface Parts {
  readonly media: number;
  readonly objection: Objection;
}

export const noParts: Parts = { media: 0, objection: undefined };

export function joinParts(all: readonly Parts[]): Parts {
  return {
    media: all.reduce((sum, { media }) => sum + media, 0),
    objection: all.find((parts) => parts.objection !== undefined)?.objection,
  };
}

/** Something that the provider keeps under a name: nobody here can tell its size, or whose it is. */
export function byReference(what: string): Parts {
  return { media: 0, objection: `${harmless(what)}: content that the provider holds is not passed on.` };
}
