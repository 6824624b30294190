import type { Result } from '../../lib/result.js';
import type { JsonObject } from './request-members.js';

/** An API that providers of models speak: where it calls models, and how. */
export interface ApiStyle {
  readonly endpoints: readonly Endpoint[];
  /** The fields that say who the gateway is. */
  readonly credentials: (key: string) => Readonly<Record<string, string>>;
  /** Fields of the client's that go on to the provider, in lower case. Nothing else does. */
  readonly passedFields: readonly string[];
}

export interface Endpoint {
  readonly method: 'GET' | 'POST';
  /** The whole path as it must come, to the letter. */
  readonly path: string | RegExp;
  /** Parameters of the query that go on to the provider, each once. */
  readonly query?: Readonly<Record<string, RegExp>>;
  /** Unset: it calls no model. */
  readonly call?: CallShape;
}

/** How calls of one endpoint are read and metered. */
export interface CallShape {
  readonly read: (asked: AskedCall) => Result<ModelRequest>;
  readonly meter: MeterShape;
}

export interface AskedCall {
  readonly body: JsonObject;
  readonly path: string;
  /** Most tokens of an answer whose request names none. Undefined: nobody counts, so it is left to the provider. */
  readonly defaultTokens: (model: string) => number | undefined;
  /** Members of the body that the operator lets through beside those that are known. */
  readonly moreMembers: ReadonlySet<string>;
}

/** A call as it will be sent: what is judged is read from here, never from what came. */
export interface ModelRequest {
  readonly model: string;
  readonly body: JsonObject;
  /** Most tokens that may be answered, over all answers; undefined: nobody knows. */
  readonly outputTokens: number | undefined;
  /** Pictures, sounds and documents: their tokens are not to be seen in the bytes. */
  readonly mediaParts: number;
  /** What the input may cost at the most as a multiple of its price, where a cache is written. */
  readonly inputFactor?: number;
  readonly streams: boolean;
  /** The client did not ask for the chunk that says what was used; it is taken out. */
  readonly hidesUsage?: boolean;
}

/** What was used, as an answer or an event of one says it; undefined where it says nothing of it. */
export interface UsageSaid {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
}

export interface MeterShape {
  /** Of a whole answer, or of one event of a stream: each says what is known by then. */
  readonly usageOf: (said: JsonObject) => UsageSaid | undefined;
  /** The text that an event adds, for the estimate of an answer that is broken off. */
  readonly textOf: (event: JsonObject) => string;
  /** Whether an event says only what was used. */
  readonly onlyUsage?: (event: JsonObject) => boolean;
}
