/** A WWW-Authenticate challenge of scheme DPoP (RFC 9110 §11.6.1, RFC 9449 §7.1); undefined values are left out. */
export function dpopChallenge(parameters: Readonly<Record<string, string | undefined>>): string {
  const quoted = Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .map(([name, value = '']) => `${name}="${value.replace(/["\\]/g, '\\$&')}"`);
  return `DPoP ${quoted.join(', ')}`;
}
