import { errors, type Provider } from 'oidc-provider';
import type { RevokedKeyStore } from '../binding/revoked-key-store.js';
import * as internals from './internals.js';
import { presentedCertificate } from './mutual-tls.js';
import { throughStore, withRefusal } from './provider-error.js';

type Handler = (ctx: internals.TokenEndpointGrantContext) => Promise<void>;

/**
 * Law 8: a revoked key gets no tokens, as the insert sees to; here its holder, who has proven it, learns why. Asked only
 * when a grant was refused, so that nothing is slower for the others.
 */
export function tellRevokedKey(
  provider: Provider,
  handler: Handler,
  keys: Pick<RevokedKeyStore, 'has'>,
): Handler {
  return async function redeem(ctx) {
    try {
      await handler(ctx);
    } catch (error) {
      if (!(error instanceof errors.InvalidGrant)) throw error;
      const proof = await internals.validateDpop(provider, ctx).catch(() => undefined);
      const key = proof?.thumbprint ?? presentedCertificate(provider, ctx);
      if (key === undefined || !(await throughStore(() => keys.has(key)))) throw error;
      const refused = new errors.InvalidGrant('the key was revoked');
      refused.error_description = 'the key was revoked: make a new one and sign in again';
      throw withRefusal(refused, 'key_revoked', key);
    }
  };
}
