import type { MigrationInterface, QueryRunner } from 'typeorm';

export class EmailSignals1763000001500 implements MigrationInterface {
  readonly name = 'EmailSignals1763000001500';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE account ADD COLUMN email_mailbox text, ADD COLUMN email_disposable boolean',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE account DROP COLUMN email_mailbox, DROP COLUMN email_disposable');
  }
}
