import { throughStore } from '../provider/provider-error.js';
import { bytesOf, readPresentedToken } from './presented-token.js';
import { readingOf, type ResourcePorts } from './resource-ports.js';

export interface Revocation {
  readonly token: string;
  readonly clientId: string;
  /** Thumbprint of the key that signed the proof, when there was a proof. */
  readonly jkt: string | undefined;
}

/**
 * `done` also when there was nothing to do: unknown, expired, revoked before, or of another client (RFC 7009 §2.2).
 * `wrong_key` when a proof was given and the token is bound to another key.
 */
export type RevocationOutcome = 'done' | 'wrong_key';

/**
 * RFC 7009: an access token dies alone, a refresh token takes its whole family along by moving the grant's generation.
 * When this resolves, the change is committed: no node answers positively to what is asked from then on (law 3).
 */
export async function revoke(ports: ResourcePorts, revocation: Revocation): Promise<RevocationOutcome> {
  const token = await readPresentedToken(revocation.token, readingOf(ports));
  if (!token) return 'done';
  const at = new Date(ports.clock.now());
  if (token.kind === 'refresh_token') {
    const found = await throughStore(() => ports.refreshTokens.find(token.digest));
    const verdict = judge(found, revocation);
    if (verdict !== 'revoke' || !found) return verdict === 'wrong_key' ? verdict : 'done';
    const moved = await throughStore(() => ports.grants.revoke(found.grantId, at));
    if (moved) ports.events.revoked({ what: 'grant', id: found.grantId });
    return 'done';
  }
  const digest = bytesOf(token);
  const found = await throughStore(() => ports.accessTokens.find(digest, token.bucket));
  const verdict = judge(found, revocation);
  if (verdict !== 'revoke') return verdict === 'wrong_key' ? verdict : 'done';
  await throughStore(() => ports.accessTokens.revoke(digest, token.bucket, at));
  if (found?.alive) ports.events.revoked({ what: 'token', id: token.digest.slice(0, 16) });
  return 'done';
}

function judge(
  found: { readonly clientId: string; readonly jkt: string | undefined } | undefined,
  { clientId, jkt }: Revocation,
): 'revoke' | 'ignore' | 'wrong_key' {
  // RFC 7009 §2.1: the token was issued to the client that asks.
  if (found?.clientId !== clientId) return 'ignore';
  return jkt !== undefined && found.jkt !== undefined && found.jkt !== jkt ? 'wrong_key' : 'revoke';
}
