import type { Interaction } from './interaction.js';

/**
 * How lately the person must have proved herself at the provider, in seconds; undefined: the client does not ask. A
 * session there that is days old is no login that `prompt=login` or `max_age` (OIDC Core §3.1.2.1) would take.
 */
export function freshnessOf({ params }: Pick<Interaction, 'params'>): number | undefined {
  const { prompt, max_age: maxAge } = params;
  if (typeof prompt === 'string' && prompt.split(' ').includes('login')) return 0;
  const seconds = Number(maxAge);
  return maxAge !== undefined && Number.isSafeInteger(seconds) && seconds >= 0 ? seconds : undefined;
}
