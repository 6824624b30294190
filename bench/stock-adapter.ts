import type { Adapter, AdapterPayload } from 'oidc-provider';
import type pg from 'pg';

/** The table that oidc-provider's own example adapters would make in PostgreSQL: one, with everything in jsonb. */
export const stockTable = `
  CREATE TABLE oidc_payload (
    type text NOT NULL,
    id text NOT NULL,
    payload jsonb NOT NULL,
    grant_id text,
    user_code text,
    uid text,
    expires_at timestamptz,
    consumed_at timestamptz,
    PRIMARY KEY (type, id)
  );
  CREATE INDEX ON oidc_payload (grant_id);
  CREATE INDEX ON oidc_payload (uid);
  CREATE INDEX ON oidc_payload (user_code);`;

interface Row {
  readonly payload: AdapterPayload;
  readonly expires_at: Date | null;
  readonly consumed_at: Date | null;
}

/** An adapter as most people write it: no batching, no joins, no care for parallel use. */
export function stockAdapter(pool: pg.Pool): (type: string) => Adapter {
  return (type) => {
    const find = async (column: string, value: string): Promise<AdapterPayload | undefined> => {
      const text = `SELECT payload, expires_at, consumed_at FROM oidc_payload WHERE type = $1 AND ${column} = $2`;
      const { rows } = await pool.query<Row>({ name: `find by ${column}`, text, values: [type, value] });
      const [row] = rows;
      if (!row || (row.expires_at !== null && row.expires_at.getTime() < Date.now())) return undefined;
      return { ...row.payload, ...(row.consumed_at !== null && { consumed: true }) };
    };
    return {
      async upsert(id, payload, expiresIn) {
        const text = `
          INSERT INTO oidc_payload (type, id, payload, grant_id, user_code, uid, expires_at)
          VALUES ($1, $2, $3, $4, $5, $6, now() + $7 * interval '1 second')
          ON CONFLICT (type, id) DO UPDATE SET payload = $3, expires_at = excluded.expires_at`;
        const { grantId, userCode, uid } = payload;
        const values = [type, id, payload, grantId, userCode, uid, expiresIn];
        await pool.query({ name: 'upsert', text, values });
      },
      find: (id) => find('id', id),
      findByUid: (uid) => find('uid', uid),
      findByUserCode: (userCode) => find('user_code', userCode),
      async consume(id) {
        const text = 'UPDATE oidc_payload SET consumed_at = now() WHERE type = $1 AND id = $2';
        await pool.query({ name: 'consume', text, values: [type, id] });
      },
      async destroy(id) {
        const text = 'DELETE FROM oidc_payload WHERE type = $1 AND id = $2';
        await pool.query({ name: 'destroy', text, values: [type, id] });
      },
      async revokeByGrantId(grantId) {
        const text = 'DELETE FROM oidc_payload WHERE type = $1 AND grant_id = $2';
        await pool.query({ name: 'revoke', text, values: [type, grantId] });
      },
    };
  };
}
