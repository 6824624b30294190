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
      let kept = 0;
      const keep = (now: number): void => {
        held += now - kept;
        kept = now;
      };
      keep(bytes);
      let closed = false;
      response.once('close', () => {
        closed = true;
        keep(0);
      });
      if (request.headers.expect !== undefined) response.writeContinue();
      const body = await readBoundedBody(request, limit);
      // Who does not say how much is coming is counted with the most, until it is here. Who hung up has let go of it before.
      if (!closed) keep(body.ok ? body.value.length : 0);
      return body;
    },
  };
}
