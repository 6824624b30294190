import { errors } from 'oidc-provider';
import { withRefusal } from './provider-error.js';

/** A code was presented again, by somebody who passed every other check (RFC 6749 §4.1.2). */
export class CodeReused extends errors.InvalidGrant {
  readonly grantId: string | undefined;

  constructor(grantId: string | undefined) {
    super('authorization code already consumed');
    this.grantId = grantId;
    withRefusal(this, 'code_reused', `grant ${grantId ?? 'unknown'}`);
  }
}

/** A refresh token that has a successor was presented after the grace. */
export class RefreshTokenReused extends errors.InvalidGrant {
  readonly grantId: string;

  constructor(grantId: string) {
    super('refresh token already used');
    this.grantId = grantId;
    withRefusal(this, 'refresh_token_reused', `grant ${grantId}`);
  }
}
