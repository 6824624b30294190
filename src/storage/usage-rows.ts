import type { UsageOutcome, UsageReport } from '../usage/usage-report.js';
import type { KeptUsage, UsageStore } from '../usage/usage-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import type { UsageReportRow } from './entities/usage-report-entity.js';
import { isStorable, numberOrUndefined } from './values.js';

/*
 * Law 2: of all who report a call at once one inserts it. In one order, so that two batches which overlap wait for each
 * other in a line, never in a circle.
 */
const record = statement(
  'usage_record',
  `INSERT INTO usage_report
    (resource_server, call_id, input_tokens, output_tokens, cost, outcome, finished_at, received_at)
  SELECT $1, r.call_id, r.input_tokens, r.output_tokens, r.cost, r.outcome, r.finished_at, $8::timestamptz
  FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::timestamptz[])
    WITH ORDINALITY AS r (call_id, input_tokens, output_tokens, cost, outcome, finished_at, place)
  ORDER BY r.call_id, r.place
  ON CONFLICT DO NOTHING RETURNING call_id`,
);
const find = statement(
  'usage_find',
  'SELECT * FROM usage_report WHERE resource_server = $1 AND call_id = $2',
);

export class UsageRows implements UsageStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async record(
    resourceServer: string,
    reports: readonly UsageReport[],
    at: Date,
  ): Promise<ReadonlySet<string>> {
    const { rows } = await this.#database.query<{ call_id: string }>(record, [
      resourceServer,
      reports.map(({ callId }) => callId),
      reports.map(({ inputTokens }) => inputTokens ?? null),
      reports.map(({ outputTokens }) => outputTokens ?? null),
      reports.map(({ cost }) => cost ?? null),
      reports.map(({ outcome }) => outcome),
      reports.map(({ finishedAt }) => finishedAt.toISOString()),
      at,
    ]);
    return new Set(rows.map((row) => row.call_id));
  }

  async find(resourceServer: string, callId: string): Promise<KeptUsage | undefined> {
    if (!isStorable(callId)) return undefined;
    const { rows } = await this.#database.query<UsageReportRow>(find, [resourceServer, callId]);
    return rows[0] && fromRow(rows[0]);
  }
}

function fromRow(row: UsageReportRow): KeptUsage {
  return {
    report: {
      callId: row.call_id,
      inputTokens: numberOrUndefined(row.input_tokens),
      outputTokens: numberOrUndefined(row.output_tokens),
      cost: numberOrUndefined(row.cost),
      outcome: row.outcome as UsageOutcome,
      finishedAt: row.finished_at,
    },
    receivedAt: row.received_at,
  };
}
