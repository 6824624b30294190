import type { AccountId } from './account.js';

export interface Recovery {
  readonly id: string;
  readonly accountId: AccountId;
  readonly at: Date;
  readonly undoUntil: Date;
  readonly undoneAt: Date | undefined;
}

export interface RecoveryStore {
  insert(recovery: Recovery, undoDigest: Uint8Array): Promise<void>;
  find(id: string): Promise<Recovery | undefined>;
  /**
   * With its account's present generation. Inside a transaction: whoever wants to undo it, or to revoke the account,
   * waits for the end of that.
   */
  lock(id: string): Promise<(Recovery & { readonly accountGeneration: number }) | undefined>;
  /** Those of the account that can be undone at `now`. */
  listUndoable(accountId: AccountId, now: Date): Promise<Recovery[]>;
  findByUndo(undoDigest: Uint8Array): Promise<Recovery | undefined>;
  /** One atomic statement: true for the one caller who undoes it, and not after `undoUntil`. */
  undo(id: string, now: Date): Promise<boolean>;
}
