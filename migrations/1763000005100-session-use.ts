import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When and where a session is used; those that there are count as used now. */
export class SessionUse1763000005100 implements MigrationInterface {
  readonly name = 'SessionUse1763000005100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
ALTER TABLE session
  ADD COLUMN signed_in_at timestamptz,
  ADD COLUMN last_seen_at timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN place text,
  ADD COLUMN browser text;
ALTER TABLE session ALTER COLUMN last_seen_at DROP DEFAULT;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE session DROP COLUMN signed_in_at, DROP COLUMN last_seen_at, DROP COLUMN place, DROP COLUMN browser',
    );
  }
}
