import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Mail1763000001000 implements MigrationInterface {
  readonly name = 'Mail1763000001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE mail (
  id text PRIMARY KEY,
  sealed_letter text NOT NULL,
  attempts int NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  next_attempt_at timestamptz NOT NULL,
  give_up_at timestamptz NOT NULL
);
CREATE INDEX mail_due ON mail (next_attempt_at);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE mail');
  }
}
