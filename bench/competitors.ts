import type { JsonWebKey } from 'node:crypto';
import { exportJWK } from 'jose';
import { freePort } from '../examples/support/free-port.js';
import { testClients, testResources, gatewayA, secretOf } from '../test/support/clients.js';
import { basic } from '../test/support/device.js';
import { signIn } from '../test/support/login.js';
import { startPostgres, type PostgresServer } from '../test/support/postgres.js';
import { ProofMaker } from './load/proof-maker.js';
import type { Script, Target } from './load/scripts.js';
import type { HoldfastWish } from './servers/holdfast.js';
import { ServerProcess } from './servers/server-process.js';
import type { StockSeed, StockWish } from './stock-provider.js';

export const references = ['node:http', 'koa', 'stock oidc-provider'] as const;
/** The one thing that a call can't be decided without, the disk that replay memory waits for, and a proxy that decides nothing. */
export const yardsticks = ['es256 verify', 'fsync', 'nginx'] as const;
export type Reference = (typeof references)[number] | (typeof yardsticks)[number];
export type Name = Reference | 'holdfast';

/** A server on the bench, with the credentials that it knows. */
export interface Competitor {
  readonly name: Name;
  readonly server: ServerProcess;
  readonly target: Target;
  readonly credentials: Credentials;
}

export interface Credentials {
  /** Live access tokens, each of another login. */
  readonly accessTokens: readonly string[];
  /** One for each key. */
  readonly refreshTokens: readonly string[];
  readonly keys: readonly JsonWebKey[];
  readonly publicClient: string;
  /** Authorization headers of the resource server and of a client that acts for itself. */
  readonly resourceServer: string;
  readonly service: string;
  readonly resource: string;
}

export interface Bench {
  readonly competitors: readonly Competitor[];
  /** The same, but with ours as it is without kept answers; only where it was wished. */
  readonly forgetful: readonly Competitor[];
  stop(): Promise<void>;
}

/** How many of each credential a bench needs. */
export interface Wish {
  readonly accessTokens: number;
  readonly refreshTokens: number;
  /** Start ours a second time, keeping no answers. */
  readonly forgetful?: true;
}

const scope = 'model:call model:read';

/** Starts everything against one PostgreSQL, with durability on as in production. */
export async function startCompetitors(wish: Wish): Promise<Bench> {
  const postgres = await startPostgres({ fsync: 'on', full_page_writes: 'on', shared_buffers: '256MB' });
  const started: Competitor[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map(({ server }) => server.stop()));
    await postgres.stop();
  };
  try {
    const holdfast = await startOurs(await postgres.createDatabase(), wish);
    started.push(holdfast);
    started.push(await startStock(postgres, wish, holdfast.credentials.keys));
    started.push(await startHello('node:http', 'bench/servers/hello-http.js', holdfast.credentials));
    started.push(await startHello('koa', 'bench/servers/hello-koa.js', holdfast.credentials));
    if (!wish.forgetful) return { competitors: started, forgetful: [], stop };
    const competitors = [...started];
    const keepingNone = await startOurs(await postgres.createDatabase(), wish, { keptAnswers: 0 });
    started.push(keepingNone);
    return { competitors, forgetful: [keepingNone, ...competitors.slice(1)], stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

export function introspection({ credentials }: Competitor): Script {
  return {
    kind: 'introspect',
    authorization: credentials.resourceServer,
    tokens: credentials.accessTokens,
  };
}

export function refreshing({ credentials }: Competitor): Script {
  const { keys, refreshTokens, publicClient, resource } = credentials;
  const form = { grant_type: 'refresh_token', client_id: publicClient, resource };
  return {
    kind: 'token',
    chains: keys.map((key, index) => ({ key, form, headers: {}, refreshToken: refreshTokens[index] ?? '' })),
  };
}

export function clientCredentials({ credentials }: Competitor): Script {
  const form = { grant_type: 'client_credentials', resource: credentials.resource, scope: 'model:call' };
  const headers = { Authorization: credentials.service };
  return { kind: 'token', chains: credentials.keys.map((key) => ({ key, form, headers })) };
}

/** Ours, on an empty database. */
export async function startOurs(
  databaseUrl: string,
  wish: Wish,
  settings: Pick<HoldfastWish, 'keptAnswers'> = {},
): Promise<Competitor> {
  const port = await freePort();
  const parameters: HoldfastWish = {
    ...settings,
    databaseUrl,
    clients: testClients,
    resources: testResources.map((resource) => ({ ...resource, lifetime: 3600 })),
  };
  const script = 'bench/servers/holdfast.js';
  const { server } = await ServerProcess.start(script, port, [JSON.stringify(parameters)]);
  const issuer = `http://localhost:${port}`;
  const logins = [];
  for (let index = 0; index < Math.max(wish.accessTokens, wish.refreshTokens); index++) {
    logins.push(await signIn({ issuer, login: `person${index}` }));
  }
  const authorization = (clientId: string): string =>
    basic(clientId, secretOf(clientId))['authorization'] ?? '';
  const holders = logins.slice(0, wish.refreshTokens);
  return {
    name: 'holdfast',
    server,
    target: { port, issuer, real: true },
    credentials: {
      accessTokens: logins.slice(0, wish.accessTokens).map(({ accessToken }) => accessToken),
      refreshTokens: holders.map(({ refreshToken }) => refreshToken),
      keys: await Promise.all(holders.map(async ({ device }) => exportJWK(device.key.privateKey))),
      publicClient: 'spa',
      resourceServer: authorization('rs-a'),
      service: authorization('service'),
      resource: gatewayA,
    },
  };
}

async function startStock(
  postgres: PostgresServer,
  wish: Wish,
  keys: readonly JsonWebKey[],
): Promise<Competitor> {
  const port = await freePort();
  const secret = secretOf('stock');
  const parameters: StockWish = {
    databaseUrl: await postgres.createDatabase(),
    resource: gatewayA,
    scope,
    secret,
    accessTokens: wish.accessTokens,
    keys: keys.map((key) => new ProofMaker(key).jkt),
    poolSize: 10,
  };
  const script = 'bench/stock-provider.js';
  const started = await ServerProcess.start<StockSeed>(script, port, [JSON.stringify(parameters)]);
  return {
    name: 'stock oidc-provider',
    server: started.server,
    target: { port, issuer: `http://localhost:${port}`, real: true },
    credentials: {
      ...started.ready,
      keys,
      publicClient: 'app',
      resourceServer: basic('rs', secret)['authorization'] ?? '',
      service: basic('service', secret)['authorization'] ?? '',
      resource: gatewayA,
    },
  };
}

/** A bare server is asked the very same things, and answers all of them with hello. */
export async function startHello(
  name: Reference,
  script: string,
  credentials: Credentials,
): Promise<Competitor> {
  const port = await freePort();
  const { server } = await ServerProcess.start(script, port);
  return { name, server, target: { port, issuer: `http://localhost:${port}`, real: false }, credentials };
}
