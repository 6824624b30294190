import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AccountEvents1763000005000 implements MigrationInterface {
  readonly name = 'AccountEvents1763000005000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE account_event (
  id text PRIMARY KEY,
  account_id text NOT NULL,
  kind text NOT NULL,
  at timestamptz NOT NULL,
  place text,
  browser text,
  detail json NOT NULL
);
CREATE INDEX account_event_account ON account_event (account_id, at);
CREATE INDEX account_event_age ON account_event (at);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE account_event');
  }
}
