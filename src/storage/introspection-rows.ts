import type {
  IntrospectedFamily,
  IntrospectedToken,
  IntrospectionFinding,
  IntrospectionQuestion,
  IntrospectionStore,
  RecentRevocations,
  RevokedThing,
  RowFinding,
  RowQuestion,
} from '../resource/introspection-store.js';
import { createBatch, waitingSetting } from './batch.js';
import { statement, type Statement } from './connection.js';
import type { Database } from './database.js';
import { accessTokenAlive, earliestEnd, joinGenerations } from './generations.js';
import { orUndefined, plainArray, textArray } from './values.js';

/*
 * The answer of a whole batch comes as one JSON text: parsing it costs a third of what the driver takes for rows and
 * columns. One statement has one snapshot, so `position` is the last revocation that its tokens have seen.
 */
const position = `(SELECT json_build_array(sequence,
  (SELECT feed FROM epoch ORDER BY number DESC LIMIT 1)) FROM revocation_head)`;
const versions = (parameter: string) => `(SELECT json_object_agg(client_id, xmin::text) FROM client
  WHERE client_id = ANY(${parameter}::text[]) AND source = 'database' AND removed_at IS NULL)`;

const described = `q.n, t.client_id, c.source, t.account_id, t.jkt, t.certificate, t.scope, t.audience, t.acr, t.amr,
  t.auth_time, t.issued_at, ${earliestEnd}, ${accessTokenAlive},
  t.payload::text LIKE '%"rar"%'`;
const family = `t.grant_id, t.session_uid, t.device_id, t.expires_at = ${earliestEnd}, t.xmin::text`;

const lookUp = (columns: string) => `SELECT json_build_array(${position}, ${versions('$3')},
    (SELECT json_agg(json_build_array(${columns}))
     FROM unnest($1::text[], $2::int[]) WITH ORDINALITY AS q(digest, bucket, n)
     JOIN access_token t ON t.digest = decode(q.digest, 'hex') AND t.bucket = q.bucket ${joinGenerations}))::text AS found`;

const lookUpPlain = statement('introspection', lookUp(described));
const lookUpWithFamily = statement('introspection_with_family', lookUp(`${described}, ${family}`));

/** A row that is changed, by whomever, gets another xmin. */
const rowsStand = statement(
  'introspection_rows_stand',
  `SELECT json_build_array(${position}, ${versions('$4')},
    (SELECT json_agg(q.n) FROM unnest($1::text[], $2::int[], $3::xid[]) WITH ORDINALITY AS q(digest, bucket, version, n)
     JOIN access_token t ON t.digest = decode(q.digest, 'hex') AND t.bucket = q.bucket
     WHERE t.xmin = q.version AND t.revoked_at IS NULL))::text AS found`,
);

const mostRevocations = 1000;
const since = statement(
  'introspection_revoked_since',
  `SELECT json_build_array(${position},
    (SELECT json_agg(json_build_array(r.kind, r.id)) FROM
      (SELECT kind, id FROM revocation WHERE sequence > $1 ORDER BY sequence LIMIT ${mostRevocations}) r))::text AS found`,
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
  detailed: boolean,
  grantId?: string | null,
  sessionUid?: string | null,
  deviceId?: string | null,
  ownEnd?: boolean,
  version?: string,
];
type Position = readonly [sequence: number, feed: string];
type Versions = Readonly<Record<string, string>> | null;

export interface IntrospectionRowsOptions {
  /** Whether answers are kept, so that it must be told what they hang on. */
  readonly keeping: boolean;
  /** Most questions that wait for the database. */
  readonly waiting: number;
}

/** Lookups for introspections, joined into one statement for all of about the same moment. */
export function createIntrospectionRows(
  database: Database,
  { keeping, waiting }: IntrospectionRowsOptions,
): IntrospectionStore {
  const query = keeping ? lookUpWithFamily : lookUpPlain;
  const lookUps = createBatch<IntrospectionQuestion, IntrospectionFinding>({
    run: (questions) => find(database, query, questions),
    // Larger batches cost less for each: with two under way, 32 connections cost a third more processor time.
    underWay: 1,
    waiting,
    limit: waitingSetting,
  });
  const rows = createBatch<RowQuestion, RowFinding>({
    run: (questions) => standing(database, questions),
    underWay: 1,
    waiting,
    limit: waitingSetting,
  });
  const revocations = createBatch<number, RecentRevocations>({
    run: async (asked) => {
      const found = await revokedSince(database, Math.min(...asked));
      return asked.map(() => found);
    },
    underWay: 1,
    waiting,
    limit: waitingSetting,
  });
  return {
    ask: (question) => lookUps.ask(question),
    stands: (question) => rows.ask(question),
    revokedSince: (from) => revocations.ask(from),
  };
}

async function find(
  database: Database,
  query: Statement,
  questions: readonly IntrospectionQuestion[],
): Promise<IntrospectionFinding[]> {
  const digests: string[] = [];
  const buckets: number[] = [];
  const asked: number[] = [];
  questions.forEach(({ place }, index) => {
    if (!place) return;
    digests.push(place.digest);
    buckets.push(place.bucket);
    asked.push(index);
  });
  const asking = [plainArray(digests), plainArray(buckets), callersOf(questions)];
  const [[head, feed], callerVersions, rows] = JSON.parse(await database.text(query, asking)) as [
    Position,
    Versions,
    Row[] | null,
  ];
  const found = new Map<number, Row>();
  for (const row of rows ?? []) found.set(asked[row[0] - 1] ?? 0, row);
  return questions.map(({ caller }, index): IntrospectionFinding => {
    const row = found.get(index);
    return {
      token: row && fromRow(row),
      detailed: row?.[14] === true,
      family: row && familyOf(row),
      callerVersion: caller === undefined ? undefined : callerVersions?.[caller],
      sequence: head,
      feed,
    };
  });
}

function fromRow(row: Row): IntrospectedToken {
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
  };
}

function familyOf(row: Row): IntrospectedFamily | undefined {
  const [ownEnd, version] = [row[18], row[19]];
  if (ownEnd === undefined || version === undefined) return undefined;
  const [grantId, sessionUid, deviceId] = [row[15] ?? undefined, row[16] ?? undefined, row[17] ?? undefined];
  return { grantId, sessionUid, deviceId, ownEnd, version };
}

async function standing(database: Database, questions: readonly RowQuestion[]): Promise<RowFinding[]> {
  const asking = [
    plainArray(questions.map(({ place }) => place.digest)),
    plainArray(questions.map(({ place }) => place.bucket)),
    plainArray(questions.map(({ version }) => version)),
    callersOf(questions),
  ];
  const [[head, feed], callerVersions, found] = JSON.parse(await database.text(rowsStand, asking)) as [
    Position,
    Versions,
    number[] | null,
  ];
  const stands = new Set(found);
  return questions.map(({ caller }, index) => ({
    stands: stands.has(index + 1),
    callerVersion: caller === undefined ? undefined : callerVersions?.[caller],
    sequence: head,
    feed,
  }));
}

async function revokedSince(database: Database, from: number): Promise<RecentRevocations> {
  const found = await database.text(since, [String(from)]);
  const [[head, feed], rows] = JSON.parse(found) as [Position, RevokedThing[] | null];
  // The sequence has no gaps, so a missing one is more than the limit, or was swept.
  const whole = (rows?.length ?? 0) === head - from;
  return {
    since: from,
    sequence: head,
    feed,
    revoked: whole ? (rows ?? []) : undefined,
  };
}

function callersOf(asked: readonly { readonly caller: string | undefined }[]): string {
  const callers = new Set<string>();
  for (const { caller } of asked) if (caller !== undefined) callers.add(caller);
  return textArray(callers);
}
