import type { AccountId } from '../accounts/account.js';
import { calendarDay } from '../lib/calendar-day.js';
import type {
  FoundLegacyCredential,
  LegacyCredential,
  LegacyFigures,
  LegacySpending,
  LegacySpent,
  OwnLegacyCredential,
} from '../resource/legacy-credential.js';
import type { LegacyCredentialStore, LegacySelection } from '../resource/legacy-credential-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import type { LegacyCredentialRow } from './entities/legacy-credential-entity.js';
import { epochStands, grantEpochStands, presentEpoch } from './generations.js';
import { orUndefined } from './values.js';

/* A credential hangs on its account as a token does, but on no client and no login. */
const take = statement(
  'legacy_import',
  `INSERT INTO legacy_credential (digest, resource, account_id, account_generation, epoch, prefix, label, imported_at,
    calls, spent, day, spent_in_day)
  SELECT decode(n.digest, 'hex'), n.resource, a.id, a.generation, ${presentEpoch}, n.prefix, n.label, $6::timestamptz,
    0, 0, '', 0
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
    AS n (digest, resource, account_id, prefix, label)
  JOIN account a ON a.id = n.account_id AND a.disabled_at IS NULL
  ORDER BY n.digest FOR SHARE OF a ON CONFLICT DO NOTHING RETURNING encode(digest, 'hex') AS digest`,
);

const importedAt = 'extract(epoch FROM l.imported_at)';
/** `now` is the parameter that says what time it is. Wants account `a` joined. */
const alive = (now: string): string =>
  `l.revoked_at IS NULL AND (l.ends_at IS NULL OR l.ends_at > ${now})
    AND a.generation = l.account_generation AND a.disabled_at IS NULL AND ${epochStands('l', importedAt)}`;

const find = statement(
  'legacy_find',
  `SELECT l.resource, l.account_id, l.ends_at, coalesce(${alive('$2::timestamptz')}, false) AS alive
  FROM legacy_credential l LEFT JOIN account a ON a.id = l.account_id WHERE l.digest = $1`,
);

const beginDay = statement(
  'legacy_begin_day',
  'INSERT INTO legacy_spending (resource, day, spent) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING',
);

/*
 * Law 4: what is asked and what is counted are one statement. The day's row of the resource is locked first, so of all
 * who spend there one goes on and the next judges what that one left; the credential's own row is judged as it is by then.
 * A node whose clock is behind adds to the day that has begun.
 */
const inDay = 'CASE WHEN l.day >= $3 THEN l.spent_in_day ELSE 0 END';
const spend = statement(
  'legacy_spend',
  `WITH t AS (SELECT spent FROM legacy_spending WHERE resource = $2 AND day = $3 FOR UPDATE),
  c AS (
    UPDATE legacy_credential l SET spent_in_day = ${inDay} + $4::bigint, day = GREATEST(l.day, $3),
      spent = l.spent + $4::bigint, calls = l.calls + 1, last_used_at = $7::timestamptz
    FROM t, account a
    WHERE l.digest = $1 AND l.resource = $2 AND a.id = l.account_id AND ${alive('$7::timestamptz')}
      AND t.spent + $4::bigint <= $6::bigint AND ${inDay} + $4::bigint <= $5::bigint
    RETURNING l.digest),
  u AS (
    UPDATE legacy_spending s SET spent = s.spent + $4::bigint
    FROM c WHERE s.resource = $2 AND s.day = $3 RETURNING s.spent)
  SELECT EXISTS (SELECT FROM t) AS begun, EXISTS (SELECT FROM u) AS spent`,
);

const revoke = statement(
  'legacy_revoke',
  `UPDATE legacy_credential SET revoked_at = $4 WHERE revoked_at IS NULL
    AND (digest = $1 OR account_id = $2 OR resource = $3)`,
);
const revokeOwn = statement(
  'legacy_revoke_own',
  `UPDATE legacy_credential SET revoked_at = $3 WHERE revoked_at IS NULL AND digest = $1 AND account_id = $2`,
);
const listOf = statement(
  'legacy_list_of',
  `SELECT l.digest, l.resource, l.prefix, l.label, l.imported_at, l.last_used_at, l.ends_at, l.calls, l.spent
  FROM legacy_credential l JOIN account a ON a.id = l.account_id
  WHERE l.account_id = $1 AND ${alive('$2::timestamptz')}
  ORDER BY coalesce(l.last_used_at, l.imported_at) DESC, l.digest`,
);

/** A login at an app for the resource: whatever that app calls with is bound. */
const moved = `EXISTS (SELECT FROM "grant" g WHERE g.account_id = l.account_id AND g.revoked_at IS NULL
    AND g.account_generation = a.generation AND g.expires_at > extract(epoch FROM $1::timestamptz)
    AND g.payload -> 'resources' ->> l.resource IS NOT NULL AND ${grantEpochStands})`;

const retire = statement(
  'legacy_retire',
  `UPDATE legacy_credential l SET ends_at = $3::timestamptz FROM account a
  WHERE a.id = l.account_id AND l.resource = $2 AND ${alive('$1::timestamptz')}
    AND (l.ends_at IS NULL OR l.ends_at > $3::timestamptz) AND ${moved}`,
);

const standing = (before: string): string =>
  `imported_at <= $1::timestamptz - interval '${before}'
    AND coalesce(LEAST(revoked_at, ends_at) > $1::timestamptz - interval '${before}', true)`;
const used = (since: string): string => `alive AND last_used_at > $1::timestamptz - interval '${since}'`;
const figures = statement(
  'legacy_figures',
  `SELECT resource, count(*) AS imported, count(*) FILTER (WHERE alive) AS alive,
    count(*) FILTER (WHERE ${standing('7 days')}) AS week_ago, count(*) FILTER (WHERE ${standing('30 days')}) AS month_ago,
    count(*) FILTER (WHERE ${used('7 days')}) AS used_week, count(*) FILTER (WHERE ${used('30 days')}) AS used_month,
    count(*) FILTER (WHERE alive AND moved) AS moved, count(*) FILTER (WHERE alive AND ends_at IS NOT NULL) AS ending,
    sum(calls)::bigint AS calls, sum(spent)::bigint AS spent,
    coalesce(sum(spent_in_day) FILTER (WHERE day = $2), 0)::bigint AS today
  FROM (SELECT l.*, coalesce(${alive('$1::timestamptz')}, false) AS alive, ${moved} AS moved
    FROM legacy_credential l LEFT JOIN account a ON a.id = l.account_id) AS l
  GROUP BY resource ORDER BY resource`,
);

interface FoundRow {
  readonly resource: string;
  readonly account_id: string;
  readonly ends_at: Date | null;
  readonly alive: boolean;
}

export class LegacyCredentialRows implements LegacyCredentialStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async import(credentials: readonly LegacyCredential[], at: Date): Promise<ReadonlySet<string>> {
    const { rows } = await this.#database.query<{ digest: string }>(take, [
      credentials.map(({ digest }) => digest.toString('hex')),
      credentials.map(({ resource }) => resource),
      credentials.map(({ accountId }) => accountId),
      credentials.map(({ prefix }) => prefix ?? null),
      credentials.map(({ label }) => label ?? null),
      at,
    ]);
    return new Set(rows.map(({ digest }) => digest));
  }

  async find(digest: Buffer, now: Date): Promise<FoundLegacyCredential | undefined> {
    const { rows } = await this.#database.query<FoundRow>(find, [digest, now]);
    const [row] = rows;
    return (
      row && {
        resource: row.resource,
        accountId: row.account_id as AccountId,
        alive: row.alive,
        endsAt: orUndefined(row.ends_at),
      }
    );
  }

  async spend(spending: LegacySpending): Promise<LegacySpent> {
    const { digest, resource, cost, capPerCredential, capInAll, now } = spending;
    const day = calendarDay(now.getTime());
    const values = [digest, resource, day, cost, capPerCredential, capInAll, now];
    const attempt = () => this.#database.query<{ begun: boolean; spent: boolean }>(spend, values);
    let { rows } = await attempt();
    if (rows[0]?.begun === false) {
      await this.#database.query(beginDay, [resource, day]);
      ({ rows } = await attempt());
    }
    if (rows[0]?.spent === true) return 'spent';
    return (await this.find(digest, now))?.alive === true ? 'cap_reached' : 'gone';
  }

  async listOf(accountId: AccountId, now: Date): Promise<readonly OwnLegacyCredential[]> {
    const { rows } = await this.#database.query<LegacyCredentialRow>(listOf, [accountId, now]);
    return rows.map((row) => ({
      digest: row.digest,
      resource: row.resource,
      prefix: orUndefined(row.prefix),
      label: orUndefined(row.label),
      importedAt: row.imported_at,
      lastUsedAt: orUndefined(row.last_used_at),
      endsAt: orUndefined(row.ends_at),
      calls: Number(row.calls),
      spent: Number(row.spent),
    }));
  }

  async revoke(selection: LegacySelection, at: Date): Promise<number> {
    if (selection.by === 'owner') {
      const { digest, accountId } = selection;
      return (await this.#database.query(revokeOwn, [digest, accountId, at])).rowCount ?? 0;
    }
    const { rowCount } = await this.#database.query(revoke, [
      selection.by === 'digest' ? selection.digest : null,
      selection.by === 'account' ? selection.accountId : null,
      selection.by === 'resource' ? selection.resource : null,
      at,
    ]);
    return rowCount ?? 0;
  }

  async retire(resource: string, endsAt: Date, now: Date): Promise<number> {
    const { rowCount } = await this.#database.query(retire, [now, resource, endsAt]);
    return rowCount ?? 0;
  }

  async figures(now: Date): Promise<readonly LegacyFigures[]> {
    const values = [now, calendarDay(now.getTime())];
    const { rows } = await this.#database.query<Record<string, string>>(figures, values);
    const count = (row: Record<string, string>, name: string): number => Number(row[name] ?? 0);
    return rows.map((row) => ({
      resource: row['resource'] ?? '',
      imported: count(row, 'imported'),
      alive: count(row, 'alive'),
      aliveWeekAgo: count(row, 'week_ago'),
      aliveMonthAgo: count(row, 'month_ago'),
      usedInWeek: count(row, 'used_week'),
      usedInMonth: count(row, 'used_month'),
      moved: count(row, 'moved'),
      ending: count(row, 'ending'),
      calls: count(row, 'calls'),
      spent: count(row, 'spent'),
      spentToday: count(row, 'today'),
    }));
  }
}
