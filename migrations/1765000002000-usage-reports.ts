import type { MigrationInterface, QueryRunner } from 'typeorm';

export class UsageReports1765000002000 implements MigrationInterface {
  readonly name = 'UsageReports1765000002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE usage_report (
  resource_server text NOT NULL,
  call_id text NOT NULL,
  input_tokens bigint,
  output_tokens bigint,
  cost bigint,
  outcome text NOT NULL,
  finished_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (resource_server, call_id)
);
CREATE INDEX usage_report_age ON usage_report (received_at);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE usage_report');
  }
}
