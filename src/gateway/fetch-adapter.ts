/* `holdfast/gateway/fetch`: for servers that turn a Request into a Response. */
import {
  admit,
  admitCall,
  type Admission,
  type CallAdmission,
  type CallOptions,
  type ProtectOptions,
} from './admission.js';
import { readBody, serve, toResponse, visitOf, withBody } from './fetch-exchange.js';
import type { GuardedCall } from './decision.js';
import type { Guard } from './guard.js';

export type FetchHandler<Admitted> = (request: Request, admission: Admitted) => Response | Promise<Response>;
export type FetchServer = (request: Request) => Promise<Response>;

/** A server that lets only allowed requests through to `handler`. */
export function protect(
  guard: Guard,
  handler: FetchHandler<Admission>,
  options: ProtectOptions<Request> = {},
): FetchServer {
  return async (request) => {
    const verdict = await admit(guard, visitOf(request, request), options);
    if (!verdict.admitted) return toResponse(verdict.answer);
    return serve(verdict, () => handler(request, verdict.admission));
  };
}

/** The same for calls of models: reads what is called, asks, and only then serves it; the handler can read the body, too. */
export function protectCalls<Call extends GuardedCall>(
  guard: Guard,
  handler: FetchHandler<CallAdmission<Call>>,
  options: CallOptions<Request, Call>,
): FetchServer {
  return async (request) => {
    let served = request;
    const read = async (limit: number) => {
      const body = await readBody(request, limit);
      if (body.ok) served = withBody(request, body.value);
      return body;
    };
    const verdict = await admitCall(guard, { ...visitOf(request, request), readBody: read }, options);
    if (!verdict.admitted) return toResponse(verdict.answer);
    return serve(verdict, () => handler(served, verdict.admission));
  };
}
