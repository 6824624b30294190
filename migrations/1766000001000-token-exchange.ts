import type { MigrationInterface, QueryRunner } from 'typeorm';

export class TokenExchange1766000001000 implements MigrationInterface {
  readonly name = 'TokenExchange1766000001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE exchanged_token (
  digest bytea PRIMARY KEY,
  client_id text NOT NULL,
  key text NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX exchanged_token_expiry ON exchanged_token (expires_at);
CREATE TABLE exchange_source (
  digest bytea PRIMARY KEY,
  ended_at bigint,
  expires_at timestamptz NOT NULL
);
CREATE INDEX exchange_source_expiry ON exchange_source (expires_at);
CREATE TABLE exchange_grant (
  grant_id text PRIMARY KEY,
  account_id text NOT NULL,
  client_id text NOT NULL,
  key text NOT NULL,
  subject bytea NOT NULL,
  session bytea,
  issued_at bigint NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX exchange_grant_subject ON exchange_grant (subject);
CREATE INDEX exchange_grant_session ON exchange_grant (session);
CREATE INDEX exchange_grant_account ON exchange_grant (account_id);
CREATE INDEX exchange_grant_expiry ON exchange_grant (expires_at);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE exchange_grant, exchange_source, exchanged_token');
  }
}
