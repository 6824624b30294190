import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Backchannel1764000002000 implements MigrationInterface {
  readonly name = 'Backchannel1764000002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE backchannel_request (
  id text PRIMARY KEY,
  auth_req_digest bytea NOT NULL,
  link_digest bytea NOT NULL,
  number_digest bytea NOT NULL,
  tries int NOT NULL DEFAULT 0,
  hint_gate bytea NOT NULL,
  person_gate bytea NOT NULL,
  budget bytea NOT NULL,
  client_id text NOT NULL,
  account_id text,
  scope text NOT NULL,
  resource text,
  model_call json,
  acr text,
  binding_message text,
  jkt text NOT NULL,
  place text,
  browser text,
  sealed_ping text,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  interval_seconds int NOT NULL,
  last_poll_at timestamptz,
  hurried boolean NOT NULL DEFAULT false,
  state text NOT NULL,
  ended_by text,
  decided_at timestamptz,
  grant_id text,
  approval_id text,
  granted_acr text,
  amr text[],
  auth_time bigint,
  redeemed_at timestamptz
);
CREATE UNIQUE INDEX backchannel_request_auth_req ON backchannel_request (auth_req_digest);
CREATE UNIQUE INDEX backchannel_request_link ON backchannel_request (link_digest);
CREATE INDEX backchannel_request_account ON backchannel_request (account_id);
CREATE INDEX backchannel_request_expiry ON backchannel_request (expires_at);
CREATE TABLE backchannel_gate (
  digest bytea PRIMARY KEY,
  busy_until timestamptz NOT NULL,
  denials int NOT NULL DEFAULT 0,
  free_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX backchannel_gate_expiry ON backchannel_gate (expires_at);
CREATE TABLE notice (
  id text PRIMARY KEY,
  sealed_notice text NOT NULL,
  attempts int NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  next_attempt_at timestamptz NOT NULL,
  give_up_at timestamptz NOT NULL
);
CREATE INDEX notice_due ON notice (next_attempt_at);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE notice; DROP TABLE backchannel_gate; DROP TABLE backchannel_request');
  }
}
