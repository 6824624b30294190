/** What became of a call that was allowed. */
export interface UsageReport {
  /** `callId` of the decision. A call is counted once, however often it is reported. */
  readonly callId: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  /** In whole micro-dollars, where the gateway knows it. */
  readonly cost?: number;
  /** `aborted`: the answer was cut off, by the caller or because the token died; what was said counts. */
  readonly outcome: 'completed' | 'failed' | 'aborted';
}

/**
 * `kept`: it is in the journal, or, without one, at the authorization server: it will not be lost.
 * `refused`: it can't be counted, since it is malformed or the authorization server won't have it.
 * `lost`: the queue was full, or it was still unsent when the guard was closed. Both are told by `onNotice`, too.
 */
export type UsageFate = 'kept' | 'refused' | 'lost';

export interface UsageReporter {
  /** Takes a report at once and sends it soon. Never rejects; waiting for it is only for who must know. */
  report(report: UsageReport): Promise<UsageFate>;
  /** Sends what waits; resolves when it is sent or can't be at the moment. */
  flush(): Promise<void>;
}

export interface UsageOptions {
  /**
   * A file of this process alone. With it, what was reported outlives a crash and a restart: it is sent again by whoever
   * opens the file next. Without it, what is unsent when the process dies is lost.
   */
  readonly journal?: string;
  /** Most reports that wait to be sent; more are `lost`. Default 10,000. */
  readonly capacity?: number;
  /** Most reports in a request, at most 500. Default 100. */
  readonly batch?: number;
  /** For how long a report may wait for others. Default 1 second. */
  readonly delayMilliseconds?: number;
  /** For how long `close` goes on trying to send. Default 5 seconds. */
  readonly closeMilliseconds?: number;
}
