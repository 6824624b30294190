import { importJWK, SignJWT, type CryptoKey, type JWK } from 'jose';
import { epochSeconds, type Clock } from '../lib/clock.js';
import type { Random } from '../lib/random.js';

/** How the resource server says who it is: by one of a secret, a key that signs, or a certificate. */
export interface ClientCredentials {
  readonly clientId: string;
  /** `client_secret_basic`. */
  readonly clientSecret?: string;
  /** `private_key_jwt` (RFC 7523): no secret leaves this process. */
  readonly clientKey?: ClientKey;
  /** `tls_client_auth` and `self_signed_tls_client_auth` (RFC 8705), or a private CA of the issuer's. */
  readonly tls?: ClientTls;
}

export interface ClientKey {
  /** Private. */
  readonly key: CryptoKey | JWK;
  /** `ES256`, say. */
  readonly algorithm: string;
  /** `kid`, where the client's keys have names. */
  readonly keyId?: string;
}

/** As node:tls takes them, in PEM. */
export interface ClientTls {
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly passphrase?: string;
  /** What the issuer's certificate is checked against instead of the usual authorities. */
  readonly ca?: string | Buffer;
}

/** What a request carries to say who asks: header fields, and members of its form or JSON object. */
export interface Authentication {
  readonly headers: Readonly<Record<string, string>>;
  readonly members: Readonly<Record<string, string>>;
}

const assertionSeconds = 60;
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Says who asks, request by request. Throws a TypeError where the options name no way or several. */
export function clientAuthenticator(
  { clientId, clientSecret, clientKey, tls }: ClientCredentials,
  { issuer, clock, random }: { readonly issuer: string; readonly clock: Clock; readonly random: Random },
): () => Promise<Authentication> {
  if (clientSecret !== undefined && clientKey !== undefined) {
    throw new TypeError('name clientSecret or clientKey, not both: a client authenticates in one way');
  }
  if (clientSecret !== undefined) {
    const headers = { authorization: basicCredentials(clientId, clientSecret) };
    return () => Promise.resolve({ headers, members: {} });
  }
  if (clientKey !== undefined) {
    const sign = assertionSigner(clientId, clientKey, { issuer, clock, random });
    return async () => ({
      headers: {},
      members: { client_id: clientId, client_assertion_type: assertionType, client_assertion: await sign() },
    });
  }
  if (tls?.cert === undefined) throw new TypeError('name clientSecret, clientKey or tls.cert');
  // RFC 8705 §2: the certificate does not say who the client is, so client_id goes along.
  return () => Promise.resolve({ headers: {}, members: { client_id: clientId } });
}

/** RFC 6749 §2.3.1: client_id and secret are form-encoded before they are joined. */
function basicCredentials(clientId: string, clientSecret: string): string {
  const encode = (value: string): string => new URLSearchParams({ '': value }).toString().slice(1);
  return `Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64')}`;
}

function assertionSigner(
  clientId: string,
  { key, algorithm, keyId }: ClientKey,
  { issuer, clock, random }: { readonly issuer: string; readonly clock: Clock; readonly random: Random },
): () => Promise<string> {
  const imported = isImported(key) ? key : importJWK(key, algorithm);
  return async () => {
    const now = epochSeconds(clock);
    // RFC 7523 §3: iss and sub are the client, aud is the authorization server; RFC 7519 §4.1.7: jti makes it one of a kind.
    return new SignJWT({ jti: random.bytes(18).toString('base64url') })
      .setProtectedHeader({ alg: algorithm, ...(keyId !== undefined && { kid: keyId }) })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(issuer)
      .setIssuedAt(now)
      .setExpirationTime(now + assertionSeconds)
      .sign(await imported);
  };
}

function isImported(key: CryptoKey | JWK): key is CryptoKey {
  return 'extractable' in key;
}
