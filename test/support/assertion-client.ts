import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { gatewayA } from './clients.js';

/** A client that authenticates by private_key_jwt (RFC 7523). */
export interface AssertionClient {
  readonly clientId: string;
  /** For the `clients` of a test server. */
  readonly metadata: { readonly client_id: string } & Record<string, unknown>;
  readonly privateKey: CryptoKey;
  readonly publicJwk: Readonly<Record<string, unknown>>;
  /** A fresh assertion for `issuer`; `claims` and `header` replace what it would say. */
  assertion(issuer: string, claims?: JWTPayload, header?: Record<string, unknown>): Promise<string>;
  /** Form fields of client authentication by `assertion`. */
  form(assertion: string): Record<string, string>;
}

export async function assertionClient(clientId = 'signed'): Promise<AssertionClient> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), kid: 'its-key', alg: 'ES256', use: 'sig' };
  return {
    clientId,
    privateKey,
    publicJwk,
    metadata: {
      client_id: clientId,
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: { keys: [publicJwk] },
      redirect_uris: [],
      grant_types: ['client_credentials'],
      response_types: [],
    },
    assertion(issuer, claims = {}, header = {}) {
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT({
        iss: clientId,
        sub: clientId,
        aud: issuer,
        jti: randomUUID(),
        iat: now,
        exp: now + 60,
        ...claims,
      })
        .setProtectedHeader({ alg: 'ES256', kid: 'its-key', ...header })
        .sign(privateKey);
    },
    form: (assertion) => ({
      client_id: clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }),
  };
}

export const machineGrant = {
  grant_type: 'client_credentials',
  resource: gatewayA,
  scope: 'model:call',
};
