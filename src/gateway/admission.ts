import type { Result } from '../lib/result.js';
import type { ActiveToken } from './active-token.js';
import { corsHeaders, preflightHeaders } from './cors.js';
import type { Allowed, GuardedCall, Refused } from './decision.js';
import type { Guard } from './guard.js';
import type { GuardedRequest } from './proven-request.js';

/** What a handler is given of a request that was let in. */
export interface Admission {
  readonly token: ActiveToken;
  /** Aborts when the token is revoked while the answer still runs, and when the client hangs up. */
  readonly signal: AbortSignal;
  /** Of calls of models alone. */
  readonly callId?: string;
  readonly call?: GuardedCall;
}

/** The same of a call of a model. */
export interface CallAdmission<Call extends GuardedCall = GuardedCall> extends Admission {
  /** What the authorization server calls this call. */
  readonly callId: string;
  /** As `read` understood the body. */
  readonly call: Call;
}

/** @typeParam Context what the framework hands to a handler */
export interface AdapterOptions<Context> {
  /** The JSON of a refusal. Default: that of the challenge. */
  readonly renderRefusal?: (refused: Refused, context: Context) => unknown;
  /** Whether browser apps of any origin may ask: sets the fields of CORS and answers preflights. Default true. */
  readonly cors?: boolean;
}

export interface ProtectOptions<Context> extends AdapterOptions<Context> {
  /** Every one of these scopes must be granted. */
  readonly scope?: readonly string[];
}

export interface CallOptions<
  Context,
  Call extends GuardedCall = GuardedCall,
> extends AdapterOptions<Context> {
  /**
   * Says which model is called and what the call may cost at the most. Asked only once token and proof are in order;
   * refused with what is wrong with the request. For JSON with a member `model`: `readModelCall`.
   */
  readonly read: (body: Uint8Array, context: Context) => Result<Call> | Promise<Result<Call>>;
  /** In bytes; a longer body is answered with 413. Default 1 MiB. */
  readonly longestBody?: number;
}

/** A whole answer, for any framework to send. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Verdict<Admitted> =
  | {
      readonly admitted: true;
      readonly admission: Admitted;
      readonly watch: Watch;
      /** To be set on the answer. */
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly admitted: false; readonly answer: Answer };

/** The token while its answer runs. */
export interface Watch {
  /** Aborts when the answer must end. */
  readonly revoked: AbortSignal;
  /** To be called when the answer has ended. */
  readonly end: () => void;
}

/** A request in its framework. */
export interface Visit<Context> {
  readonly request: GuardedRequest;
  readonly context: Context;
  /** Aborts when the client hangs up. */
  readonly gone: AbortSignal;
}

const longestBody = 1_048_576;

/** Decides of a request for an endpoint without a model. */
export async function admit<Context>(
  guard: Guard,
  visit: Visit<Context>,
  options: ProtectOptions<Context>,
): Promise<Verdict<Admission>> {
  if (isPreflight(visit, options)) return preflight;
  const decision = await guard.decide(visit.request, options.scope);
  return decision.allowed ? pass(decision, {}, visit, options) : refuse(decision, visit, options);
}

/** Decides of a call of a model. The body is read only for whoever has shown token and proof. */
export async function admitCall<Context, Call extends GuardedCall>(
  guard: Guard,
  visit: Visit<Context> & { readonly readBody: (limit: number) => Promise<Result<Uint8Array>> },
  options: CallOptions<Context, Call>,
): Promise<Verdict<CallAdmission<Call>>> {
  if (isPreflight(visit, options)) return preflight;
  let call: Result<Call> | undefined;
  const decision = await guard.authorizeCall(visit.request, async () => {
    const body = await visit.readBody(options.longestBody ?? longestBody);
    if (!body.ok) return body;
    call = await options.read(body.value, visit.context);
    return call;
  });
  if (!decision.allowed) return refuse(decision, visit, options);
  if (!call?.ok) throw new Error('a call was allowed that nobody read');
  return pass(decision, { callId: decision.callId, call: call.value }, visit, options);
}

function isPreflight<Context>(
  { request }: Visit<Context>,
  { cors = true }: AdapterOptions<Context>,
): boolean {
  return cors && request.method === 'OPTIONS';
}

const preflight = {
  admitted: false,
  answer: { status: 204, headers: { ...corsHeaders, ...preflightHeaders }, body: '' },
} as const;

function pass<Context, Facts>(
  { token, headers, signal: revoked, end }: Allowed,
  facts: Facts,
  { gone }: Visit<Context>,
  { cors = true }: AdapterOptions<Context>,
): Verdict<Admission & Facts> {
  let signal: AbortSignal | undefined;
  return {
    admitted: true,
    admission: {
      token,
      ...facts,
      // Made for whoever reads it: joining signals takes Node 20 some twenty microseconds.
      get signal() {
        return (signal ??= AbortSignal.any([revoked, gone]));
      },
    },
    watch: { revoked, end },
    headers: { ...(cors && corsHeaders), ...headers },
  };
}

function refuse<Context>(
  decision: Refused,
  { context }: Visit<Context>,
  { cors = true, renderRefusal }: AdapterOptions<Context>,
): Verdict<never> {
  const { status, headers, body } = decision.challenge;
  const answer = {
    status,
    headers: {
      ...(cors && corsHeaders),
      ...headers,
      'content-type': 'application/json',
      // What was not read can't be told from the next request.
      ...(status === 413 && { connection: 'close' }),
    },
    body: JSON.stringify(renderRefusal?.(decision, context) ?? body),
  };
  return { admitted: false, answer };
}
