import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether a passkey's maker attested that it is in hardware; those that are there were not asked. */
export class AttestedPasskeys1764000004000 implements MigrationInterface {
  readonly name = 'AttestedPasskeys1764000004000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE passkey ADD COLUMN attested boolean NOT NULL DEFAULT false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE passkey DROP COLUMN attested');
  }
}
