import type { RefusalCode } from '../lib/refusal.js';
import type { RecordedRefusal, RefusalStore } from '../observability/refusal-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import type { RefusalRow } from './entities/refusal-entity.js';
import { bucketAt, refusalTable } from './partitioned-tables.js';
import type { Partitions } from './partitions.js';
import { isStorable, orUndefined, secondsOf } from './values.js';

const record = statement(
  'refusal_record',
  `INSERT INTO refusal (request_id, bucket, at, code, detail, method, path, client_id)
  SELECT * FROM unnest($1::text[], $2::int[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::text[])
  ON CONFLICT DO NOTHING`,
);

const find = statement(
  'refusal_find',
  `SELECT request_id, at, code, detail, method, path, client_id FROM refusal WHERE request_id = $1 ORDER BY at, code`,
);

export class RefusalRows implements RefusalStore {
  readonly #database: Database;
  readonly #partitions: Partitions;

  constructor(database: Database, partitions: Partitions) {
    this.#database = database;
    this.#partitions = partitions;
  }

  async record(refusals: readonly RecordedRefusal[]): Promise<void> {
    if (refusals.length === 0) return;
    const buckets = refusals.map(({ at }) => bucketAt(refusalTable, secondsOf(at)));
    for (const bucket of new Set(buckets)) await this.#partitions.ensure(refusalTable, bucket);
    await this.#database.query(record, [
      refusals.map(({ requestId }) => storable(requestId)),
      buckets,
      refusals.map(({ at }) => at.toISOString()),
      refusals.map(({ code }) => code),
      refusals.map(({ detail }) => detail && storable(detail)),
      refusals.map(({ method }) => storable(method)),
      refusals.map(({ path }) => storable(path)),
      refusals.map(({ clientId }) => clientId && storable(clientId)),
    ]);
  }

  async find(requestId: string): Promise<RecordedRefusal[]> {
    if (!isStorable(requestId)) return [];
    const { rows } = await this.#database.query<RefusalRow>(find, [requestId]);
    return rows.map(fromRow);
  }
}

/** A stranger's bytes may hold U+0000, which PostgreSQL's text cannot. */
function storable(text: string): string {
  return text.replaceAll('\0', '\u{FFFD}');
}

function fromRow(row: RefusalRow): RecordedRefusal {
  return {
    requestId: row.request_id,
    at: row.at,
    code: row.code as RefusalCode,
    detail: orUndefined(row.detail),
    method: row.method,
    path: row.path,
    clientId: orUndefined(row.client_id),
  };
}
