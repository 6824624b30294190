import type { MigrationInterface, QueryRunner } from 'typeorm';

export class KnownBrowsers1763000001300 implements MigrationInterface {
  readonly name = 'KnownBrowsers1763000001300';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE known_browser (
  digest bytea PRIMARY KEY,
  account_id text NOT NULL,
  account_generation int NOT NULL,
  expires_at bigint NOT NULL
);
CREATE INDEX known_browser_account ON known_browser (account_id);
CREATE INDEX known_browser_expiry ON known_browser (expires_at);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE known_browser');
  }
}
