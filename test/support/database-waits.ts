import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';

/** How many sessions of the database at `url` wait for a lock that another one holds. */
export async function waitingForLocks(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    return rows[0]?.count ?? 0;
  } finally {
    await client.end();
  }
}

/** Asks again until it is so; throws when it is not so for half a minute. */
export async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (await isSo()) return;
    await wait(50);
  }
  throw new Error('it was not so for half a minute');
}
