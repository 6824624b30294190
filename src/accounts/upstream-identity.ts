import type { AccountId } from './account.js';

/** Who somebody is at an upstream provider: only both together name her (OIDC Core §5.7). */
export interface UpstreamSubject {
  readonly issuer: string;
  readonly subject: string;
}

/** An account elsewhere with which the owner of one of ours may log in. */
export interface UpstreamIdentity extends UpstreamSubject {
  /** `idn_…`: names it in forms and confirmations. */
  readonly id: string;
  readonly accountId: AccountId;
  /** What the provider was called when it was linked. */
  readonly providerName: string;
  /** The address that the provider told then, for the owner to know it by; nothing is decided by it. */
  readonly email: string | undefined;
  readonly linkedAt: Date;
  readonly lastUsedAt: Date;
}
