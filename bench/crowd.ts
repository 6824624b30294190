import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { sha256 } from '../src/lib/hashing.js';
import { bucketOf, newAccessToken } from '../src/lib/opaque-token.js';
import { systemRandom } from '../src/lib/random.js';
import { gatewayA } from '../test/support/clients.js';

/** Tokens in a database that no login has made: as many as wanted, of which some are known in clear. */
export interface Crowd {
  /** Live tokens to ask about, spread over all of them. */
  readonly known: readonly string[];
}

export interface CrowdWish {
  readonly databaseUrl: string;
  /** How many access tokens the table shall have in all. */
  readonly tokens: number;
  /** Of these, how many there are. */
  readonly present: number;
}

const mostKnown = 20_000;
const lifetime = 3300;
/** Tokens of one account: a person's agents and tabs. */
const tokensOfAccount = 10;
const client = 'spa';
const scope = 'model:call model:read';
const acr = 'urn:holdfast:acr:phr';

const shared = `kind, format, client_id, account_id, grant_id, session_uid, jkt, scope, audience, acr, amr, auth_time,
  issued_at, expires_at, payload, client_generation, account_generation, grant_generation, session_generation`;
const facts = `'AccessToken', 'opaque', $1::text, p.name, p.name, p.name, encode(sha256(convert_to(p.name, 'UTF8')), 'hex'),
  '${scope}', '${gatewayA}', '${acr}', '{pop,user}'::text[], $2::bigint, $2::bigint, $3::bigint,
  '{"gty":"authorization_code","extra":{"acr":"${acr}"}}'::json, 0, 0, 0, 0`;

/** Fills up to `tokens` access tokens with all that they hang on, in the order of their digests, as an index likes it. */
export async function gather({ databaseUrl, tokens, present }: CrowdWish): Promise<Crowd> {
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    await database.query(
      "SET synchronous_commit = off; SET work_mem = '1GB'; SET maintenance_work_mem = '1GB'",
    );
    const now = Math.floor(Date.now() / 1000);
    const expires = now + lifetime;
    await database.query('SELECT make_partition($1, $2)', ['access_token', bucketOf(expires)]);
    const wanted = tokens - present;
    const known = Array.from({ length: Math.min(wanted, mostKnown) }, () =>
      newAccessToken(systemRandom, expires),
    );
    await befriend(database, Math.ceil(tokens / tokensOfAccount), expires);
    const people = Math.ceil(tokens / tokensOfAccount);
    const given = [client, now, expires, bucketOf(expires), people];
    await database.query(
      `INSERT INTO access_token (digest, bucket, ${shared})
      SELECT d, $4::int, ${facts}
      FROM unnest($6::bytea[]) WITH ORDINALITY AS t (d, n), LATERAL (SELECT 'crowd_' || t.n % $5::int AS name) p ORDER BY d`,
      [...given, known.map((token) => sha256(token))],
    );
    if (wanted > known.length) {
      await database.query(
        `INSERT INTO access_token (digest, bucket, ${shared})
        SELECT d, $4::int, ${facts}
        FROM (SELECT sha256($6::bytea || int4send(n)) AS d, n FROM generate_series(1, $7::int) n) t,
          LATERAL (SELECT 'crowd_' || t.n % $5::int AS name) p ORDER BY d`,
        [...given, randomBytes(16), wanted - known.length],
      );
    }
    await database.query('VACUUM ANALYZE');
    await database.query('CHECKPOINT');
    return { known };
  } finally {
    await database.end();
  }
}

/** Accounts, grants and sessions, where they are not there yet. */
async function befriend(database: pg.Client, people: number, expires: number): Promise<void> {
  const named = `FROM generate_series(0, $1::int - 1) n, LATERAL (SELECT 'crowd_' || n AS name) p`;
  await database.query(
    `INSERT INTO account (id, display_name, created_at) SELECT p.name, 'Ada', now() ${named} ON CONFLICT DO NOTHING`,
    [people],
  );
  await database.query(
    `INSERT INTO "grant" (id, client_id, account_id, account_generation, client_generation, expires_at, payload)
    SELECT p.name, $2, p.name, 0, 0, $3, '{}' ${named} ON CONFLICT DO NOTHING`,
    [people, client, expires + 86_400],
  );
  await database.query(
    `INSERT INTO session (uid, digest, account_id, account_generation, expires_at, payload, last_seen_at)
    SELECT p.name, sha256(convert_to(p.name, 'UTF8')), p.name, 0, $2, '{}', now() ${named} ON CONFLICT DO NOTHING`,
    [people, expires + 86_400],
  );
}
