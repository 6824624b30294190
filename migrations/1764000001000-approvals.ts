import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Approvals1764000001000 implements MigrationInterface {
  readonly name = 'Approvals1764000001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE approval (
  id text PRIMARY KEY,
  account_id text NOT NULL,
  account_generation int NOT NULL,
  client_id text NOT NULL,
  jkt text NOT NULL,
  resource text,
  spend_limit bigint,
  call_limit int,
  expires_at bigint NOT NULL,
  subject json NOT NULL,
  signed text NOT NULL,
  credential_id bytea NOT NULL,
  public_key bytea NOT NULL,
  authenticator_data bytea NOT NULL,
  client_data_json bytea NOT NULL,
  signature bytea NOT NULL,
  rp_id text NOT NULL,
  origin text NOT NULL,
  created_at timestamptz NOT NULL,
  revoked_at timestamptz,
  spent bigint NOT NULL DEFAULT 0,
  calls int NOT NULL DEFAULT 0
);
CREATE INDEX approval_account ON approval (account_id, created_at);
CREATE INDEX approval_age ON approval (created_at);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE approval');
  }
}
