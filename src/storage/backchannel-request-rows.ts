import type { AccountId } from '../accounts/account.js';
import type { Acr } from '../accounts/authentication.js';
import type { ApprovalId } from '../stepup/approval.js';
import type {
  BackchannelEnd,
  BackchannelRequest,
  BackchannelRequestId,
  BackchannelState,
} from '../stepup/backchannel-request.js';
import type {
  BackchannelRequestStore,
  BackchannelResult,
  Consent,
  FoundBackchannelRequest,
  NewBackchannelRequest,
} from '../stepup/backchannel-request-store.js';
import type { ModelCallRequest } from '../stepup/model-call.js';
import { type Statement, statement } from './connection.js';
import type { Database } from './database.js';
import type { BackchannelRequestRow } from './entities/backchannel-request-entity.js';
import { numberOrUndefined, orUndefined } from './values.js';

const insert = statement(
  'backchannel_insert',
  `INSERT INTO backchannel_request (id, auth_req_digest, link_digest, number_digest, hint_gate, person_gate, budget,
    client_id, account_id, scope, resource, model_call, acr, binding_message, jkt, place, browser, sealed_ping, created_at,
    expires_at, interval_seconds, state)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, 'pending')`,
);
const find = statement('backchannel_find', 'SELECT * FROM backchannel_request WHERE id = $1');
const findByLink = statement(
  'backchannel_find_by_link',
  'SELECT * FROM backchannel_request WHERE link_digest = $1',
);
const findByAuthReqId = statement(
  'backchannel_find_by_auth_req_id',
  'SELECT * FROM backchannel_request WHERE auth_req_digest = $1',
);
const listPending = statement(
  'backchannel_list_pending',
  `SELECT * FROM backchannel_request WHERE account_id = $1 AND state = 'pending' AND expires_at > $2
  ORDER BY created_at DESC, id`,
);
// Trying is comparing, counting and ending in one; of parallel tries each waits for the row and sees the count before it.
const tryNumber = statement(
  'backchannel_try_number',
  `UPDATE backchannel_request SET
    tries = tries + CASE WHEN number_digest = $2 THEN 0 ELSE 1 END,
    state = CASE WHEN number_digest <> $2 AND tries + 1 >= $4 THEN 'denied' ELSE state END,
    ended_by = CASE WHEN number_digest <> $2 AND tries + 1 >= $4 THEN 'number' END,
    decided_at = CASE WHEN number_digest <> $2 AND tries + 1 >= $4 THEN $3::timestamptz END
  WHERE id = $1 AND state = 'pending' AND expires_at > $3::timestamptz AND tries < $4
  RETURNING CASE WHEN number_digest = $2 THEN 'right' WHEN state = 'denied' THEN 'ended' ELSE 'wrong' END AS outcome`,
);
const approve = statement(
  'backchannel_approve',
  `UPDATE backchannel_request SET state = 'approved', decided_at = $3, grant_id = $5, approval_id = $6,
    granted_acr = $7, amr = $8, auth_time = $9
  WHERE id = $1 AND state = 'pending' AND expires_at > $3 AND number_digest = $2 AND tries < $4 AND account_id = $10
    AND EXISTS (SELECT 1 FROM account WHERE id = $10 AND generation = $11 AND disabled_at IS NULL FOR SHARE)`,
);
const deny = statement(
  'backchannel_deny',
  `UPDATE backchannel_request SET state = 'denied', ended_by = $2, decided_at = $3
  WHERE id = $1 AND state = 'pending' AND expires_at > $3`,
);
const disown = statement(
  'backchannel_disown',
  `UPDATE backchannel_request SET state = 'not_me', decided_at = $3
  WHERE account_id = $1 AND client_id = $2 AND state = 'pending' AND expires_at > $3 RETURNING *`,
);
const disownPhantom = statement(
  'backchannel_disown_phantom',
  `UPDATE backchannel_request SET state = 'not_me', decided_at = $2
  WHERE id = $1 AND account_id IS NULL AND state = 'pending' AND expires_at > $2 RETURNING *`,
);
// CIBA §11, RFC 8628 §3.5: too fast makes the interval 5 s longer. Half a second is forgiven to networks and clocks.
const poll = statement(
  'backchannel_poll',
  `UPDATE backchannel_request SET
    hurried = coalesce(last_poll_at + make_interval(secs => interval_seconds - 0.5) > $2, false),
    interval_seconds = interval_seconds
      + CASE WHEN last_poll_at + make_interval(secs => interval_seconds - 0.5) > $2 THEN 5 ELSE 0 END,
    last_poll_at = greatest(last_poll_at, $2)
  WHERE id = $1 AND state = 'pending' AND expires_at > $2 RETURNING hurried`,
);
// Law 2: of many updates one finds it not taken.
const redeem = statement(
  'backchannel_redeem',
  `UPDATE backchannel_request SET redeemed_at = $2
  WHERE id = $1 AND state = 'approved' AND redeemed_at IS NULL AND expires_at > $2`,
);

export class BackchannelRequestRows implements BackchannelRequestStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async insert(request: NewBackchannelRequest): Promise<void> {
    const { authReqDigest, linkDigest, numberDigest, hintGate, personGate, budget, modelCall, asked } =
      request;
    const model = modelCall && JSON.stringify(modelCall);
    const secrets = [authReqDigest, linkDigest, numberDigest, hintGate, personGate, budget];
    const what = [request.scope, request.resource, model, request.acr, request.bindingMessage, request.jkt];
    const how = [asked.place, asked.browser, request.sealedPing];
    const when = [request.createdAt, request.expiresAt, request.interval];
    const values = [request.id, ...secrets, request.clientId, request.accountId, ...what, ...how, ...when];
    await this.#database.query(insert, values);
  }

  find(id: BackchannelRequestId): Promise<FoundBackchannelRequest | undefined> {
    return this.#one(find, id);
  }

  findByLink(digest: Uint8Array): Promise<FoundBackchannelRequest | undefined> {
    return this.#one(findByLink, digest);
  }

  findByAuthReqId(digest: Uint8Array): Promise<FoundBackchannelRequest | undefined> {
    return this.#one(findByAuthReqId, digest);
  }

  listPending(accountId: AccountId, now: Date): Promise<BackchannelRequest[]> {
    return this.#all(listPending, [accountId, now]);
  }

  async tryNumber(
    id: BackchannelRequestId,
    numberDigest: Uint8Array,
    { now, mostTries }: { readonly now: Date; readonly mostTries: number },
  ): Promise<'right' | 'wrong' | 'ended' | 'gone'> {
    const values = [id, numberDigest, now, mostTries];
    const { rows } = await this.#database.query<{ outcome: 'right' | 'wrong' | 'ended' }>(tryNumber, values);
    return rows[0]?.outcome ?? 'gone';
  }

  approve(
    id: BackchannelRequestId,
    numberDigest: Uint8Array,
    { grantId, approvalId, authentication }: Consent,
    { now, mostTries }: { readonly now: Date; readonly mostTries: number },
  ): Promise<boolean> {
    const { acr, amr, authTime, accountId, accountGeneration } = authentication;
    const given = [grantId, approvalId, acr, amr, authTime, accountId, accountGeneration];
    return this.#changed(approve, [id, numberDigest, now, mostTries, ...given]);
  }

  deny(id: BackchannelRequestId, by: BackchannelEnd, now: Date): Promise<boolean> {
    return this.#changed(deny, [id, by, now]);
  }

  disown(accountId: AccountId, clientId: string, now: Date): Promise<FoundBackchannelRequest[]> {
    return this.#all(disown, [accountId, clientId, now]);
  }

  disownPhantom(id: BackchannelRequestId, now: Date): Promise<FoundBackchannelRequest[]> {
    return this.#all(disownPhantom, [id, now]);
  }

  async poll(id: BackchannelRequestId, now: Date): Promise<'pending' | 'slow_down' | 'gone'> {
    const { rows } = await this.#database.query<{ hurried: boolean }>(poll, [id, now]);
    if (!rows[0]) return 'gone';
    return rows[0].hurried ? 'slow_down' : 'pending';
  }

  redeem(id: BackchannelRequestId, now: Date): Promise<boolean> {
    return this.#changed(redeem, [id, now]);
  }

  async #one(query: Statement, value: unknown): Promise<FoundBackchannelRequest | undefined> {
    return (await this.#all(query, [value]))[0];
  }

  async #all(query: Statement, values: unknown[]): Promise<FoundBackchannelRequest[]> {
    const { rows } = await this.#database.query<BackchannelRequestRow>(query, values);
    return rows.map(fromRow);
  }

  async #changed(query: Statement, values: unknown[]): Promise<boolean> {
    const { rowCount } = await this.#database.query(query, values);
    return rowCount === 1;
  }
}

function fromRow(row: BackchannelRequestRow): FoundBackchannelRequest {
  return {
    id: row.id as BackchannelRequestId,
    clientId: row.client_id,
    accountId: orUndefined(row.account_id) as AccountId | undefined,
    scope: row.scope,
    resource: orUndefined(row.resource),
    modelCall: orUndefined(row.model_call) as unknown as ModelCallRequest | undefined,
    acr: orUndefined(row.acr) as Acr | undefined,
    bindingMessage: orUndefined(row.binding_message),
    jkt: row.jkt,
    asked: { place: orUndefined(row.place), browser: orUndefined(row.browser) },
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    state: row.state as BackchannelState,
    endedBy: orUndefined(row.ended_by) as BackchannelEnd | undefined,
    hintGate: row.hint_gate,
    personGate: row.person_gate,
    budget: row.budget,
    sealedPing: orUndefined(row.sealed_ping),
    result: resultOf(row),
    redeemedAt: orUndefined(row.redeemed_at),
    wrongNumbers: row.tries,
  };
}

function resultOf(row: BackchannelRequestRow): BackchannelResult | undefined {
  if (row.grant_id === null || row.granted_acr === null) return undefined;
  return {
    grantId: row.grant_id,
    approvalId: orUndefined(row.approval_id) as ApprovalId | undefined,
    acr: row.granted_acr as Acr,
    amr: row.amr ?? [],
    authTime: numberOrUndefined(row.auth_time) ?? 0,
  };
}
