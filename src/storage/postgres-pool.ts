import type { ClientBase, Pool, PoolConfig } from 'pg';
import type { Listen } from './connection.js';

/** A query that takes longer (milliseconds) is given up: the server is away without saying so. */
const queryTimeout = 30_000;
const connectTimeout = 5_000;

/**
 * A pool of at most `size` connections. A connection that drops, idle or not, is replaced at the next use and must
 * not bring the process down.
 */
export async function openPostgresPool(databaseUrl: string, size: number): Promise<Pool> {
  return openPool(databaseUrl, { max: size, query_timeout: queryTimeout, onConnect: planOnce });
}

/**
 * A look at a partitioned table costs two to three times as much to plan as to run, and the server plans it anew for
 * every call, since it takes the plan for all partitions for the dearer one. All our statements go by keys.
 *
 * A plan that is kept must still be right when its table has grown: an hour's partition that was analysed with its first
 * few tokens would be read from end to end for each of the next minute's, a hundred times as slow. Without scans a
 * server before 18 takes a table without an index for so dear that it would compile the plan (jit).
 */
const planOnce = ((client: ClientBase) =>
  client.query(
    'SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET jit = off',
  )) as NonNullable<PoolConfig['onConnect']>;

/** For what must not wait for a free connection of the other pool, or may take long: partitions and migrations. */
export async function openSchemaPool(databaseUrl: string): Promise<Pool> {
  return openPool(databaseUrl, { max: 2, idleTimeoutMillis: 5_000 });
}

/**
 * A connection of its own, because a pool hands its connections around. It must be to the server itself: behind a pooler by
 * transaction nothing is ever notified.
 */
export function listenOnPostgres(databaseUrl: string): Listen {
  return async (channel, { rung, lost }) => {
    const { default: pg } = await import('pg');
    const client = new pg.Client({
      connectionString: databaseUrl,
      connectionTimeoutMillis: connectTimeout,
      application_name: 'holdfast feed',
      keepAlive: true,
    });
    client.on('notification', rung);
    client.on('error', lost);
    client.on('end', () => lost(new Error('Connection terminated')));
    // Where a query hangs, pg closes the socket at once; where none does, the server's answer is not worth waiting for.
    const close = () => void client.end().catch(() => {});
    try {
      await client.connect();
      await client.query(`LISTEN ${channel}`);
    } catch (error) {
      close();
      throw error;
    }
    return {
      query: (query) => client.query(query) as never,
      close: () => Promise.resolve(close()),
    };
  };
}

async function openPool(
  databaseUrl: string,
  options: Pick<PoolConfig, 'max' | 'query_timeout' | 'idleTimeoutMillis' | 'onConnect'>,
): Promise<Pool> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    connectionTimeoutMillis: connectTimeout,
    application_name: 'holdfast',
    keepAlive: true,
    ...options,
  });
  // The error reaches whoever uses the connection; without a listener it would also end the process.
  const ignore = () => {};
  pool.on('error', ignore);
  pool.on('connect', (client) => client.on('error', ignore));
  return pool;
}
