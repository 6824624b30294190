import type { Client } from 'oidc-provider';
import { epochSeconds, type Clock } from '../lib/clock.js';
import { clientRefused } from './provider-error.js';

/** How far ahead of our clock a client's may be, in seconds (FAPI 2.0 SP §5.3.2.1(13): 10 is taken, over 60 is not). */
export const clientClockAhead = 10;

/** Longest life of a client assertion in seconds. */
const longestLife = 3600;

/** RFC 7519 §5.1, and the explicit type that draft-ietf-oauth-rfc7523bis gives to assertions. */
const types: readonly unknown[] = [undefined, 'JWT', 'client-authentication+jwt'];

type Members = Readonly<Record<string, unknown>>;

/**
 * What oidc-provider leaves open of RFC 7523 §3. Called by it when signature, issuer and audience held.
 * Throws invalid_client.
 */
export function judgeAssertion(clock: Clock) {
  return async (_ctx: unknown, claims: Members, header: Members, client: Client): Promise<void> => {
    const fault = faultOfHeader(header) ?? faultOfTimes(claims, epochSeconds(clock));
    if (fault !== undefined) throw clientRefused(fault);
    if (await isWithdrawn(header, client))
      throw clientRefused('the key is no longer in the JWKS of the client');
  };
}

function faultOfHeader(header: Members): string | undefined {
  // RFC 8725 §3.11: a JWT that was made for another purpose, and typed so, is no assertion.
  if (!types.includes(header['typ'])) return 'typ is not that of a client assertion';
  // RFC 7515 §4.1.11, RFC 7797 §7: no extension is understood here, and the payload of a JWT is always encoded.
  if ('crit' in header || 'b64' in header) return 'the header has crit or b64';
  return undefined;
}

function faultOfTimes({ exp, iat, nbf }: Members, now: number): string | undefined {
  // RFC 7523 §3: an `exp` unreasonably far in the future may be refused. Its `jti` is remembered until then, in the
  // partition of that hour, so a client could have us make partitions without end (threat 30).
  if (typeof exp !== 'number' || exp - now > longestLife) {
    return 'exp of the client assertion is more than an hour ahead';
  }
  // Else a client's assertions could be made ahead of time, for whoever steals them later (threats 3 and 33).
  const early = [iat, nbf].some((time) => typeof time === 'number' && time - now > clientClockAhead);
  return early ? 'the client assertion was made in the future' : undefined;
}

interface RemoteKeys {
  refresh(): Promise<void>;
  selectForVerify(wanted: Members): readonly unknown[];
}

/** oidc-provider fetches `jwks_uri` again only for an unknown key: one that was taken out would be good for ever. */
async function isWithdrawn({ alg, kid }: Members, client: Client): Promise<boolean> {
  const keys = (client as unknown as { asymmetricKeyStore: RemoteKeys }).asymmetricKeyStore;
  // While its address does not answer, a client goes on with the keys that it had.
  await keys.refresh().catch(() => {});
  return keys.selectForVerify({ alg, kid }).length === 0;
}
