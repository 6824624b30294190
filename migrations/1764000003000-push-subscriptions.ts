import type { MigrationInterface, QueryRunner } from 'typeorm';

export class PushSubscriptions1764000003000 implements MigrationInterface {
  readonly name = 'PushSubscriptions1764000003000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE push_subscription (
  digest bytea PRIMARY KEY,
  account_id text NOT NULL,
  account_generation int NOT NULL,
  sealed_subscription text NOT NULL,
  browser text,
  created_at timestamptz NOT NULL,
  last_delivered_at timestamptz
);
CREATE INDEX push_subscription_account ON push_subscription (account_id);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE push_subscription');
  }
}
