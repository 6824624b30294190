/* The short-lived cookie that the device of a session renews by its key, and where it does. */

export const boundCookieName = '__Host-holdfast_bound';
export const registerPath = '/dbsc/register';
export const refreshPath = '/dbsc/refresh';

/** To Koa. */
export const boundCookieOptions = {
  path: '/',
  secure: true,
  httpOnly: true,
  sameSite: 'lax',
  signed: false,
  overwrite: true,
} as const;

/** To the browser, which compares them with those of each cookie that it is given (all but its age). */
export const boundCookieAttributes = 'Path=/; Secure; HttpOnly; SameSite=Lax';

/** Where no session matters, so that no request waits for a proof there. */
export const withoutSession = [
  '/assets',
  '/.well-known',
  '/backchannel',
  '/calls',
  '/dbsc',
  '/introspect',
  '/jwks',
  '/par',
  '/push.js',
  '/revoke',
  '/token',
  '/usage',
  '/userinfo',
];
