import type { AccountId } from '../accounts/account.js';
import type { ApprovalStore, ApprovalUse } from '../stepup/approval-store.js';
import type { Approval, ApprovalId, ApprovalSubject } from '../stepup/approval.js';
import type { ModelCallRequest } from '../stepup/model-call.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import type { ApprovalRow } from './entities/approval-entity.js';
import { isStorable, numberOrUndefined, orUndefined, secondsOf } from './values.js';

// An account that was revoked, disabled or deleted since she was verified approves nothing any more ($3).
const insert = statement(
  'approval_insert',
  `INSERT INTO approval (id, account_id, account_generation, client_id, jkt, resource, spend_limit, call_limit,
    expires_at, subject, signed, credential_id, public_key, authenticator_data, client_data_json, signature,
    rp_id, origin, created_at)
  SELECT $1::text, a.id, a.generation, $4::text, $5::text, $6::text, $7::bigint, $8::int, $9::bigint, $10::json,
    $11::text, $12::bytea, $13::bytea, $14::bytea, $15::bytea, $16::bytea, $17::text, $18::text, $19::timestamptz
  FROM account a WHERE a.id = $2 AND a.generation = $3 AND a.disabled_at IS NULL FOR SHARE`,
);

const columns = `p.id, p.account_id, p.client_id, p.jkt, p.resource, p.spend_limit, p.call_limit, p.expires_at,
  p.subject, p.signed, p.credential_id, p.public_key, p.authenticator_data, p.client_data_json, p.signature,
  p.rp_id, p.origin, p.created_at, p.revoked_at, p.spent, p.calls`;
const itsAccount = 'a.id = p.account_id AND a.generation = p.account_generation AND a.disabled_at IS NULL';

const find = statement('approval_find', `SELECT ${columns} FROM approval p WHERE p.id = $1`);
const standing = statement(
  'approval_standing',
  'SELECT id FROM approval WHERE id = ANY($1::text[]) AND revoked_at IS NULL',
);
const listOf = statement(
  'approval_list_of',
  `SELECT ${columns} FROM approval p JOIN account a ON ${itsAccount}
  WHERE p.account_id = $1 AND p.resource IS NOT NULL AND p.revoked_at IS NULL AND p.expires_at > $2
    AND (p.spend_limit IS NULL OR p.spent < p.spend_limit) AND (p.call_limit IS NULL OR p.calls < p.call_limit)
  ORDER BY p.created_at DESC, p.id LIMIT 100`,
);
const everyOf = statement(
  'approval_every_of',
  `SELECT ${columns} FROM approval p WHERE p.account_id = $1 ORDER BY p.created_at DESC, p.id`,
);

/*
 * Law 2: what is asked and what is counted are one statement. A parallel caller waits for the row and then judges it as
 * the one before left it.
 */
const spend = statement(
  'approval_spend',
  `UPDATE approval p SET spent = p.spent + $6::bigint, calls = p.calls + 1 FROM account a
  WHERE p.id = $1 AND p.account_id = $2 AND p.client_id = $3 AND p.jkt = $4 AND p.resource = $5
    AND p.subject #>> '{modelCall,tier}' = $10 AND ${itsAccount} AND (a.paid_tiers_held_until IS NULL OR a.paid_tiers_held_until <= to_timestamp($9::bigint))
    AND p.revoked_at IS NULL AND p.expires_at > $9::bigint
    AND p.spent + $6::bigint <= LEAST(p.spend_limit, $7::bigint, 9007199254740991)
    AND p.calls < LEAST(p.call_limit, $8::int, 2147483647)`,
);

const revoke = statement(
  'approval_revoke',
  `UPDATE approval SET revoked_at = $4 WHERE account_id = $1 AND revoked_at IS NULL AND expires_at > $5
    AND ($2::text IS NULL OR id = $2) AND ($3::text IS NULL OR client_id = $3)`,
);

export class ApprovalRows implements ApprovalStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async insert(approval: Approval, accountGeneration: number): Promise<boolean> {
    const { id, subject, signed, evidence, createdAt } = approval;
    const { accountId, clientId, jkt, expiresAt, modelCall } = subject;
    const { rowCount } = await this.#database.query(insert, [
      id,
      accountId,
      accountGeneration,
      clientId,
      jkt,
      modelCall?.resource,
      modelCall?.spendLimit,
      modelCall?.count,
      expiresAt,
      JSON.stringify(besideColumns(subject)),
      signed,
      evidence.credentialId,
      evidence.publicKey,
      evidence.authenticatorData,
      evidence.clientDataJson,
      evidence.signature,
      evidence.rpId,
      evidence.origin,
      createdAt,
    ]);
    return rowCount === 1;
  }

  async find(id: ApprovalId): Promise<Approval | undefined> {
    if (!isStorable(id)) return undefined;
    const { rows } = await this.#database.query<ApprovalRow>(find, [id]);
    return rows[0] && fromRow(rows[0]);
  }

  async standing(ids: readonly ApprovalId[]): Promise<ReadonlySet<ApprovalId>> {
    const { rows } = await this.#database.query<Pick<ApprovalRow, 'id'>>(standing, [ids.filter(isStorable)]);
    return new Set(rows.map(({ id }) => id as ApprovalId));
  }

  async spend(id: ApprovalId, use: ApprovalUse): Promise<boolean> {
    const { rowCount } = await this.#database.query(spend, [
      id,
      use.accountId,
      use.clientId,
      use.jkt,
      use.resource,
      use.cost,
      use.spendLimit,
      use.count,
      secondsOf(use.now),
      use.tier,
    ]);
    return rowCount === 1;
  }

  async listOf(accountId: AccountId, now: Date): Promise<Approval[]> {
    const { rows } = await this.#database.query<ApprovalRow>(listOf, [accountId, secondsOf(now)]);
    return rows.map(fromRow);
  }

  async everyOf(accountId: AccountId): Promise<Approval[]> {
    const { rows } = await this.#database.query<ApprovalRow>(everyOf, [accountId]);
    return rows.map(fromRow);
  }

  async revoke(
    owner: AccountId,
    { id, clientId }: { readonly id?: ApprovalId; readonly clientId?: string },
    at: Date,
  ): Promise<number> {
    if (id !== undefined && !isStorable(id)) return 0;
    const { rowCount } = await this.#database.query(revoke, [owner, id, clientId, at, secondsOf(at)]);
    return rowCount ?? 0;
  }
}

/** What no statement looks at. Nothing stands twice, so that no copy can differ from what was signed. */
function besideColumns(subject: ApprovalSubject): Record<string, unknown> {
  const { accountId: _account, clientId: _client, jkt: _jkt, expiresAt: _end, modelCall, ...rest } = subject;
  if (!modelCall) return rest;
  const { resource: _resource, spendLimit: _limit, count: _count, ...call } = modelCall;
  return { ...rest, modelCall: call };
}

function fromRow(row: ApprovalRow): Approval {
  return {
    id: row.id as ApprovalId,
    subject: subjectOf(row),
    signed: row.signed,
    evidence: {
      credentialId: row.credential_id,
      publicKey: row.public_key,
      authenticatorData: row.authenticator_data,
      clientDataJson: row.client_data_json,
      signature: row.signature,
      rpId: row.rp_id,
      origin: row.origin,
    },
    createdAt: row.created_at,
    revokedAt: orUndefined(row.revoked_at),
    spent: Number(row.spent),
    calls: row.calls,
  };
}

function subjectOf(row: ApprovalRow): ApprovalSubject {
  const { modelCall, ...rest } = row.subject as Partial<ApprovalSubject>;
  const limits = { spendLimit: numberOrUndefined(row.spend_limit), count: orUndefined(row.call_limit) };
  // A resource that was put beside a request without models, or taken from one with them, must show in `verify`.
  const called = modelCall === undefined && row.resource === null ? undefined : { ...modelCall, ...limits };
  return {
    ...rest,
    accountId: row.account_id as AccountId,
    clientId: row.client_id,
    jkt: row.jkt,
    expiresAt: Number(row.expires_at),
    modelCall: called && ({ ...called, resource: orUndefined(row.resource) } as ModelCallRequest),
  } as ApprovalSubject;
}
