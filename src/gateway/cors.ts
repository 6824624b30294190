/** For browser apps: everything they need is a header that they send themselves, so any origin may ask. */
export const corsHeaders: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'DPoP-Nonce, WWW-Authenticate, Retry-After, X-Request-Id, Holdfast-Would-Refuse',
};

/** What answers a preflight beside `corsHeaders`. */
export const preflightHeaders: Readonly<Record<string, string>> = {
  'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
  // SDKs send headers of their own; a wildcard stands for all but Authorization (Fetch, CORS protocol).
  'access-control-allow-headers': '*, Authorization, DPoP, Content-Type',
  'access-control-max-age': '600',
};
