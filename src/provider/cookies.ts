import type { Configuration } from 'oidc-provider';

/** The cookies of a sign-in under way, each for its own path. */
export const interactionCookies = {
  interaction: 'holdfast_interaction',
  resume: 'holdfast_resume',
  finished: 'holdfast_finished',
} as const;

/** Cookie names and attributes. On https the session cookie has the `__Host-` prefix: no subdomain can plant one. */
export function cookieSettings(issuer: string, key: Uint8Array): NonNullable<Configuration['cookies']> {
  const secure = issuer.startsWith('https:');
  const attributes = { httpOnly: true, sameSite: 'lax', secure, overwrite: true, signed: true } as const;
  return {
    keys: [Buffer.from(key).toString('base64url')],
    names: {
      session: secure ? '__Host-holdfast_session' : 'holdfast_session',
      interaction: interactionCookies.interaction,
      resume: interactionCookies.resume,
    },
    long: { ...attributes, path: '/' },
    short: attributes,
  };
}
