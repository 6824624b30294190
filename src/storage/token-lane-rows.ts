import type { AccessTokenRecord } from '../provider/access-token-store.js';
import type { Exchange, Issue, Refreshable, TokenLaneStore } from '../provider/token-lane-store.js';
import { createBatch, type Batch } from './batch.js';
import {
  clientAndKeyStand,
  familyGenerations,
  familyStands,
  joinClientAndKey,
  joinFamily,
} from './batch-generations.js';
import { statement, type Statement } from './connection.js';
import type { Database } from './database.js';
import type { AccountRow } from './entities/account-entity.js';
import {
  earliestEnd,
  generationColumns,
  generationsMatch,
  joinGenerations,
  presentEpoch,
} from './generations.js';
import { accessTokenTable, replayTable, type PartitionedTable } from './partitioned-tables.js';
import type { Partitions } from './partitions.js';
import { refreshTokenFromRow, type FoundRefreshTokenRow } from './refresh-token-rows.js';
import { bucketOfProof } from './replay-rows.js';
import { orUndefined } from './values.js';

const find = statement(
  'token_lane_find',
  `SELECT t.digest, t.client_id, t.account_id, t.grant_id, t.session_uid, t.jkt, t.certificate, t.issued_at,
    ${earliestEnd} AS expires_at, t.payload, t.consumed_at, t.sealed_successor, ${generationsMatch} AS alive,
    g.payload AS grant_payload, a.display_name, a.email, a.login
  FROM refresh_token t ${joinGenerations}
  WHERE t.digest = ANY(ARRAY(SELECT decode(hex, 'hex') FROM unnest($1::text[]) AS hex))`,
);

const accessTokenItem = `replay_key bytea, replay_bucket int, client_version text, client_id text, account_id text,
  grant_id text, session_uid text, thumbprint text, digest bytea, bucket int, kind text, format text, scope text,
  audience text, acr text, amr text[], auth_time bigint, issued_at bigint, expires_at bigint, payload json`;
const accessTokenColumns = `client_id, account_id, grant_id, session_uid, digest, bucket, kind, format, jkt, scope,
  audience, acr, amr, auth_time, issued_at, expires_at, payload`;
const accessTokenValues = `client_id, account_id, grant_id, session_uid, digest, bucket, kind, format, thumbprint, scope,
  audience, acr, amr, auth_time, issued_at, expires_at, payload`;

/** RFC 9449 §11.1: the first use of each proof; a batch in which one comes twice knows it once (DISTINCT ON below). */
const firstUses = `INSERT INTO replay (digest, bucket) SELECT replay_key, replay_bucket FROM live ORDER BY replay_key
  ON CONFLICT DO NOTHING RETURNING digest`;

const issue = statement(
  'token_lane_issue',
  `WITH i AS MATERIALIZED (
    SELECT DISTINCT ON (replay_key) * FROM json_to_recordset($1::json) AS item (${accessTokenItem}) ORDER BY replay_key
  ), live AS MATERIALIZED (
    SELECT i.*, c.generation AS client_generation, k.generation AS key_generation FROM i ${joinClientAndKey}
    WHERE ${clientAndKeyStand}
  ), first AS (${firstUses})
  INSERT INTO access_token (${accessTokenColumns}, ${generationColumns})
  SELECT ${accessTokenValues}, client_generation, NULL, NULL, NULL, NULL, NULL, key_generation, ${presentEpoch}
  FROM live WHERE replay_key IN (SELECT digest FROM first) RETURNING encode(digest, 'hex') AS digest`,
);

/*
 * The token is locked before the proof is used, so that of two requests with one refresh token and two proofs only the
 * first uses anything: the other finds nothing and takes the long way, where the same key is given the same successor.
 * RFC 9449 §5: a bound refresh token works with its own key only.
 */
const exchange = statement(
  'token_lane_exchange',
  `WITH item AS MATERIALIZED (
    SELECT DISTINCT ON (replay_key) * FROM json_to_recordset($1::json) AS item (${accessTokenItem}, presented bytea,
      sealed_successor text, at timestamptz, successor bytea, successor_issued_at bigint, successor_expires_at bigint,
      successor_payload json) ORDER BY replay_key
  ), i AS MATERIALIZED (
    SELECT DISTINCT ON (presented) * FROM item ORDER BY presented
  ), live AS MATERIALIZED (
    SELECT i.*, ${familyGenerations}
    FROM i CROSS JOIN LATERAL (
      SELECT * FROM refresh_token WHERE digest = i.presented AND jkt = i.thumbprint
        AND consumed_at IS NULL FOR UPDATE SKIP LOCKED
    ) t ${joinFamily}
    WHERE ${familyStands}
  ), first AS (${firstUses}), used AS (
    UPDATE refresh_token r SET consumed_at = live.at, sealed_successor = live.sealed_successor FROM live
    WHERE r.digest = live.presented AND live.replay_key IN (SELECT digest FROM first) RETURNING r.digest
  ), next AS (
    INSERT INTO refresh_token (client_id, account_id, grant_id, session_uid, digest, jkt, issued_at, expires_at, payload,
      ${generationColumns})
    SELECT client_id, account_id, grant_id, session_uid, successor, thumbprint, successor_issued_at,
      successor_expires_at, successor_payload, client_generation, account_generation, grant_generation,
      session_generation, device_id, device_generation, key_generation, ${presentEpoch}
    FROM live WHERE presented IN (SELECT digest FROM used)
  )
  INSERT INTO access_token (${accessTokenColumns}, ${generationColumns})
  SELECT ${accessTokenValues}, client_generation, account_generation, grant_generation, session_generation, device_id,
    device_generation, key_generation, ${presentEpoch}
  FROM live WHERE presented IN (SELECT digest FROM used) RETURNING encode(digest, 'hex') AS digest`,
);

/** A commit waits for the disk; meanwhile others go on. Some connections are left to everybody else. */
const underWay = 6;

/** The statements of the token endpoint's fast lane, joined with those that come at the same time. */
export class TokenLaneRows implements TokenLaneStore {
  readonly #database: Database;
  readonly #partitions: Partitions;
  readonly #found: Batch<Buffer, Refreshable | undefined>;
  readonly #exchanged: Batch<Exchange, boolean>;
  readonly #issued: Batch<Issue, boolean>;

  constructor(database: Database, partitions: Partitions) {
    this.#database = database;
    this.#partitions = partitions;
    this.#found = createBatch({ run: (digests) => this.#find(digests) });
    this.#exchanged = createBatch({ run: (items) => this.#write(exchange, items, exchangeItem), underWay });
    this.#issued = createBatch({ run: (items) => this.#write(issue, items, issueItem), underWay });
  }

  findRefreshable(digest: Buffer): Promise<Refreshable | undefined> {
    return this.#found.ask(digest);
  }

  exchange(item: Exchange): Promise<boolean> {
    return this.#exchanged.ask(item);
  }

  issue(item: Issue): Promise<boolean> {
    return this.#issued.ask(item);
  }

  async #find(digests: readonly Buffer[]): Promise<(Refreshable | undefined)[]> {
    const names = digests.map((digest) => digest.toString('hex'));
    const { rows } = await this.#database.query<FoundRow>(find, [names]);
    const byDigest = new Map(rows.map((row) => [row.digest.toString('hex'), row]));
    return names.map((name) => {
      const row = byDigest.get(name);
      return row && fromRow(row);
    });
  }

  async #write<Item extends Issue>(
    write: Statement,
    items: readonly Item[],
    toItem: (item: Item) => object,
  ): Promise<boolean[]> {
    const values = [JSON.stringify(items.map(toItem))];
    const { rows } = await this.#inserting(partitionsOf(items), () =>
      this.#database.query<{ digest: string }>(write, values),
    );
    const written = new Set(rows.map(({ digest }) => digest));
    return items.map(({ accessToken }) => written.has(accessToken.digest.toString('hex')));
  }

  #inserting<Result>(
    [first, ...rest]: readonly (readonly [PartitionedTable, number])[],
    insert: () => Promise<Result>,
  ): Promise<Result> {
    if (!first) return insert();
    return this.#partitions.inserting(...first, () => this.#inserting(rest, insert));
  }
}

function partitionsOf(items: readonly Issue[]): (readonly [PartitionedTable, number])[] {
  const tokens = new Set(items.map(({ accessToken }) => accessToken.bucket));
  const replays = new Set(items.map(({ proof }) => bucketOfProof(proof)));
  return [
    ...[...tokens].map((bucket) => [accessTokenTable, bucket] as const),
    ...[...replays].map((bucket) => [replayTable, bucket] as const),
  ];
}

function issueItem({ proof, clientVersion, accessToken }: Issue): object {
  return {
    replay_key: bytea(proof.key),
    replay_bucket: bucketOfProof(proof),
    client_version: clientVersion,
    ...accessTokenItemOf(accessToken),
  };
}

function exchangeItem(item: Exchange): object {
  const { presented, sealedSuccessor, at, successor } = item;
  return {
    ...issueItem(item),
    presented: bytea(presented),
    sealed_successor: sealedSuccessor,
    at,
    successor: bytea(successor.digest),
    successor_issued_at: successor.issuedAt,
    successor_expires_at: successor.expiresAt,
    successor_payload: successor.payload,
  };
}

function accessTokenItemOf(record: AccessTokenRecord): object {
  return {
    client_id: record.clientId,
    account_id: record.accountId,
    grant_id: record.grantId,
    session_uid: record.sessionUid,
    thumbprint: record.jkt,
    digest: bytea(record.digest),
    bucket: record.bucket,
    kind: record.kind,
    format: record.format,
    scope: record.scope,
    audience: record.audience,
    acr: record.acr,
    amr: record.amr,
    auth_time: record.authTime,
    issued_at: record.issuedAt,
    expires_at: record.expiresAt,
    payload: record.payload,
  };
}

function bytea(bytes: Buffer): string {
  return `\\x${bytes.toString('hex')}`;
}

type FoundRow = FoundRefreshTokenRow & {
  grant_payload: Record<string, unknown> | null;
} & Pick<AccountRow, 'display_name' | 'email' | 'login'>;

function fromRow(row: FoundRow): Refreshable {
  return {
    ...refreshTokenFromRow(row),
    grantPayload: row.grant_payload ?? {},
    account: {
      displayName: row.display_name,
      email: orUndefined(row.email),
      login: orUndefined(row.login),
    },
  };
}
