import type { Result } from '../lib/result.js';
import { accepted, refused } from '../lib/result.js';
import type { CallQuestion } from './authorization-server.js';
import type { CallDecision, CallReader, Decision, GuardedCall } from './decision.js';
import type { GuardedRequest } from './proven-request.js';

/** Decides calls of models. */
export type CallJudge = (request: GuardedRequest, asked: GuardedCall | CallReader) => Promise<CallDecision>;

/** Asks the authorization server with the proof (`remote`), or checks the proof here (`local`). */
export interface Judge {
  readonly decide: (request: GuardedRequest, scope?: readonly string[]) => Promise<Decision>;
  readonly authorizeCall: CallJudge;
}

const longestModel = 256;

/** The call; refused where it names no model that could be asked about. */
export async function readGuardedCall(asked: GuardedCall | CallReader): Promise<Result<GuardedCall>> {
  const call = typeof asked === 'function' ? await asked() : accepted(asked);
  if (!call.ok) return call;
  const { model } = call.value;
  if (model === '' || model.length > longestModel) return refused('model_of_no_tier', 'no id of a model');
  return call;
}

/** A call; or a request that calls no model, of which no tier demands anything. */
export type Asking = Omit<GuardedCall, 'model'> & { readonly model: string | null };

/** What the authorization server is asked about a call, beside token and proof. */
export function questionOf({
  model,
  maxCost,
  scope = [],
  callerAddress,
}: Asking): Omit<CallQuestion, 'token'> {
  return {
    model,
    ...(maxCost !== undefined && { max_cost: maxCost }),
    ...(scope.length > 0 && { scope: scope.join(' ') }),
    ...(callerAddress !== undefined && { caller_address: callerAddress }),
  };
}
