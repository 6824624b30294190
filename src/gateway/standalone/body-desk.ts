import { refused, type Result } from '../../lib/result.js';
import { readBoundedBody, type Exchange } from '../node-exchange.js';

/** Reads bodies, with a bound for each and one for all that are held at once. */
export interface BodyDesk {
  /** In bytes. */
  readonly longest: number;
  read(exchange: Exchange, limit: number): Promise<Result<Uint8Array>>;
}

/** Bodies of the full length that fit in at once. */
const mostLongest = 8;

export function createBodyDesk(longest: number): BodyDesk {
  let held = 0;
  return {
    longest,
    async read({ request, response }, limit) {
      const told = Number(request.headers['content-length']);
      const bytes = Number.isSafeInteger(told) ? Math.min(told, limit) : limit;
      if (held + bytes > longest * mostLongest) return refused('gateway_busy');
      held += bytes;
      response.once('close', () => {
        held -= bytes;
      });
      if (request.headers.expect !== undefined) response.writeContinue();
      return readBoundedBody(request, limit);
    },
  };
}
