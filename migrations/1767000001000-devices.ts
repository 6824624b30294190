import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Until now a device was one key; from now on it has keys, and sessions. */
export class Devices1767000001000 implements MigrationInterface {
  readonly name = 'Devices1767000001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
DROP INDEX device_key;
CREATE TABLE device_key (
  account_id text NOT NULL,
  thumbprint text NOT NULL,
  device_id text NOT NULL,
  kind text NOT NULL,
  first_seen_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  times_seen int NOT NULL DEFAULT 1,
  PRIMARY KEY (account_id, thumbprint)
);
CREATE INDEX device_key_device ON device_key (device_id);
CREATE INDEX device_key_thumbprint ON device_key (thumbprint);
INSERT INTO device_key (account_id, thumbprint, device_id, kind, first_seen_at, last_seen_at)
  SELECT account_id, thumbprint, id, 'dpop', created_at, last_seen_at FROM device;
ALTER TABLE device DROP COLUMN thumbprint, ADD COLUMN kind text NOT NULL DEFAULT 'app', ADD COLUMN name text,
  ADD COLUMN label text, ADD COLUMN place text, ADD COLUMN cut_off_at timestamptz;
CREATE INDEX device_account ON device (account_id);
ALTER TABLE session ADD COLUMN device_id text;
CREATE INDEX session_device ON session (device_id);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
DROP INDEX session_device;
ALTER TABLE session DROP COLUMN device_id;
DROP INDEX device_account;
ALTER TABLE device DROP COLUMN kind, DROP COLUMN name, DROP COLUMN label, DROP COLUMN place, DROP COLUMN cut_off_at,
  ADD COLUMN thumbprint text;
UPDATE device d SET thumbprint = (SELECT thumbprint FROM device_key k WHERE k.device_id = d.id
  AND k.kind IN ('dpop', 'certificate') ORDER BY k.last_seen_at DESC LIMIT 1);
DELETE FROM device WHERE thumbprint IS NULL;
ALTER TABLE device ALTER COLUMN thumbprint SET NOT NULL;
DROP TABLE device_key;
CREATE UNIQUE INDEX device_key ON device (account_id, thumbprint);`);
  }
}
