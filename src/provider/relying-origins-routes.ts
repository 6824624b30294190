import type { Middleware } from 'koa';
import { providerDocument } from '../dbsc/well-known.js';

type Metadata = Readonly<Record<string, unknown>>;

const maxAge = 3600;

/**
 * DBSC §12.6: the origins whose sessions may be held by keys of ours, those of the clients that asked for it. Where there is
 * none, there is no document.
 */
export function relyingOriginsRoutes(clients: () => Promise<readonly Metadata[]>): Middleware {
  return async (ctx, next) => {
    const { path, method } = ctx;
    const asked = path === '/.well-known/device-bound-sessions' && (method === 'GET' || method === 'HEAD');
    const origins = asked ? relyingOrigins(await clients()) : [];
    if (origins.length === 0) return await next();
    ctx.set('Cache-Control', `public, max-age=${maxAge}`);
    ctx.body = providerDocument(origins);
  };
}

function relyingOrigins(clients: readonly Metadata[]): string[] {
  const sharing = clients.filter((client) => client['device_bound_session_sharing'] === true);
  const addresses = sharing.flatMap(({ redirect_uris: uris }) => (Array.isArray(uris) ? uris : []));
  const https = addresses.filter((uri): uri is string => typeof uri === 'string' && uri.startsWith('https:'));
  return [...new Set(https.map((uri) => new URL(uri).origin))].sort();
}
