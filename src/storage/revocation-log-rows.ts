import type {
  LogBell,
  LogConnection,
  LoggedRevocation,
  LogPage,
  RevocationKind,
  RevocationLogStore,
} from '../resource/revocation-log-store.js';
import { statement, type Connection, type Listen } from './connection.js';
import type { Database } from './database.js';
import type { RevocationRow } from './entities/revocation-entity.js';
import { asStorageError } from './failure.js';

/** One statement is one moment: the end that it tells is the end after the rows that it finds. */
const readAfter = statement(
  'revocation_log_read',
  `SELECT h.sequence AS "end", (SELECT feed FROM epoch ORDER BY number DESC LIMIT 1) AS feed, r.*
  FROM revocation_head h LEFT JOIN LATERAL (
    SELECT sequence, kind, id, account_id, client_id, at FROM revocation
    WHERE sequence > $1 ORDER BY sequence LIMIT $2) r ON true
  ORDER BY r.sequence`,
);

type LogRow = { readonly end: string; readonly feed: string } & {
  readonly [Column in keyof RevocationRow]: RevocationRow[Column] | null;
};

const channel = 'holdfast_revocation';

export class RevocationLogRows implements RevocationLogStore {
  readonly #database: Database;
  readonly #listen: Listen;

  constructor(database: Database, listen: Listen) {
    this.#database = database;
    this.#listen = listen;
  }

  async readAfter(sequence: number, limit: number): Promise<LogPage> {
    return toPage((await this.#database.query<LogRow>(readAfter, [sequence, limit])).rows);
  }

  async listen(bell: LogBell): Promise<LogConnection> {
    const connection = await this.#listen(channel, bell);
    return {
      readAfter: (sequence, limit) => readOn(connection, sequence, limit),
      close: () => connection.close(),
    };
  }
}

async function readOn(connection: Connection, sequence: number, limit: number): Promise<LogPage> {
  try {
    return toPage((await connection.query<LogRow>({ ...readAfter, values: [sequence, limit] })).rows);
  } catch (error) {
    throw asStorageError(error);
  }
}

function toPage(rows: readonly LogRow[]): LogPage {
  const [first] = rows;
  if (!first) throw new Error('the revocation log has no head');
  return { end: { feed: first.feed, sequence: Number(first.end) }, revocations: rows.flatMap(fromRow) };
}

/** An empty log is one row without a revocation. */
function fromRow(row: LogRow): LoggedRevocation[] {
  const { sequence, kind, id, at } = row;
  if (sequence === null || kind === null || id === null || at === null) return [];
  return [
    {
      sequence: Number(sequence),
      kind: kind as RevocationKind,
      id,
      accountId: row.account_id ?? undefined,
      clientId: row.client_id ?? undefined,
      at,
    },
  ];
}
