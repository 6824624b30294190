import type { ProofUse } from '../binding/replay-store.js';
import type { CallFinding, CallingTokenRow, CallQuestion, CallStore } from '../resource/call-store.js';
import { createBatch, waitingSetting } from './batch.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import { accessTokenAlive, earliestEnd, joinGenerations } from './generations.js';
import { replayTable } from './partitioned-tables.js';
import type { Partitions } from './partitions.js';
import { bucketOfProof } from './replay-rows.js';
import { orUndefined, plainArray, textArray } from './values.js';

/** One JSON text for a whole batch: see introspection-rows.ts. Times as seconds, for JSON has none. */
const find = statement(
  'call_find',
  `SELECT json_build_array(
    (SELECT json_object_agg(client_id, xmin::text) FROM client
      WHERE client_id = ANY($3::text[]) AND source = 'database' AND removed_at IS NULL),
    (SELECT json_agg(json_build_array(q.n, t.client_id, c.source, t.account_id, t.jkt, t.certificate, t.scope, t.audience,
        t.acr, t.amr, t.auth_time, t.issued_at, ${earliestEnd}, ${accessTokenAlive},
        t.grant_id, t.payload -> 'rar', extract(epoch FROM a.paid_tiers_held_until)))
     FROM unnest($1::text[], $2::int[]) WITH ORDINALITY AS q(digest, bucket, n)
     JOIN access_token t ON t.digest = decode(q.digest, 'hex') AND t.bucket = q.bucket ${joinGenerations}))::text AS found`,
);

/** Law 2: of all that insert a proof, on however many nodes, one gets it back. */
const remember = statement(
  'call_remember_proofs',
  `INSERT INTO replay (digest, bucket) SELECT decode(q.digest, 'hex'), q.bucket
  FROM unnest($1::text[], $2::int[]) AS q(digest, bucket)
  ON CONFLICT DO NOTHING RETURNING encode(digest, 'hex') AS digest`,
);

type Row = [
  n: number,
  clientId: string,
  source: string | null,
  accountId: string | null,
  jkt: string | null,
  certificate: string | null,
  scope: string | null,
  audience: string | null,
  acr: string | null,
  amr: string[] | null,
  authTime: number | null,
  issuedAt: number,
  expiresAt: number,
  alive: boolean,
  grantId: string | null,
  details: unknown,
  heldUntil: number | null,
];

export interface CallRowsOptions {
  /** Most calls that wait for the database. */
  readonly waiting: number;
}

/** What calls need of the database, joined into one statement for all of about the same moment. */
export function createCallRows(
  database: Database,
  partitions: Partitions,
  { waiting }: CallRowsOptions,
): CallStore {
  const lookUps = createBatch<CallQuestion, CallFinding>({
    run: (questions) => findAll(database, questions),
    underWay: 1,
    waiting,
    limit: waitingSetting,
  });
  const uses = createBatch<ProofUse, boolean>({
    run: (proofs) => rememberAll(database, partitions, proofs),
    waiting,
    limit: waitingSetting,
  });
  return { find: (question) => lookUps.ask(question), rememberProof: (use) => uses.ask(use) };
}

async function findAll(database: Database, questions: readonly CallQuestion[]): Promise<CallFinding[]> {
  const digests: string[] = [];
  const buckets: number[] = [];
  const asked: number[] = [];
  const callers = new Set<string>();
  questions.forEach(({ place, caller }, index) => {
    if (caller !== undefined) callers.add(caller);
    if (!place) return;
    digests.push(place.digest);
    buckets.push(place.bucket);
    asked.push(index);
  });
  const asking = [plainArray(digests), plainArray(buckets), textArray(callers)];
  const [versions, tokens] = JSON.parse(await database.text(find, asking)) as [
    Record<string, string> | null,
    Row[] | null,
  ];
  const found = new Map((tokens ?? []).map((row) => [asked[row[0] - 1], fromRow(row)]));
  return questions.map(({ caller }, index) => ({
    token: found.get(index),
    callerVersion: caller === undefined ? undefined : versions?.[caller],
  }));
}

function fromRow(row: Row): CallingTokenRow {
  return {
    clientId: row[1],
    clientSource: row[2] === 'config' ? 'config' : 'database',
    accountId: orUndefined(row[3]),
    jkt: orUndefined(row[4]),
    certificate: orUndefined(row[5]),
    scope: orUndefined(row[6]),
    audience: orUndefined(row[7]),
    acr: orUndefined(row[8]),
    amr: orUndefined(row[9]),
    authTime: orUndefined(row[10]),
    issuedAt: row[11],
    expiresAt: row[12],
    alive: row[13],
    grantId: orUndefined(row[14]),
    payload: row[15] === null ? {} : { rar: row[15] },
    paidTiersHeldUntil: row[16] === null ? undefined : new Date(row[16] * 1000),
  };
}

async function rememberAll(
  database: Database,
  partitions: Partitions,
  uses: readonly ProofUse[],
): Promise<boolean[]> {
  const named = uses.map((use) => ({ digest: use.key.toString('hex'), bucket: bucketOfProof(use) }));
  // In one order everywhere: two nodes with the same proofs wait for each other instead of for ever.
  const sorted = named.toSorted((a, b) => a.bucket - b.bucket || (a.digest < b.digest ? -1 : 1));
  const first = new Set<string>();
  // An hour is a partition, and a window may reach over two of them.
  for (const bucket of new Set(sorted.map((each) => each.bucket))) {
    const digests = sorted.filter((each) => each.bucket === bucket).map(({ digest }) => digest);
    // oxlint-disable-next-line no-await-in-loop
    const { rows } = await partitions.inserting(replayTable, bucket, () =>
      database.query<{ digest: string }>(remember, [digests, digests.map(() => bucket)]),
    );
    for (const { digest } of rows) first.add(digest);
  }
  // Of two uses in one statement, one is the first.
  return named.map(({ digest }) => first.delete(digest));
}
