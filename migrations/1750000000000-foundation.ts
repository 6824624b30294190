import type { MigrationInterface, QueryRunner } from 'typeorm';

const tables = `
CREATE TABLE account (
  id text PRIMARY KEY,
  display_name text NOT NULL,
  login text,
  login_folded text,
  generation int NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  disabled_at timestamptz
);
CREATE UNIQUE INDEX account_login ON account (login_folded);
CREATE INDEX account_age ON account (created_at, id);

CREATE TABLE passkey (
  credential_id bytea PRIMARY KEY,
  account_id text NOT NULL,
  public_key bytea NOT NULL,
  algorithm int NOT NULL,
  sign_count bigint NOT NULL,
  backup_eligible boolean NOT NULL,
  backed_up boolean NOT NULL,
  transports text[] NOT NULL,
  aaguid text NOT NULL,
  name text NOT NULL,
  created_at timestamptz NOT NULL,
  last_used_at timestamptz
);
CREATE INDEX passkey_account ON passkey (account_id);

CREATE TABLE client (
  client_id text PRIMARY KEY,
  source text NOT NULL,
  metadata json,
  generation int NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  removed_at timestamptz
);

CREATE TABLE "grant" (
  id text PRIMARY KEY,
  client_id text NOT NULL,
  account_id text NOT NULL,
  account_generation int NOT NULL,
  client_generation int NOT NULL,
  generation int NOT NULL DEFAULT 0,
  expires_at bigint NOT NULL,
  payload json NOT NULL,
  revoked_at timestamptz
);
CREATE INDEX grant_account ON "grant" (account_id);
CREATE INDEX grant_expiry ON "grant" (expires_at);

CREATE TABLE session (
  uid text PRIMARY KEY,
  digest bytea NOT NULL,
  account_id text,
  account_generation int,
  generation int NOT NULL DEFAULT 0,
  expires_at bigint NOT NULL,
  payload json NOT NULL,
  ended_at timestamptz
);
CREATE UNIQUE INDEX session_digest ON session (digest);
CREATE INDEX session_account ON session (account_id);
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE refresh_token (
  digest bytea PRIMARY KEY,
  client_id text NOT NULL,
  account_id text NOT NULL,
  grant_id text NOT NULL,
  session_uid text,
  jkt text,
  issued_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  payload json NOT NULL,
  client_generation int NOT NULL,
  account_generation int NOT NULL,
  grant_generation int NOT NULL,
  session_generation int,
  consumed_at timestamptz,
  sealed_successor text
) WITH (fillfactor = 85);
CREATE INDEX refresh_token_expiry ON refresh_token (expires_at);

CREATE TABLE signing_key (
  kid text PRIMARY KEY,
  algorithm text NOT NULL,
  state text NOT NULL,
  public_jwk json NOT NULL,
  sealed_private_jwk text,
  created_at timestamptz NOT NULL,
  current_since timestamptz,
  retired_at timestamptz
);

CREATE TABLE setting (
  name text PRIMARY KEY,
  value text NOT NULL
);`;

const partitionedTables = `
CREATE TABLE access_token (
  digest bytea NOT NULL,
  bucket int NOT NULL,
  kind text NOT NULL,
  format text NOT NULL,
  client_id text NOT NULL,
  account_id text,
  grant_id text,
  session_uid text,
  jkt text,
  scope text,
  audience text,
  acr text,
  amr text[],
  auth_time bigint,
  issued_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  payload json NOT NULL,
  client_generation int NOT NULL,
  account_generation int,
  grant_generation int,
  session_generation int,
  revoked_at timestamptz,
  PRIMARY KEY (digest, bucket)
) PARTITION BY RANGE (bucket);

CREATE TABLE artifact (
  digest bytea NOT NULL,
  model text NOT NULL,
  bucket int NOT NULL,
  grant_id text,
  user_code text,
  uid text,
  expires_at bigint NOT NULL,
  payload json NOT NULL,
  consumed_at timestamptz,
  PRIMARY KEY (digest, model, bucket)
) PARTITION BY RANGE (bucket);
CREATE INDEX artifact_grant ON artifact (grant_id) WHERE grant_id IS NOT NULL;
CREATE INDEX artifact_user_code ON artifact (user_code) WHERE user_code IS NOT NULL;
CREATE INDEX artifact_uid ON artifact (uid) WHERE uid IS NOT NULL;

CREATE TABLE webauthn_challenge (
  digest bytea NOT NULL,
  bucket int NOT NULL,
  purpose text NOT NULL,
  bound_to bytea NOT NULL,
  account_id text,
  facts json NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (digest, bucket)
) PARTITION BY RANGE (bucket);

CREATE TABLE replay (
  digest bytea NOT NULL,
  bucket int NOT NULL,
  PRIMARY KEY (digest, bucket)
) PARTITION BY RANGE (bucket);

CREATE TABLE refusal (
  request_id text NOT NULL,
  bucket int NOT NULL,
  at timestamptz NOT NULL,
  code text NOT NULL,
  detail text,
  method text NOT NULL,
  path text NOT NULL,
  client_id text,
  PRIMARY KEY (request_id, bucket, at, code)
) PARTITION BY RANGE (bucket);`;

/*
 * CREATE TABLE … PARTITION OF would lock the parent against everybody; a table made apart and attached does not.
 * The advisory lock makes nodes that meet the same new hour wait for each other instead of failing.
 */
const makePartition = `
CREATE FUNCTION make_partition(parent text, bucket int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  child text := parent || '_p' || bucket;
BEGIN
  IF to_regclass(format('%I', child)) IS NOT NULL THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(7180, hashtext(child));
  -- Not to_regclass again: it may answer from a cache filled before the lock was free.
  IF EXISTS (SELECT FROM pg_class WHERE relname = child AND relnamespace = current_schema()::regnamespace) THEN
    RETURN;
  END IF;
  EXECUTE format(
    'CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES INCLUDING STORAGE)',
    child, parent);
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
    parent, child, bucket, bucket::bigint + 1);
END $$`;

/*
 * One key may arrive with two different ends, so that two partitions would each take it. Callers with the same key
 * therefore queue at an advisory lock, and the look and the insert behind it see each other's committed rows
 * (each statement of a volatile function has its own snapshot).
 */
const rememberReplay = `
CREATE FUNCTION remember_replay(key bytea, lock_key bigint, into_bucket int, since_bucket int)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(lock_key);
  INSERT INTO replay (digest, bucket)
    SELECT key, into_bucket
    WHERE NOT EXISTS (SELECT 1 FROM replay r WHERE r.digest = key AND r.bucket >= since_bucket);
  RETURN FOUND;
END $$`;

export class Foundation1750000000000 implements MigrationInterface {
  readonly name = 'Foundation1750000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    await runner.query(partitionedTables);
    await runner.query(makePartition);
    await runner.query(rememberReplay);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION remember_replay; DROP FUNCTION make_partition');
    await runner.query(
      `DROP TABLE refusal, replay, webauthn_challenge, artifact, access_token, setting, signing_key,
         refresh_token, session, "grant", client, passkey, account`,
    );
  }
}
