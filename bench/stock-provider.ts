/* oidc-provider as it comes, on a plain PostgreSQL adapter: what most people would run. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider, type Client, type Configuration } from 'oidc-provider';
import { stockAdapter, stockTable } from './stock-adapter.js';

/** What the stock server makes before it is measured, since nobody logs in there. */
export interface StockSeed {
  readonly accessTokens: readonly string[];
  readonly refreshTokens: readonly string[];
}

export interface StockWish {
  readonly databaseUrl: string;
  readonly resource: string;
  readonly scope: string;
  readonly secret: string;
  readonly accessTokens: number;
  /** Thumbprints; a refresh token is made for each. */
  readonly keys: readonly string[];
  /** As many connections as our own server has. */
  readonly poolSize: number;
}

const port = Number(process.argv[2]);
const wish = JSON.parse(process.argv[3] ?? '') as StockWish;
const pool = new pg.Pool({ connectionString: wish.databaseUrl, max: wish.poolSize });
await pool.query(stockTable);

const provider = new Provider(`http://localhost:${port}`, {
  adapter: stockAdapter(pool),
  clients: [
    client('service', { client_secret: wish.secret, grant_types: ['client_credentials'] }),
    client('rs', { client_secret: wish.secret, grant_types: ['client_credentials'] }),
    client('app', {
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
    }),
  ],
  jwks: { keys: [{ ...(await exportJWK(await newKey())), use: 'sig', alg: 'RS256' }] },
  cookies: { keys: [randomBytes(32).toString('hex')] },
  routes: { token: '/token', introspection: '/introspect', revocation: '/revoke' },
  findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  // Like ours: one refresh token after another, and the server's nonce in every proof.
  rotateRefreshToken: true,
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: () => ({
        scope: wish.scope,
        audience: wish.resource,
        accessTokenFormat: 'opaque',
      }),
      useGrantedResource: () => true,
    },
  },
} as Configuration);

function client(client_id: string, more: object): NonNullable<Configuration['clients']>[number] {
  const interactive = client_id === 'app';
  return {
    client_id,
    redirect_uris: interactive ? ['https://app.test/callback'] : [],
    response_types: interactive ? ['code'] : [],
    ...more,
  };
}

async function newKey(): Promise<CryptoKey> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return privateKey;
}

async function seed(): Promise<StockSeed> {
  const app = await provider.Client.find('app');
  if (!app) throw new Error('no client');
  const accessTokens: string[] = [];
  for (let index = 0; index < wish.accessTokens; index++)
    accessTokens.push(await makeAccessToken(app, index));
  const refreshTokens: string[] = [];
  for (const jkt of wish.keys) refreshTokens.push(await makeRefreshToken(app, jkt));
  return { accessTokens, refreshTokens };
}

/** The types of @types/oidc-provider leave out the life in seconds, which some models demand. */
function keep(model: object): Promise<string> {
  return (model as { save(seconds: number): Promise<string> }).save(86_400);
}

/** A grant with its session, as a login would leave them. */
async function makeGrant(accountId: string): Promise<{ grantId: string; sessionUid: string }> {
  const grant = new provider.Grant({ accountId, clientId: 'app' });
  grant.addOIDCScope('openid offline_access');
  grant.addResourceScope(wish.resource, wish.scope);
  const grantId = await keep(grant);
  const session = Object.assign(new provider.Session(), {
    accountId,
    loginTs: Math.floor(Date.now() / 1000),
  });
  session.ensureClientContainer('app');
  session.grantIdFor('app', grantId);
  await keep(session);
  return { grantId, sessionUid: session.uid };
}

async function makeAccessToken(app: Client, index: number): Promise<string> {
  const accountId = `account-${index}`;
  const { grantId, sessionUid } = await makeGrant(accountId);
  const token = new provider.AccessToken({
    accountId,
    client: app,
    grantId,
    sessionUid,
    expiresWithSession: true,
    scope: wish.scope,
    gty: 'authorization_code',
  } as never);
  token.resourceServer = new provider.ResourceServer(wish.resource, {
    scope: wish.scope,
    audience: wish.resource,
    accessTokenFormat: 'opaque',
  });
  Object.assign(token, { jkt: wish.keys[0] });
  return keep(token);
}

async function makeRefreshToken(app: Client, jkt: string): Promise<string> {
  const accountId = `account-${jkt}`;
  const { grantId, sessionUid } = await makeGrant(accountId);
  const token = new provider.RefreshToken({
    accountId,
    client: app,
    grantId,
    sessionUid,
    expiresWithSession: false,
    jkt,
    scope: `openid offline_access ${wish.scope}`,
    resource: wish.resource,
    gty: 'authorization_code',
    authTime: Math.floor(Date.now() / 1000),
    rotations: 0,
    iiat: Math.floor(Date.now() / 1000),
  } as never);
  return keep(token);
}

const ready = await seed();
provider.listen(port, '127.0.0.1', () => process.send?.({ ready }));
provider.on('server_error', (_, error) => process.stderr.write(`stock: ${String(error.stack)}\n`));
process.on('disconnect', () => process.exit());
process.on('SIGTERM', () => process.exit());
