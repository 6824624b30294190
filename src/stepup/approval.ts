import type { AccountId } from '../accounts/account.js';
import type { Circumstances } from '../accounts/circumstances.js';
import type { Brand } from '../lib/brand.js';
import type { MicroDollars } from '../lib/money.js';
import type { ModelCallRequest } from './model-call.js';

/** `apr_` and 22 base62 characters; no secret. */
export type ApprovalId = Brand<string, 'ApprovalId'>;

/**
 * Everything that the person signs, fixed before the page is shown and asked for again when she has signed. Her
 * assertion covers all of it: the challenge is a hash over its canonical form (RFC 8785) and 16 random bytes and more.
 */
export interface ApprovalSubject {
  readonly accountId: AccountId;
  readonly clientId: string;
  /** As the page shows it. */
  readonly clientName: string;
  /** Thumbprint of the only key that may use what she approves (RFC 7638). */
  readonly jkt: string;
  /** Undefined: a sign-in on another device, without models to call. */
  readonly modelCall: ModelCallRequest | undefined;
  /** Space-separated; what the client may do beside. */
  readonly scope: string;
  /** In the client's own words (CIBA §7.1). */
  readonly bindingMessage: string | undefined;
  /** Where and with what the client asked, as the page shows it. */
  readonly asked: Circumstances;
  /** Where the ceremony takes place: an interaction's uid, or a backchannel request's id. */
  readonly boundTo: string;
  /** Seconds since the epoch: the end of the approval, as the page shows it. */
  readonly expiresAt: number;
}

/** An approval that was given. The record and the evidence never change; only `spent` and `calls` grow. */
export interface Approval {
  readonly id: ApprovalId;
  readonly subject: ApprovalSubject;
  /** The canonical JSON that was hashed into the challenge, random bytes and id included. */
  readonly signed: string;
  readonly evidence: ApprovalEvidence;
  readonly createdAt: Date;
  /** Cut off by the person or the operator. */
  readonly revokedAt: Date | undefined;
  readonly spent: MicroDollars;
  readonly calls: number;
}

/** What shows later, also when the passkey is gone, that she signed exactly this (WebAuthn L3 §7.2). */
export interface ApprovalEvidence {
  readonly credentialId: Buffer;
  /** COSE */
  readonly publicKey: Buffer;
  readonly authenticatorData: Buffer;
  readonly clientDataJson: Buffer;
  readonly signature: Buffer;
  readonly rpId: string;
  readonly origin: string;
}
