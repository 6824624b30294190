import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AccountEmail1763000000000 implements MigrationInterface {
  readonly name = 'AccountEmail1763000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE account
        ADD COLUMN email text,
        ADD COLUMN email_folded text,
        ADD COLUMN locale text,
        ADD COLUMN paid_tiers_held_until timestamptz;
      CREATE UNIQUE INDEX account_email ON account (email_folded)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE account
        DROP COLUMN email, DROP COLUMN email_folded, DROP COLUMN locale, DROP COLUMN paid_tiers_held_until`);
  }
}
