import type { MigrationInterface, QueryRunner } from 'typeorm';

export class BoundSessions1767000000000 implements MigrationInterface {
  readonly name = 'BoundSessions1767000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE bound_session (
  id text PRIMARY KEY,
  session_uid text NOT NULL,
  algorithm text NOT NULL,
  public_key json NOT NULL,
  thumbprint text NOT NULL,
  turn int NOT NULL DEFAULT 0,
  turned_at timestamptz NOT NULL,
  registered_at timestamptz NOT NULL,
  failures int NOT NULL DEFAULT 0,
  place text,
  browser text
);
CREATE UNIQUE INDEX bound_session_uid ON bound_session (session_uid);
ALTER TABLE session ADD COLUMN began_at timestamptz;
UPDATE session SET began_at = signed_in_at;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE bound_session; ALTER TABLE session DROP COLUMN began_at');
  }
}
