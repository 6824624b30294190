import { sha256 } from '../lib/hashing.js';
import type {
  ExchangeGrant,
  ExchangeSource,
  ExchangeStore,
  SourceEnds,
  SubjectTokenUse,
} from '../provider/exchange-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import { numberOrUndefined } from './values.js';

// DO UPDATE, not DO NOTHING: the row is locked until the transaction ends, whoever made it.
const hold = statement(
  'exchange_source_hold',
  `INSERT INTO exchange_source AS s (digest, expires_at) VALUES ($1, $2)
  ON CONFLICT (digest) DO UPDATE SET expires_at = greatest(s.expires_at, excluded.expires_at)
  RETURNING ended_at`,
);
const endSource = statement(
  'exchange_source_end',
  `INSERT INTO exchange_source AS s (digest, ended_at, expires_at) VALUES ($1, $2, $3)
  ON CONFLICT (digest) DO UPDATE SET ended_at = greatest(s.ended_at, excluded.ended_at),
    expires_at = greatest(s.expires_at, excluded.expires_at)`,
);
const useToken = statement(
  'exchanged_token_use',
  `INSERT INTO exchanged_token (digest, client_id, key, expires_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
);
const usedBy = statement(
  'exchanged_token_used_by',
  'SELECT 1 FROM exchanged_token WHERE digest = $1 AND client_id = $2 AND key = $3',
);
const grantOf = statement(
  'exchange_grant_of',
  `SELECT grant_id FROM exchange_grant WHERE subject = $1 AND session IS NOT DISTINCT FROM $2::bytea
    AND client_id = $3 AND key = $4 AND expires_at > $5 ORDER BY expires_at DESC LIMIT 1`,
);
const remember = statement(
  'exchange_grant_remember',
  `INSERT INTO exchange_grant AS g (grant_id, account_id, client_id, key, subject, session, issued_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  ON CONFLICT (grant_id) DO UPDATE SET issued_at = greatest(g.issued_at, excluded.issued_at)`,
);
const revokedSince = statement(
  'exchange_revoked_since',
  `SELECT 1 FROM revocation WHERE at >= to_timestamp($3::bigint) AND (kind = 'all'
    OR (kind = 'account' AND id = $1) OR (kind = 'client' AND id = $2)
    OR (kind = 'device' AND account_id = $1) OR (kind = 'grant' AND account_id = $1 AND client_id = $2))
  LIMIT 1`,
);
const endingSession = statement(
  'exchange_grant_ending_session',
  'SELECT grant_id FROM exchange_grant WHERE session = $1',
);
// Of a session that is named, the person's other sessions go on; what came without a session may be of this one.
const endingSubject = statement(
  'exchange_grant_ending_subject',
  `SELECT grant_id FROM exchange_grant WHERE subject = $1 AND issued_at <= $2
    AND ($3::boolean OR session IS NULL)`,
);

/** A token that names no session may be of any of hers, so of the one that ended last as well. */
function unnamedSession(subject: Buffer): Buffer {
  return sha256(Buffer.concat([subject, Buffer.from('no session')]));
}

export class ExchangeRows implements ExchangeStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The subject first, then the session: always in this order, so that no two wait for each other. */
  async hold({ subject, session }: ExchangeSource, until: Date): Promise<SourceEnds> {
    const ended = await this.#hold(subject, until);
    if (session) return { subject: ended, session: await this.#hold(session, until) };
    const someSession = await this.#hold(unnamedSession(subject), until);
    const ends = [ended, someSession].filter((each) => each !== undefined);
    return { subject: ends.length === 0 ? undefined : Math.max(...ends), session: undefined };
  }

  async use({ digest, clientId, key, until }: SubjectTokenUse): Promise<'first' | 'again' | 'other_key'> {
    const { rowCount } = await this.#database.query(useToken, [digest, clientId, key, until]);
    if (rowCount === 1) return 'first';
    const known = await this.#database.query(usedBy, [digest, clientId, key]);
    return known.rowCount === 1 ? 'again' : 'other_key';
  }

  async grantOf(
    { subject, session }: ExchangeSource,
    { clientId, key, until }: { readonly clientId: string; readonly key: string; readonly until: Date },
  ): Promise<string | undefined> {
    const { rows } = await this.#database.query<{ grant_id: string }>(grantOf, [
      subject,
      session,
      clientId,
      key,
      until,
    ]);
    return rows[0]?.grant_id;
  }

  async remember(grant: ExchangeGrant): Promise<void> {
    await this.#database.query(remember, [
      grant.grantId,
      grant.accountId,
      grant.clientId,
      grant.key,
      grant.subject,
      grant.session,
      grant.issuedAt,
      grant.expiresAt,
    ]);
  }

  async revokedSince(accountId: string, clientId: string, seconds: number): Promise<boolean> {
    const { rowCount } = await this.#database.query(revokedSince, [accountId, clientId, seconds]);
    return (rowCount ?? 0) > 0;
  }

  async end(
    { subject, session }: { readonly subject: Buffer | undefined; readonly session: Buffer | undefined },
    endedAt: number,
    until: Date,
  ): Promise<string[]> {
    const ending = new Set<string>();
    const collect = ({ rows }: { readonly rows: readonly { readonly grant_id: string }[] }) =>
      rows.forEach(({ grant_id: id }) => ending.add(id));
    const everySession = session === undefined;
    if (subject && everySession) await this.#database.query(endSource, [subject, endedAt, until]);
    else if (subject) {
      // Whoever exchanges for her at this moment is waited for.
      await this.#hold(subject, until);
      await this.#database.query(endSource, [unnamedSession(subject), endedAt, until]);
    }
    if (session) await this.#database.query(endSource, [session, endedAt, until]);
    if (subject) collect(await this.#database.query(endingSubject, [subject, endedAt, everySession]));
    if (session) collect(await this.#database.query(endingSession, [session]));
    return [...ending];
  }

  async #hold(digest: Buffer, until: Date): Promise<number | undefined> {
    const { rows } = await this.#database.query<{ ended_at: string | null }>(hold, [digest, until]);
    return numberOrUndefined(rows[0]?.ended_at ?? null);
  }
}
