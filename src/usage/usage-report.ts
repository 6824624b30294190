import type { MicroDollars } from '../lib/money.js';

/** How a call ended: the model's answer was complete, the model or the gateway failed, or somebody broke it off. */
export const usageOutcomes = ['completed', 'failed', 'aborted'] as const;
export type UsageOutcome = (typeof usageOutcomes)[number];

/** What became of one authorized call, as the resource server that served it reports. */
export interface UsageReport {
  /** Of the answer to POST /calls. */
  readonly callId: string;
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  /** What it cost by the resource server's own count. */
  readonly cost: MicroDollars | undefined;
  readonly outcome: UsageOutcome;
  readonly finishedAt: Date;
}
