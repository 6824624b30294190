import type { AccountId } from '../accounts/account.js';
import type { Authentication } from '../accounts/authentication.js';
import type { ApprovalId } from './approval.js';
import type { BackchannelEnd, BackchannelRequest, BackchannelRequestId } from './backchannel-request.js';

/** A new request; what leads to it is kept by digest. */
export interface NewBackchannelRequest extends BackchannelRequest {
  readonly authReqDigest: Uint8Array;
  readonly linkDigest: Uint8Array;
  /** Keyed, for two digits are soon guessed (law 7). */
  readonly numberDigest: Uint8Array;
  /** What the client said and whom that is; see BackchannelGateStore. */
  readonly hintGate: Uint8Array;
  readonly personGate: Uint8Array;
  /** What it is counted under, over all clients of one person; given back when she approves. */
  readonly budget: Uint8Array;
  /** The notice that the client gets once there is an answer, sealed; undefined: it polls. */
  readonly sealedPing: string | undefined;
  /** Seconds between two polls. */
  readonly interval: number;
}

/** What the person gave, and by which sign-in. */
export interface Consent {
  readonly grantId: string;
  readonly approvalId: ApprovalId | undefined;
  readonly authentication: Authentication;
}

/** What the client gets for an approved request. */
export interface BackchannelResult extends Pick<Authentication, 'acr' | 'amr' | 'authTime'> {
  readonly grantId: string;
  readonly approvalId: ApprovalId | undefined;
}

export interface FoundBackchannelRequest extends BackchannelRequest {
  readonly hintGate: Buffer;
  readonly personGate: Buffer;
  readonly budget: Buffer;
  readonly sealedPing: string | undefined;
  /** With state `approved`. */
  readonly result: BackchannelResult | undefined;
  readonly redeemedAt: Date | undefined;
  readonly wrongNumbers: number;
}

/** Every change is one conditional statement (law 2): of any number of parallel callers on any nodes one makes it. */
export interface BackchannelRequestStore {
  insert(request: NewBackchannelRequest): Promise<void>;
  find(id: BackchannelRequestId): Promise<FoundBackchannelRequest | undefined>;
  findByLink(digest: Uint8Array): Promise<FoundBackchannelRequest | undefined>;
  findByAuthReqId(digest: Uint8Array): Promise<FoundBackchannelRequest | undefined>;
  /** Those that wait for the account, newest first. */
  listPending(accountId: AccountId, now: Date): Promise<BackchannelRequest[]>;
  /** Counts a wrong number, and ends the request at the last that is allowed. `gone`: it waits for none (any more). */
  tryNumber(
    id: BackchannelRequestId,
    numberDigest: Uint8Array,
    at: { readonly now: Date; readonly mostTries: number },
  ): Promise<'right' | 'wrong' | 'ended' | 'gone'>;
  /** Only with the right number, by the account it is for, under the generation that she signed in under. */
  approve(
    id: BackchannelRequestId,
    numberDigest: Uint8Array,
    consent: Consent,
    at: { readonly now: Date; readonly mostTries: number },
  ): Promise<boolean>;
  deny(id: BackchannelRequestId, by: BackchannelEnd, now: Date): Promise<boolean>;
  /** Ends all that the client has waiting for the account; returns them. */
  disown(accountId: AccountId, clientId: string, now: Date): Promise<FoundBackchannelRequest[]>;
  /** Ends one that is for nobody. */
  disownPhantom(id: BackchannelRequestId, now: Date): Promise<FoundBackchannelRequest[]>;
  /**
   * Counts a poll. One that comes before its time makes the interval longer, for this request (RFC 8628 §3.5).
   * `gone`: it waits no more.
   */
  poll(id: BackchannelRequestId, now: Date): Promise<'pending' | 'slow_down' | 'gone'>;
  /** Takes what was approved: once. */
  redeem(id: BackchannelRequestId, now: Date): Promise<boolean>;
}
