import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Passkeys that came later are held for a while, and those that may be copies for ever. The default is for nodes of the
 * version before, which only ever made passkeys at sign-up.
 */
export class Passkeys1763000003000 implements MigrationInterface {
  readonly name = 'Passkeys1763000003000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE passkey
        ADD COLUMN made_by text NOT NULL DEFAULT 'sign_up',
        ADD COLUMN step_up_from timestamptz,
        ADD COLUMN regressed_at timestamptz,
        ADD COLUMN backup_changed_at timestamptz`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE passkey
        DROP COLUMN made_by, DROP COLUMN step_up_from, DROP COLUMN regressed_at, DROP COLUMN backup_changed_at`);
  }
}
