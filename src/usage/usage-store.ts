import type { UsageReport } from './usage-report.js';

export interface KeptUsage {
  readonly report: UsageReport;
  readonly receivedAt: Date;
}

export interface UsageStore {
  /**
   * Keeps what is new in one atomic statement, once per resource server and call, however many send the same at once.
   * The ids of the calls that this very batch was the first to report, in no order.
   */
  record(resourceServer: string, reports: readonly UsageReport[], at: Date): Promise<ReadonlySet<string>>;
  find(resourceServer: string, callId: string): Promise<KeptUsage | undefined>;
}
