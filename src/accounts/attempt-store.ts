/** Something that tries are counted under. */
export interface AttemptKey {
  /** Keyed digest of what it is (law 7: an address is in it). */
  readonly digest: Uint8Array;
  /** Tries before the first wait. */
  readonly allowance: number;
}

/** Seconds. */
export interface AttemptPace {
  readonly firstWait: number;
  readonly longestWait: number;
  /** After so long without a try everything is forgotten. */
  readonly memory: number;
}

export interface AttemptStore {
  /**
   * Counts one try under every key, in one statement; each try beyond an allowance doubles the wait after it. Where one
   * key must wait, nothing is counted anywhere.
   * @returns seconds to wait; 0: counted
   */
  take(keys: readonly AttemptKey[], pace: AttemptPace, now: Date): Promise<number>;
  /** A counted try was none to hold against anybody: forgets `wiped` and takes one back from `lessened`. */
  forgive(wiped: readonly AttemptKey[], lessened: readonly AttemptKey[], now: Date): Promise<void>;
}
