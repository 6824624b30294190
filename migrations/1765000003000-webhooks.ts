import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Webhooks1765000003000 implements MigrationInterface {
  readonly name = 'Webhooks1765000003000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE webhook (
  id text PRIMARY KEY,
  sequence bigint NOT NULL,
  attempts int NOT NULL DEFAULT 0,
  due_at timestamptz NOT NULL,
  failing_since timestamptz
);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE webhook');
  }
}
