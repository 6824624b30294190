import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SuspectedSessions1767000002000 implements MigrationInterface {
  readonly name = 'SuspectedSessions1767000002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE bound_session ADD COLUMN suspected_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE bound_session DROP COLUMN suspected_at');
  }
}
