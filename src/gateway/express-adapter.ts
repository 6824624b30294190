/* `holdfast/gateway/express`: middleware that leaves the admission in `request.holdfast`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  admit,
  admitCall,
  type Admission,
  type CallAdmission,
  type CallOptions,
  type ProtectOptions,
  type Verdict,
} from './admission.js';
import { admissionIn, callAdmissionIn } from './admission-in.js';
import type { GuardedCall } from './decision.js';
import type { Guard } from './guard.js';
import { watchAnswer, readHeldBody, sendAnswer, setHeaders, visitOf } from './node-exchange.js';

/** As much of Express's request as is used here. */
export interface ExpressRequest extends IncomingMessage {
  readonly originalUrl: string;
  body?: unknown;
  holdfast?: Admission;
}

/** What `read` and `renderRefusal` are given. */
export interface ExpressContext {
  readonly request: ExpressRequest;
  readonly response: ServerResponse;
}

export type ExpressMiddleware = (
  request: ExpressRequest,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => Promise<void>;

/** Lets only allowed requests through to what comes after it. */
export function protect(guard: Guard, options: ProtectOptions<ExpressContext> = {}): ExpressMiddleware {
  return middleware((context) => admit(guard, visitOf(exchangeOf(context), context), options));
}

/** The same for calls of models. The body is read here; what comes after finds it parsed in `request.body`. */
export function protectCalls<Call extends GuardedCall>(
  guard: Guard,
  options: CallOptions<ExpressContext, Call>,
): ExpressMiddleware {
  return middleware((context) => {
    const { request } = context;
    const readBody = (limit: number) => readHeldBody(request, request, limit);
    return admitCall(guard, { ...visitOf(exchangeOf(context), context), readBody }, options);
  });
}

/** What was found out about a request that passed `protect`. Throws where none did: a forgotten guard shows at once. */
export function admissionOf(request: object): Admission {
  return admissionIn(request);
}

/** The same of `protectCalls`. */
export function callAdmissionOf(request: object): CallAdmission {
  return callAdmissionIn(request);
}

function middleware(judge: (context: ExpressContext) => Promise<Verdict<Admission>>): ExpressMiddleware {
  return async (request, response, next) => {
    const verdict = await judge({ request, response });
    if (!verdict.admitted) return sendAnswer(response, verdict.answer);
    setHeaders(response, verdict.headers);
    watchAnswer(response, verdict.watch);
    Object.assign(request, { holdfast: verdict.admission });
    next();
  };
}

function exchangeOf({ request, response }: ExpressContext) {
  return { request, response, target: request.originalUrl };
}
