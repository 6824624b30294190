export interface Epoch {
  readonly number: number;
  /** Names the feed of this epoch: whoever follows another one has to forget everything. */
  readonly feed: string;
}

/** What ends with an epoch and is still there. */
export interface Ending {
  readonly sessions: number;
  readonly grants: number;
  readonly approvals: number;
  readonly requests: number;
}

export interface EpochStore {
  present(): Promise<Epoch>;
  /**
   * Begins the next epoch: tokens, refresh tokens, grants and sessions of an older one are dead if they were issued
   * before `issuedBefore` (undefined: all of them, by no clock). What is under way ends as well, whenever it began:
   * sign-ins, codes, requests to people elsewhere, approvals; and notifications, which a thief may have turned on.
   */
  begin(issuedBefore: Date | undefined, at: Date): Promise<Epoch>;
  /** What `begin` would end. */
  ending(issuedBefore: Date | undefined, at: Date): Promise<Ending>;
}
