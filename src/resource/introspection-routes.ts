import type { Middleware } from 'koa';
import { epochSeconds } from '../lib/clock.js';
import { presence } from '../provider/internals.js';
import { providerRoute, type AuthenticatedContext, type Provider } from '../provider/provider-route.js';
import type { Introspection } from './introspection-policy.js';
import { introspect } from './introspection-service.js';
import type { ResourcePorts } from './resource-ports.js';
import { admitResourceServer } from './resource-server-admission.js';

const jwtType = 'application/token-introspection+jwt';

/** POST /introspect: RFC 7662, and RFC 9701 for whoever asks for the JWT. */
export function introspectionRoute(provider: Provider, ports: ResourcePorts): Middleware {
  const route = {
    name: 'introspection',
    path: '/introspect',
    parameters: ['token', 'token_type_hint'],
    errorEvent: 'introspection.error',
  } as const;
  return providerRoute(provider, route, async (ctx) => {
    admitResourceServer(ctx, ports);
    presence(ctx, 'token');
    const answer = await introspect(ports, ctx.oidc.params['token'] ?? '', ctx.oidc.client.clientId);
    // RFC 9701 §4: the caller asks for the JWT by its Accept header.
    if (ctx.accepts('json', jwtType) !== jwtType) {
      ctx.body = answer;
      return;
    }
    ctx.body = await signed(ports, ctx, answer);
    ctx.type = jwtType;
  });
}

/**
 * RFC 9701 §5: `typ` keeps the answer from being taken for an access token (§8.1), `aud` is the resource server, and
 * `sub` and `exp` stand only inside token_introspection.
 */
function signed(ports: ResourcePorts, ctx: AuthenticatedContext, answer: Introspection): Promise<string> {
  const { clientId, introspectionSignedResponseAlg } = ctx.oidc.client;
  const claims = {
    iss: ports.config.issuer,
    aud: clientId,
    iat: epochSeconds(ports.clock),
    token_introspection: answer,
  };
  // RFC 9701 §6: the algorithm is the one registered, RS256 when none is.
  const algorithm = introspectionSignedResponseAlg ?? 'RS256';
  return ports.keys.snapshot.sign(claims, { algorithm, type: 'token-introspection+jwt' });
}
