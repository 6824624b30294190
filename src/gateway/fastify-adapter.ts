/* `holdfast/gateway/fastify`: hooks of a route that leave the admission in `request.holdfast`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { accepted } from '../lib/result.js';
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
import { watchAnswer, readBoundedBody, visitOf } from './node-exchange.js';

/** As much of Fastify's request as is used here. */
export interface FastifyRequest {
  readonly raw: IncomingMessage;
  readonly originalUrl: string;
}

/** As much of Fastify's reply as is used here. */
export interface FastifyReply {
  readonly raw: ServerResponse;
  code(status: number): unknown;
  headers(fields: Record<string, string>): unknown;
  send(payload?: unknown): unknown;
}

/** What `read` and `renderRefusal` are given. */
export interface FastifyContext {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export type OnRequest = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;
export type PreParsing = (
  request: FastifyRequest,
  reply: FastifyReply,
  payload: Readable,
) => Promise<unknown>;

/** A hook `onRequest` that lets only allowed requests through to the route. */
export function protect(guard: Guard, options: ProtectOptions<FastifyContext> = {}): OnRequest {
  return async (request, reply) => {
    const context = { request, reply };
    return answer(context, await admit(guard, visitOf(exchangeOf(context), context), options));
  };
}

/** A hook `preParsing` for calls of models. The body is read here, then given to Fastify's own parser. */
export function protectCalls<Call extends GuardedCall>(
  guard: Guard,
  options: CallOptions<FastifyContext, Call>,
): PreParsing {
  return async (request, reply) => {
    const context = { request, reply };
    let body: Uint8Array = new Uint8Array();
    const readBody = async (limit: number) => {
      const read = await readBoundedBody(request.raw, limit);
      if (!read.ok) return read;
      body = read.value;
      return accepted(body);
    };
    const verdict = await admitCall(guard, { ...visitOf(exchangeOf(context), context), readBody }, options);
    return answer(context, verdict) ?? Readable.from([body], { objectMode: false });
  };
}

/** What was found out about a request that passed `protect`. Throws where none did: a forgotten guard shows at once. */
export function admissionOf(request: object): Admission {
  return admissionIn(request);
}

/** The same of `protectCalls`. */
export function callAdmissionOf(request: object): CallAdmission {
  return callAdmissionIn(request);
}

function exchangeOf({ request, reply }: FastifyContext) {
  return { request: request.raw, response: reply.raw, target: request.originalUrl };
}

/** The reply where it was answered here. */
function answer({ request, reply }: FastifyContext, verdict: Verdict<Admission>): FastifyReply | undefined {
  if (!verdict.admitted) {
    const { status, headers, body } = verdict.answer;
    reply.code(status);
    reply.headers(headers);
    reply.send(body === '' ? undefined : body);
    return reply;
  }
  reply.headers(verdict.headers);
  watchAnswer(reply.raw, verdict.watch);
  Object.assign(request, { holdfast: verdict.admission });
  return undefined;
}
