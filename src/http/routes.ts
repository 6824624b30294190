/*
 * What a path is, from a small fixed set: the label of its metrics, and what the front does before the provider runs.
 */
const exact = new Set([
  '/',
  '/authorize',
  '/token',
  '/par',
  '/introspect',
  '/revoke',
  '/jwks',
  '/userinfo',
  '/account',
  '/demo',
  '/logout',
  '/push.js',
  '/device',
  '/backchannel',
  '/calls',
  '/usage',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  '/.well-known/webauthn',
]);
const prefixes = [
  '/account/',
  '/approve/',
  '/authorize/',
  '/interaction/',
  '/recovery/',
  '/upstream/',
  '/assets/',
  '/logout/',
  '/device/',
  '/dbsc/',
  '/signals/',
];

/** `path` as oidc-provider's router reads it: without regard to case and to a slash at its end. */
export function routedPath(path: string): string {
  return path.toLowerCase().replace(/(?<=.)\/$/, '');
}

/** The route's pattern, fit for a metric's label: never a raw path. */
export function routeOf(path: string): string {
  if (exact.has(path)) return path;
  const prefix = prefixes.find((candidate) => path.startsWith(candidate));
  return prefix === undefined ? 'other' : `${prefix}*`;
}

/** Public, the same for everybody, and worth caching; their handlers say for how long. */
export function isCacheable(path: string): boolean {
  return path === '/jwks' || path.startsWith('/.well-known/') || path.startsWith('/assets/');
}
