import type { Config } from '../config/schema.js';
import type { ClientKind } from './client-metadata-of.js';

interface SnippetFacts {
  readonly issuer: string;
  readonly clientId: string;
  readonly redirectUri: string;
  /** The model API to ask for; undefined: identity alone, shown by userinfo. */
  readonly resource: { readonly identifier: string; readonly scope: string } | undefined;
}

/** Code to paste for a new client of `kind`; undefined for kinds that are no login. */
export function snippetFor(
  kind: ClientKind,
  clientId: string,
  redirectUri: string | undefined,
  config: Config,
): string | undefined {
  const resource = config.resources[0];
  const facts = { issuer: config.issuer, clientId, redirectUri: redirectUri ?? '', resource };
  if (kind === 'native') return nativeSnippet(facts);
  return kind === 'spa' ? spaSnippet(facts) : undefined;
}

function nativeSnippet(facts: SnippetFacts): string {
  return `// login.mjs: npm install openid-client@6 && node login.mjs
import { once } from 'node:events';
import { createServer } from 'node:http';
import * as client from 'openid-client';

${discovery(facts)}
// The key that the tokens are bound to: without it they are worth nothing. Keep it as you keep the refresh token.
const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));

// The browser comes back to a loopback port of our own (RFC 8252 §7.3).
const server = createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
const redirect_uri = \`http://127.0.0.1:\${server.address().port}/callback\`;
const pkceCodeVerifier = client.randomPKCECodeVerifier();
const expectedState = client.randomState();
const address = await client.buildAuthorizationUrlWithPAR(
  config,
  {
    redirect_uri,
${request(facts, 4)}
    state: expectedState,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  },
  { DPoP },
);
console.log(\`Sign in here:\\n\${address.href}\`);

const [request, response] = await once(server, 'request');
response.end('Done. You can close this window.');
server.close();
server.closeIdleConnections();
const tokens = await client.authorizationCodeGrant(
  config,
  new URL(request.url, redirect_uri),
  { pkceCodeVerifier, expectedState },
  ${tokenRequest(facts)},
  { DPoP },
);
${use(facts, '')}
console.log(answer.status, await answer.text());
process.exit(0);
`;
}

function spaSnippet(facts: SnippetFacts): string {
  return `// login.js: npm install openid-client@6; served at ${new URL(facts.redirectUri).origin}
import * as client from 'openid-client';

${discovery(facts)}
const redirect_uri = '${facts.redirectUri}';

// The key that the tokens are bound to. Script can use it but never read it out; it outlives the redirect.
const DPoP = client.getDPoPHandle(config, await deviceKey());

/** Sends the person to Holdfast. */
export async function signIn() {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const expectedState = client.randomState();
  sessionStorage.setItem('login', JSON.stringify({ pkceCodeVerifier, expectedState }));
  location.assign(
    client.buildAuthorizationUrl(config, {
      redirect_uri,
${request(facts, 6)}
      state: expectedState,
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      dpop_jkt: await DPoP.calculateThumbprint(),
    }),
  );
}

/** Call it on the page that the person comes back to. */
export async function finishSignIn() {
  const checks = JSON.parse(sessionStorage.getItem('login'));
  sessionStorage.removeItem('login');
  const tokens = await client.authorizationCodeGrant(
    config,
    new URL(location.href),
    checks,
    ${tokenRequest(facts)},
    { DPoP },
  );
  history.replaceState(null, '', redirect_uri);
${use(facts, '  ')}
  return { tokens, answer };
}

async function deviceKey() {
  const opening = indexedDB.open('login', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('keys');
  const database = await settled(opening);
  const keys = (mode) => database.transaction('keys', mode).objectStore('keys');
  const kept = await settled(keys('readonly').get('device'));
  if (kept) return kept;
  const made = await client.randomDPoPKeyPair('ES256');
  await settled(keys('readwrite').put(made, 'device'));
  return made;
}

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
`;
}

function discovery({ issuer, clientId }: SnippetFacts): string {
  const insecure = issuer.startsWith('http:');
  const options = insecure
    ? `,\n  // Plain http, for this machine only.\n  { execute: [client.allowInsecureRequests] }`
    : '';
  return `const config = await client.discovery(
  new URL('${issuer}'),
  '${clientId}',
  undefined,
  client.None()${options},
);`;
}

function request({ resource }: SnippetFacts, indent: number): string {
  const lines = resource
    ? [
        `scope: '${['openid', resource.scope].filter(Boolean).join(' ')}',`,
        `resource: '${resource.identifier}',`,
      ]
    : [`scope: 'openid profile',`];
  return lines.map((line) => ' '.repeat(indent) + line).join('\n');
}

function tokenRequest({ resource }: SnippetFacts): string {
  return resource ? `{ resource: '${resource.identifier}' }` : 'undefined';
}

function use({ resource }: SnippetFacts, indent: string): string {
  const address = resource
    ? `new URL('v1/models', '${resource.identifier}')`
    : 'new URL(config.serverMetadata().userinfo_endpoint)';
  const call = `const answer = await client.fetchProtectedResource(config, tokens.access_token, ${address}, 'GET', undefined, undefined, { DPoP });`;
  return indent + call;
}
