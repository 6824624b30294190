import type { MigrationInterface, QueryRunner } from 'typeorm';

export class UpstreamLogins1763000002000 implements MigrationInterface {
  readonly name = 'UpstreamLogins1763000002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE upstream_identity (
  issuer text NOT NULL,
  subject text NOT NULL,
  id text NOT NULL,
  account_id text NOT NULL,
  provider_name text NOT NULL,
  email text,
  linked_at timestamptz NOT NULL,
  last_used_at timestamptz NOT NULL,
  PRIMARY KEY (issuer, subject)
);
CREATE INDEX upstream_identity_account ON upstream_identity (account_id);

CREATE TABLE upstream_login (
  digest bytea NOT NULL,
  bucket int NOT NULL,
  sealed text NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (digest, bucket)
) PARTITION BY RANGE (bucket);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE upstream_identity, upstream_login');
  }
}
