import type { MigrationInterface, QueryRunner } from 'typeorm';

const tables = `
CREATE TABLE would_refuse (
  day text NOT NULL,
  resource text NOT NULL,
  tier text NOT NULL,
  code text NOT NULL,
  client_id text NOT NULL,
  account_id text NOT NULL,
  calls bigint NOT NULL,
  PRIMARY KEY (day, resource, tier, code, client_id, account_id)
);
CREATE INDEX would_refuse_account ON would_refuse (account_id);

CREATE TABLE legacy_credential (
  digest bytea PRIMARY KEY,
  resource text NOT NULL,
  account_id text NOT NULL,
  account_generation int NOT NULL,
  epoch int NOT NULL DEFAULT 0,
  prefix text,
  label text,
  imported_at timestamptz NOT NULL,
  ends_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  calls bigint NOT NULL,
  spent bigint NOT NULL,
  day text NOT NULL,
  spent_in_day bigint NOT NULL
) WITH (fillfactor = 85);
CREATE INDEX legacy_credential_account ON legacy_credential (account_id);

CREATE TABLE legacy_spending (
  resource text NOT NULL,
  day text NOT NULL,
  spent bigint NOT NULL,
  PRIMARY KEY (resource, day)
) WITH (fillfactor = 50);`;

/* As log_revocation does it for tokens: a gateway that holds such a credential knows it by its digest. */
const logging = `
CREATE FUNCTION log_legacy_revocation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  next bigint;
BEGIN
  UPDATE revocation_head SET sequence = sequence + 1 RETURNING sequence INTO next;
  INSERT INTO revocation (sequence, kind, id, account_id, at)
    VALUES (next, 'token', encode(NEW.digest, 'hex'), NEW.account_id, clock_timestamp());
  PERFORM pg_notify('holdfast_revocation', next::text);
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER log_legacy_revocation AFTER UPDATE OF revoked_at ON legacy_credential
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.revoked_at IS DISTINCT FROM NEW.revoked_at) EXECUTE FUNCTION log_legacy_revocation();`;

export class ObserveAndLegacy1766000002000 implements MigrationInterface {
  readonly name = 'ObserveAndLegacy1766000002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    await runner.query(logging);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE legacy_spending, legacy_credential, would_refuse');
    await runner.query('DROP FUNCTION log_legacy_revocation');
  }
}
