import type { ProofUse } from '../binding/replay-store.js';
import type { FoundAccessToken } from '../provider/access-token-store.js';
import type { IntrospectedToken } from './introspection-store.js';
import type { AccessTokenPlace } from './presented-token.js';

/** What is asked of the database for one call. */
export interface CallQuestion {
  /** Where the token's row would be; undefined: it is malformed, and only the caller is looked at. */
  readonly place: AccessTokenPlace | undefined;
  /** client_id of a caller that a lane has let in and whose client lies in the database. */
  readonly caller: string | undefined;
}

/** A token's row, as far as a call depends on it. */
export type CallingTokenRow = IntrospectedToken &
  Pick<FoundAccessToken, 'grantId' | 'payload' | 'paidTiersHeldUntil'>;

export interface CallFinding {
  readonly token: CallingTokenRow | undefined;
  /** Of the caller's row (ClientStore.version). */
  readonly callerVersion: string | undefined;
}

/** The database as calls see it: each of these is one statement for all calls of about the same moment. */
export interface CallStore {
  /** The token and everything that it hangs on, read after it was asked. Rejects with BatchFull, DatabaseUnavailable. */
  find(question: CallQuestion): Promise<CallFinding>;
  /** True for the first use of a proof over all nodes and restarts (law 2). Rejects likewise. */
  rememberProof(use: ProofUse): Promise<boolean>;
}
