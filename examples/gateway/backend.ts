import type { ServerResponse } from 'node:http';
import type { GuardedCall, Result, UsageReport } from '../../src/gateway/index.js';

/** A chat that was read and priced, and is ready to be answered once it is allowed. */
export interface PricedCall extends GuardedCall {
  readonly maxCost: number;
  /**
   * Says what the answer took.
   * @param signal aborts when the token is revoked, and when the caller hangs up
   */
  answer(response: ServerResponse, signal: AbortSignal): Promise<Spent>;
}

export type Spent = Omit<UsageReport, 'callId'>;

/** What stands behind the gateway and answers calls that were allowed. */
export interface Backend {
  models(response: ServerResponse, signal: AbortSignal): Promise<void>;
  /**
   * What a chat completion request asks for and may cost at the most; refused with what is wrong with it.
   * @param body as it came
   */
  read(body: string): Result<PricedCall>;
}
