import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CodesAndRecovery1763000004000 implements MigrationInterface {
  readonly name = 'CodesAndRecovery1763000004000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE mail_code (
  bound_to bytea PRIMARY KEY,
  digest bytea NOT NULL,
  made int NOT NULL,
  tries int NOT NULL,
  expires_at timestamptz NOT NULL,
  taken_at timestamptz
);
CREATE INDEX mail_code_expiry ON mail_code (expires_at);

CREATE TABLE draft (
  bound_to bytea PRIMARY KEY,
  holder bytea NOT NULL,
  facts json NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX draft_expiry ON draft (expires_at);

CREATE TABLE recovery_code (
  digest bytea PRIMARY KEY,
  account_id text NOT NULL,
  made_at timestamptz NOT NULL,
  used_at timestamptz
);
CREATE INDEX recovery_code_account ON recovery_code (account_id);

CREATE TABLE recovery (
  id text PRIMARY KEY,
  account_id text NOT NULL,
  undo_digest bytea NOT NULL,
  at timestamptz NOT NULL,
  undo_until timestamptz NOT NULL,
  undone_at timestamptz
);
CREATE UNIQUE INDEX recovery_undo ON recovery (undo_digest);
CREATE INDEX recovery_account ON recovery (account_id);
CREATE INDEX recovery_expiry ON recovery (undo_until);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE recovery, recovery_code, draft, mail_code');
  }
}
