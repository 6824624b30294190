import type { AccountId } from '../accounts/account.js';
import type { MicroDollars } from '../lib/money.js';
import type { Approval, ApprovalId } from './approval.js';

/** One call that is to be paid for by an approval. */
export interface ApprovalUse {
  readonly accountId: AccountId;
  readonly clientId: string;
  /** Of the key that the call was proven with. */
  readonly jkt: string;
  readonly resource: string;
  /** The tier's id that the call's model belongs to. */
  readonly tier: string;
  /** The highest cost of the call. */
  readonly cost: MicroDollars;
  /** Of the token, where it was narrowed; they never widen the approval's own. */
  readonly spendLimit: MicroDollars | undefined;
  readonly count: number | undefined;
  readonly now: Date;
}

export interface ApprovalStore {
  /** False when the account was revoked, disabled or deleted since she was verified under `accountGeneration`. */
  insert(approval: Approval, accountGeneration: number): Promise<boolean>;
  find(id: ApprovalId): Promise<Approval | undefined>;
  /** Of these, the ones that are kept and that nobody took back; one narrow statement, for every introspection asks it. */
  standing(ids: readonly ApprovalId[]): Promise<ReadonlySet<ApprovalId>>;
  /**
   * Counts the call against the approval, by one statement (law 2): true for as many parallel callers on any nodes as
   * fit within its limit, count and time, and only for its account, client, key and resource.
   */
  spend(id: ApprovalId, use: ApprovalUse): Promise<boolean>;
  /** Those that still allow a call, newest first. */
  listOf(accountId: AccountId, now: Date): Promise<readonly Approval[]>;
  /** All that are kept, newest first. */
  everyOf(accountId: AccountId): Promise<readonly Approval[]>;
  /** Ends one of her approvals, or all that a client has from her; returns how many. */
  revoke(
    owner: AccountId,
    which: { readonly id?: ApprovalId; readonly clientId?: string },
    at: Date,
  ): Promise<number>;
}
