import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which devices of an account call the models of a tier that limits them. */
export class TierDevices1767000003000 implements MigrationInterface {
  readonly name = 'TierDevices1767000003000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE tier_device (
  account_id text NOT NULL,
  tier text NOT NULL,
  device_id text NOT NULL,
  last_used_at timestamptz NOT NULL,
  PRIMARY KEY (account_id, tier, device_id)
)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE tier_device');
  }
}
