import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request that has passed the front's own checks, before Koa has seen it. */
export interface LaneRequest {
  readonly request: IncomingMessage;
  /** Gets the headers that every answer of its path has when it is first asked for. */
  readonly response: ServerResponse;
  readonly body: Buffer;
  readonly requestId: string;
  readonly clientAddress: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** 200 with the headers of every answer and with these (name and value in turns), all at once: cheaper by a third. */
  answer(headers: readonly string[], body: string): void;
}

/**
 * A short way for the plain case of one path: true when it has answered, with the bytes and headers that the long way
 * would give; false when it has touched nothing and the request takes the long way. Rejects as the long way would fail.
 */
export type Lane = (arrival: LaneRequest) => boolean | Promise<boolean>;

/** By exact path; asked for POST alone. */
export type Lanes = ReadonlyMap<string, Lane>;
