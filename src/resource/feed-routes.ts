import type { Middleware } from 'koa';
import { DatabaseUnavailable } from '../lib/unavailable.js';
import { feedRefused, rateLimited, unavailable } from '../provider/provider-error.js';
import { providerRoute, type Provider } from '../provider/provider-route.js';
import { readPosition } from './feed-event.js';
import type { FeedHub } from './feed-hub.js';
import type { ResourcePorts } from './resource-ports.js';
import { admitResourceServer, servesResource } from './resource-server-admission.js';

export interface FeedPorts {
  readonly feedHub: Pick<FeedHub, 'join'>;
}

/** Seconds after which a resource server with too many streams may try again. */
const retryAfterFull = 10;

/**
 * GET /signals/revocations: what was revoked, as server-sent events (docs/FEED.md), to resource servers. Beside Basic,
 * mutual TLS authenticates them; there is no body for an assertion, and a secret has no place in an address (RFC 6749 §2.3.1).
 */
export function feedRoute(provider: Provider, ports: ResourcePorts & FeedPorts): Middleware {
  const route = {
    name: 'revocation_feed',
    path: '/signals/revocations',
    method: 'GET',
    parameters: [],
    errorEvent: 'revocation_feed.error',
  } as const;
  return providerRoute(provider, route, async (ctx) => {
    admitResourceServer(ctx, ports);
    const { clientId } = ctx.oidc.client;
    if (!servesResource(ports.config, clientId)) throw feedRefused(clientId);
    const heard = readPosition(ctx.get('last-event-id'));
    const joined = ports.feedHub.join({ clientId, heard, cut: () => void ctx.res.destroy() });
    if (joined === 'full') {
      ctx.set('Retry-After', String(retryAfterFull));
      throw rateLimited(`feed connections of ${clientId}`, 'limits.feed_connections_per_client');
    }
    if (joined === 'unavailable') throw unavailable(new DatabaseUnavailable('the feed is not followed'));
    ctx.type = 'text/event-stream';
    // Some proxies would keep events until they have many.
    ctx.set('X-Accel-Buffering', 'no');
    // It ends when we stop, and nothing may come after it.
    ctx.set('Connection', 'close');
    // Not as a body of Koa's, to which a reader that leaves is an error.
    ctx.respond = false;
    ctx.status = 200;
    joined.sendTo(ctx.res);
  });
}
