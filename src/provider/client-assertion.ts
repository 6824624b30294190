import { epochSeconds, type Clock } from '../lib/clock.js';
import { clientRefused } from './provider-error.js';

/** Longest life of a client assertion in seconds. */
const longestLife = 3600;

/**
 * RFC 7523 §3: an `exp` unreasonably far in the future may be refused. Its `jti` is remembered until then, in the
 * partition of that hour, so a client could have us make partitions without end (threat 30).
 * Called by oidc-provider when the signature held. Throws invalid_client.
 */
export function demandShortLife(clock: Clock) {
  return (_ctx: unknown, { exp }: Readonly<Record<string, unknown>>): void => {
    if (typeof exp === 'number' && exp - epochSeconds(clock) <= longestLife) return;
    throw clientRefused('exp of the client assertion is more than an hour ahead');
  };
}
