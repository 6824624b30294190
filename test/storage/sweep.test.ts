import { strict as assert } from 'node:assert';
import { onEveryDatabase } from '../support/databases.js';

onEveryDatabase('the sweep of long-lived rows', (database) => {
  const day = 86_400;
  const addSessions = (name: string, count: number, expiresAt: number) =>
    database.sql(
      `INSERT INTO session (uid, digest, expires_at, payload, last_seen_at)
       SELECT $1::text || n, sha256(($1::text || n)::bytea), $2::bigint, '{}', now() FROM generate_series(1, $3::int) AS n`,
      [name, expiresAt, count],
    );

  it('deletes all that expired more than a day ago, however many, and nothing else', async () => {
    const now = Math.floor(database.clock.now() / 1000);
    await addSessions('old', 10_001, now - day - 1);
    await addSessions('late', 1, now - day + 60);
    await addSessions('living', 1, now + 60);
    await database.storage.maintain();
    const left = await database.sql<{ uid: string }>(
      "SELECT uid FROM session WHERE uid ~ '^(old|late|living)'",
    );
    assert.deepEqual(left.map(({ uid }) => uid).toSorted(), ['late1', 'living1']);
  });
});
