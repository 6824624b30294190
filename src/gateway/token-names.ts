import { isRecord, parseJson } from '../lib/json.js';
import { sha256 } from '../lib/hashing.js';
import type { ActiveToken } from './active-token.js';

/** What a token can die by, as the revocation feed names it. */
export interface TokenName {
  readonly of: 'sub' | 'client' | 'key' | 'token';
  readonly value: string;
}

export function namesOfToken(
  accessToken: string,
  { subject, clientId, jkt }: ActiveToken,
): readonly TokenName[] {
  const jti = jtiOf(accessToken);
  return [
    ...(subject === undefined ? [] : [{ of: 'sub', value: subject } as const]),
    ...(clientId === '' ? [] : [{ of: 'client', value: clientId } as const]),
    ...(jkt === undefined ? [] : [{ of: 'key', value: jkt } as const]),
    { of: 'token', value: sha256(accessToken).toString('hex') },
    ...(jti === undefined ? [] : [{ of: 'token', value: sha256(`jwt:${jti}`).toString('hex') } as const]),
  ];
}

/** As `revoked` events tell it: of no use to whoever does not hold the value. */
export function matchOf(feed: string, { of, value }: TokenName): string {
  return sha256(`${feed}\n${of}\n${value}`).toString('base64url');
}

/** Of a JWT that the authorization server has called alive. */
function jtiOf(accessToken: string): string | undefined {
  const [, payload, signature] = accessToken.split('.');
  if (payload === undefined || signature === undefined) return undefined;
  const claims = parseJson(Buffer.from(payload, 'base64url'));
  const jti = isRecord(claims) ? claims['jti'] : undefined;
  return typeof jti === 'string' ? jti : undefined;
}
