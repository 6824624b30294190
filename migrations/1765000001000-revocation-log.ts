import type { MigrationInterface, QueryRunner } from 'typeorm';

const tables = `
CREATE TABLE epoch (
  number int PRIMARY KEY,
  issued_before bigint NOT NULL,
  feed text NOT NULL,
  created_at timestamptz NOT NULL,
  reason text
);
INSERT INTO epoch (number, issued_before, feed, created_at)
  VALUES (0, 0, replace(gen_random_uuid()::text, '-', ''), now());

CREATE TABLE device (
  id text PRIMARY KEY,
  account_id text NOT NULL,
  thumbprint text NOT NULL,
  generation int NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX device_key ON device (account_id, thumbprint);

CREATE TABLE bound_key (
  thumbprint text PRIMARY KEY,
  generation int NOT NULL DEFAULT 0,
  revoked_at timestamptz
);

CREATE TABLE revocation_head (
  id int PRIMARY KEY,
  sequence bigint NOT NULL
);
INSERT INTO revocation_head (id, sequence) VALUES (1, 0);

CREATE TABLE revocation (
  sequence bigint PRIMARY KEY,
  kind text NOT NULL,
  id text NOT NULL,
  account_id text,
  client_id text,
  at timestamptz NOT NULL
);
CREATE INDEX revocation_age ON revocation (at);`;

const columns = `
ALTER TABLE access_token ADD COLUMN certificate text, ADD COLUMN device_id text, ADD COLUMN device_generation int,
  ADD COLUMN key_generation int, ADD COLUMN epoch int NOT NULL DEFAULT 0;
ALTER TABLE refresh_token ADD COLUMN certificate text, ADD COLUMN device_id text, ADD COLUMN device_generation int,
  ADD COLUMN key_generation int, ADD COLUMN epoch int NOT NULL DEFAULT 0;
ALTER TABLE "grant" ADD COLUMN issued_at bigint NOT NULL DEFAULT 0, ADD COLUMN epoch int NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN epoch int NOT NULL DEFAULT 0;`;

/*
 * Every revocation is logged by the database itself, whoever makes it. The head's row is locked until the commit, so
 * the order of sequence is the order of commits, without gaps: who has read up to n has missed nothing up to n.
 */
const logging = `
CREATE FUNCTION log_revocation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  kind text := TG_ARGV[0];
  id text;
  account_id text;
  client_id text;
  next bigint;
BEGIN
  IF kind = 'token' THEN
    id := encode(NEW.digest, 'hex'); account_id := NEW.account_id; client_id := NEW.client_id;
  ELSIF kind = 'grant' THEN
    id := NEW.id; account_id := NEW.account_id; client_id := NEW.client_id;
  ELSIF kind = 'session' THEN
    id := NEW.uid; account_id := OLD.account_id;
  ELSIF kind = 'device' THEN
    id := NEW.id; account_id := NEW.account_id;
  ELSIF kind = 'key' THEN
    id := NEW.thumbprint;
  ELSIF kind = 'client' THEN
    id := NEW.client_id; client_id := NEW.client_id;
  ELSIF kind = 'account' THEN
    id := OLD.id; account_id := OLD.id;
  ELSE
    id := NEW.number::text;
  END IF;
  UPDATE revocation_head SET sequence = sequence + 1 RETURNING sequence INTO next;
  INSERT INTO revocation (sequence, kind, id, account_id, client_id, at)
    VALUES (next, kind, id, account_id, client_id, clock_timestamp());
  PERFORM pg_notify('holdfast_revocation', next::text);
  RETURN NULL;
END $$`;

/** What an expired grant or session leaves when it is swept needs no log; what an account takes along, its own row tells. */
const triggers = [
  ['token', 'access_token', 'UPDATE OF revoked_at', 'OLD.revoked_at IS DISTINCT FROM NEW.revoked_at'],
  ['grant', '"grant"', 'UPDATE OF generation', 'OLD.generation <> NEW.generation'],
  ['session', 'session', 'UPDATE OF generation', 'OLD.generation <> NEW.generation'],
  ['device', 'device', 'UPDATE OF generation', 'OLD.generation <> NEW.generation'],
  ['key', 'bound_key', 'INSERT OR UPDATE', undefined],
  ['client', 'client', 'UPDATE OF generation', 'OLD.generation <> NEW.generation'],
  ['account', 'account', 'UPDATE OF generation', 'OLD.generation <> NEW.generation'],
  ['account', 'account', 'DELETE', undefined],
  ['all', 'epoch', 'INSERT', undefined],
] as const;

export class RevocationLog1765000001000 implements MigrationInterface {
  readonly name = 'RevocationLog1765000001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    await runner.query(columns);
    await runner.query(logging);
    for (const [index, [kind, table, event, when]] of triggers.entries()) {
      // Deferred to the commit: its lock is the last that a transaction takes, so it can't wait for another's in a circle.
      await runner.query(
        `CREATE CONSTRAINT TRIGGER log_revocation_${index} AFTER ${event} ON ${table} DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW ${when === undefined ? '' : `WHEN (${when})`} EXECUTE FUNCTION log_revocation('${kind}')`,
      );
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [index, [, table]] of triggers.entries()) {
      await runner.query(`DROP TRIGGER log_revocation_${index} ON ${table}`);
    }
    await runner.query(
      'DROP FUNCTION log_revocation; DROP TABLE revocation, revocation_head, bound_key, device, epoch',
    );
    for (const table of ['access_token', 'refresh_token']) {
      await runner.query(
        `ALTER TABLE ${table} DROP COLUMN certificate, DROP COLUMN device_id, DROP COLUMN device_generation,
          DROP COLUMN key_generation, DROP COLUMN epoch`,
      );
    }
    await runner.query('ALTER TABLE "grant" DROP COLUMN issued_at, DROP COLUMN epoch');
    await runner.query('ALTER TABLE session DROP COLUMN epoch');
  }
}
