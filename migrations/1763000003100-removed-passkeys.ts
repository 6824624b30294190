import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A removed passkey leaves its public key behind, so that only its holder is told that it is gone. */
export class RemovedPasskeys1763000003100 implements MigrationInterface {
  readonly name = 'RemovedPasskeys1763000003100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE passkey ADD COLUMN removed_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DELETE FROM passkey WHERE removed_at IS NOT NULL');
    await runner.query('ALTER TABLE passkey DROP COLUMN removed_at');
  }
}
