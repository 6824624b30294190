/* `holdfast/gateway/node`: for bare node:http. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import {
  admit,
  admitCall,
  type Admission,
  type CallAdmission,
  type CallOptions,
  type ProtectOptions,
  type Verdict,
} from './admission.js';
import type { GuardedCall } from './decision.js';
import type { Guard } from './guard.js';
import { watchAnswer, readBoundedBody, sendAnswer, setHeaders, visitOf } from './node-exchange.js';

export type NodeHandler<Admitted> = (
  request: IncomingMessage,
  response: ServerResponse,
  admission: Admitted,
) => void | Promise<void>;

/** What `read` and `renderRefusal` are given. */
export interface NodeContext {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export interface NodeOptions {
  /** Told of what went wrong on our side; the client is told 500 and no more. */
  readonly onError?: (error: unknown, request: IncomingMessage) => void;
}

/** A listener for node:http that lets only allowed requests through to `handler`. */
export function protect(
  guard: Guard,
  handler: NodeHandler<Admission>,
  options: ProtectOptions<NodeContext> & NodeOptions = {},
): RequestListener {
  return listener(handler, options, (exchange) => admit(guard, visitOf(exchange, exchange), options));
}

/** A listener for node:http for calls of models: reads what is called, asks, and only then serves it by `handler`. */
export function protectCalls<Call extends GuardedCall>(
  guard: Guard,
  handler: NodeHandler<CallAdmission<Call>>,
  options: CallOptions<NodeContext, Call> & NodeOptions,
): RequestListener {
  return listener(handler, options, (exchange) => {
    const readBody = (limit: number) => readBoundedBody(exchange.request, limit);
    return admitCall(guard, { ...visitOf(exchange, exchange), readBody }, options);
  });
}

function listener<Admitted>(
  handler: NodeHandler<Admitted>,
  { onError }: NodeOptions,
  judge: (exchange: NodeContext) => Promise<Verdict<Admitted>>,
): RequestListener {
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const verdict = await judge({ request, response });
    if (!verdict.admitted) return sendAnswer(response, verdict.answer);
    setHeaders(response, verdict.headers);
    watchAnswer(response, verdict.watch);
    await handler(request, response, verdict.admission);
  };
  return (request, response) => {
    serve(request, response).catch((error: unknown) => {
      onError?.(error, request);
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { 'content-type': 'application/json' }).end('{"error":"server_error"}');
    });
  };
}
