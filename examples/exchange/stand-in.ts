import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** A stand-in for the login that you have: it gives an ID token to everybody who asks, so never let it out of your machine. */
export async function createStandIn(issuer: URL, audience: string): Promise<Server> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'stand-in', alg: 'RS256', use: 'sig' };
  const sign = (sub: string) =>
    new SignJWT({ name: sub })
      .setProtectedHeader({ alg: 'RS256', kid: 'stand-in', typ: 'JWT' })
      .setIssuer(issuer.origin)
      .setAudience(audience)
      .setSubject(sub)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(privateKey);
  const documents: Readonly<Record<string, object>> = {
    '/.well-known/openid-configuration': { issuer: issuer.origin, jwks_uri: `${issuer.origin}/keys` },
    '/keys': { keys: [jwk] },
  };
  return createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', issuer);
    const document = documents[pathname];
    if (document) {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(document));
    } else {
      sign(searchParams.get('sub') ?? 'ada').then(
        (token) => response.end(token),
        () => response.writeHead(500).end(),
      );
    }
  });
}
