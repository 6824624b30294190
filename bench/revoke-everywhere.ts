import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { secretOf } from '../test/support/clients.js';
import { basic } from '../test/support/device.js';
import { FeedListener } from '../test/support/feed-listener.js';
import { signIn } from '../test/support/login.js';
import { startCluster, type Cluster } from '../test/support/nodes.js';
import { startPostgres, type PostgresServer } from '../test/support/postgres.js';
import { SwallowingRelay } from '../test/support/swallowing-relay.js';
import { Connection, formPost } from './load/connection.js';
import { print, type Line } from './report.js';

const pollersPerNode = 2;
const listenOnMilliseconds = 60;
const events = 200;
const cuts = 5;
const durable = { fsync: 'on', full_page_writes: 'on' };

/** How a revocation reaches three nodes and those who follow their feeds, and how soon a feed that is cut says so. */
export async function benchRevokeEverywhere(tokens: number): Promise<Line[]> {
  const postgres = await startPostgres(durable);
  try {
    return [
      ...(await threeNodes(postgres, tokens)),
      ...(await withCaches(postgres, tokens)),
      ...(await cutOff(postgres)),
    ];
  } finally {
    await postgres.remove();
  }
}

async function threeNodes(postgres: PostgresServer, tokens: number): Promise<Line[]> {
  const databaseUrl = await postgres.createDatabase();
  const cluster = await startCluster(databaseUrl, 3, { log_level: 'error' });
  try {
    const late: number[] = [];
    for (let index = 0; index < tokens; index++) late.push(await lastPositive(cluster, `person${index}`));
    const delays = await feedDelays(cluster, databaseUrl);
    return [
      ...line('three nodes: last positive answer after the 200, caches off', late),
      ...line('three nodes: commit to the event at a follower, p50', [percentile(delays, 0.5)]),
      ...line('three nodes: commit to the event at a follower, p99', [percentile(delays, 0.99)]),
    ];
  } finally {
    await cluster.close();
  }
}

async function withCaches(postgres: PostgresServer, tokens: number): Promise<Line[]> {
  const introspection = { kept_answers: 10_000 };
  const cluster = await startCluster(await postgres.createDatabase(), 3, {
    log_level: 'error',
    introspection,
  });
  try {
    const late: number[] = [];
    for (let index = 0; index < tokens; index++) late.push(await lastPositive(cluster, `person${index}`));
    return line('three nodes: last positive answer after the 200, caches on', late);
  } finally {
    await cluster.close();
  }
}

/** Milliseconds after the first node's 200 that any of the three still answered what was asked after it with active. */
async function lastPositive({ nodes, issuer }: Cluster, login: string): Promise<number> {
  const { accessToken } = await signIn({ issuer, login });
  const { host } = new URL(issuer);
  const headers = { Authorization: basic('rs-a', secretOf('rs-a'))['authorization'] ?? '' };
  const question = formPost(host, '/introspect', headers, `token=${accessToken}`);
  const ports = nodes.flatMap(({ url }) =>
    Array.from({ length: pollersPerNode }, () => Number(new URL(url).port)),
  );
  const connections = await Promise.all(ports.map((port) => Connection.open(port)));
  const positives: { sent: number; received: number }[] = [];
  const state = { stop: false };
  const polling = connections.map(async (connection) => {
    while (!state.stop) {
      const sent = performance.now();
      const { body } = await connection.send(question);
      if (body.startsWith('{"active":true')) positives.push({ sent, received: performance.now() });
    }
  });
  while (positives.length < connections.length) await wait(5);
  const revoker = await Connection.open(ports[0] ?? 0);
  const { status, body } = await revoker.send(
    formPost(host, '/revoke', {}, `token=${accessToken}&client_id=spa`),
  );
  const done = performance.now();
  if (status !== 200) throw new Error(`it was not revoked: ${status} ${body}`);
  await wait(listenOnMilliseconds);
  state.stop = true;
  await Promise.all(polling);
  for (const each of [...connections, revoker]) each.close();
  return Math.max(0, ...positives.filter(({ sent }) => sent > done).map(({ received }) => received - done));
}

/** From the acknowledged commit until the last of three followers, one at each node, has the event; 0 if it came before. */
async function feedDelays({ nodes }: Cluster, databaseUrl: string): Promise<number[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const listeners = await Promise.all(nodes.map(({ url }) => FeedListener.open(url)));
  await Promise.all(listeners.map((listener) => listener.named('alive')));
  const delays: number[] = [];
  for (let index = 0; index < events; index++) {
    const key = `key${index}`;
    const heard = listeners.map(async (listener) => {
      await listener.revoked('key', key, listener.events.length);
      return performance.now();
    });
    await client.query('INSERT INTO bound_key (thumbprint, generation, revoked_at) VALUES ($1, 1, now())', [
      key,
    ]);
    const committed = performance.now();
    delays.push(Math.max(0, Math.max(...(await Promise.all(heard))) - committed));
  }
  await Promise.all(listeners.map((listener) => listener.close()));
  await client.end();
  return delays;
}

/** From the cut until a follower of the node has heard that it is to trust nothing. */
async function cutOff(postgres: PostgresServer): Promise<Line[]> {
  const databaseUrl = await postgres.createDatabase();
  const relay = await SwallowingRelay.start(databaseUrl);
  const cluster = await startCluster(relay.url, 1, { log_level: 'error' });
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const kill = () =>
    client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holdfast feed'`,
    );
  try {
    const listener = await FeedListener.open(cluster.issuer);
    const untrusted = async (cut: () => unknown, mend: () => void) => {
      await listener.named('alive', listener.events.length);
      const [place, start] = [listener.events.length, performance.now()];
      await cut();
      await listener.named('lost', place);
      const took = performance.now() - start;
      mend();
      return took;
    };
    const killed: number[] = [];
    const hanging: number[] = [];
    for (let index = 0; index < cuts; index++) {
      killed.push(await untrusted(kill, () => {}));
      hanging.push(
        await untrusted(
          () => relay.swallow(),
          () => relay.pass(),
        ),
      );
    }
    await listener.close();
    return [
      ...line('feed cut by a killed connection: until it is not trusted', killed),
      ...line('feed cut by a network that hangs: until it is not trusted', hanging),
    ];
  } finally {
    await client.end();
    await cluster.close();
    await relay.close();
  }
}

function line(variant: string, figures: readonly number[]): Line[] {
  const rounds = new Map([['holdfast', figures]] as const);
  return print({ bench: 'revoke', variant, unit: 'ms', rounds, against: ['node:http'] });
}

function percentile(figures: readonly number[], part: number): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
