/** What oidc-provider's CORS and Koa's JSON put on an answer, as a lane's `answer` takes it. */
export const jsonHeaders: readonly string[] = Object.entries({
  Vary: 'Origin',
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'DPoP-Nonce,WWW-Authenticate',
  'Content-Type': 'application/json; charset=utf-8',
}).flat();
