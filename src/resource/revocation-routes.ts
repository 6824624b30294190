import type { Middleware } from 'koa';
import { checkDpopReplay, presence, validateDpop } from '../provider/internals.js';
import { proofRefused } from '../provider/provider-error.js';
import { providerRoute, type Provider } from '../provider/provider-route.js';
import type { LevelRevocationPorts } from './level-revocation-service.js';
import { namesLevel, revokeByLevel } from './level-revocation-routes.js';
import type { ResourcePorts } from './resource-ports.js';
import { revoke } from './revocation-service.js';

export type RevocationPorts = ResourcePorts & { readonly levelRevocation: LevelRevocationPorts };

/**
 * POST /revoke: RFC 7009. Public clients name themselves by client_id; who has the token may end it.
 * A DPoP proof is optional, because whoever lost the key must still be able to revoke; a wrong one is refused.
 */
export function revocationRoute(provider: Provider, ports: RevocationPorts): Middleware {
  const route = {
    name: 'revocation',
    path: '/revoke',
    parameters: ['token', 'token_type_hint', 'level', 'id'],
    errorEvent: 'revocation.error',
  } as const;
  return providerRoute(provider, route, async (ctx) => {
    if (namesLevel(ctx)) {
      await revokeByLevel(ctx, ports.levelRevocation);
      ctx.status = 200;
      ctx.body = '';
      return;
    }
    presence(ctx, 'token');
    const { clientId } = ctx.oidc.client;
    const proof = await validateDpop(provider, ctx);
    // RFC 9449 §11.1: a proof works once, here as elsewhere.
    await checkDpopReplay(provider, ctx, proof, clientId);
    const token = ctx.oidc.params['token'] ?? '';
    const outcome = await revoke(ports, { token, clientId, jkt: proof?.thumbprint });
    if (outcome === 'wrong_key') {
      throw proofRefused({ code: 'proof_invalid', detail: 'the token is bound to another key' });
    }
    // RFC 7009 §2.2: 200 for the unknown too; the body is ignored.
    ctx.status = 200;
    ctx.body = '';
  });
}
