import type { CalendarDay } from '../lib/calendar-day.js';
import type { ObservedCount, ObservedLine } from '../resource/observation.js';
import type { ObservationStore } from '../resource/observation-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';

/* In one order, so that two nodes which count the same wait for each other in a line, never in a circle. */
const add = statement(
  'would_refuse_add',
  `INSERT INTO would_refuse AS w (day, resource, tier, code, client_id, account_id, calls)
  SELECT n.day, n.resource, n.tier, n.code, n.client_id, n.account_id, sum(n.calls)
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[])
    AS n (day, resource, tier, code, client_id, account_id, calls)
  GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
  ON CONFLICT (day, resource, tier, code, client_id, account_id) DO UPDATE SET calls = w.calls + excluded.calls`,
);

const report = statement(
  'would_refuse_report',
  `SELECT day, resource, tier, code, client_id, sum(calls)::bigint AS calls,
    count(*) FILTER (WHERE account_id <> '') AS accounts
  FROM would_refuse WHERE day >= $1 GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5`,
);

interface LineRow {
  readonly day: string;
  readonly resource: string;
  readonly tier: string;
  readonly code: string;
  readonly client_id: string;
  readonly calls: string;
  readonly accounts: string;
}

export class ObservationRows implements ObservationStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async add(counts: readonly ObservedCount[]): Promise<void> {
    await this.#database.query(add, [
      counts.map(({ day }) => day),
      counts.map(({ resource }) => resource),
      counts.map(({ tier = '' }) => tier),
      counts.map(({ code }) => code),
      counts.map(({ clientId = '' }) => clientId),
      counts.map(({ accountId = '' }) => accountId),
      counts.map(({ calls }) => calls),
    ]);
  }

  async report(since: CalendarDay): Promise<readonly ObservedLine[]> {
    const { rows } = await this.#database.query<LineRow>(report, [since]);
    return rows.map(({ day, resource, tier, code, client_id: clientId, calls, accounts }) => ({
      day: day as CalendarDay,
      resource,
      tier: tier === '' ? undefined : tier,
      code,
      clientId: clientId === '' ? undefined : clientId,
      calls: Number(calls),
      accounts: Number(accounts),
    }));
  }
}
