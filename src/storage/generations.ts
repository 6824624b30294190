/*
 * Revocation by generation. Account, client, grant and session count their revocations; a token stores the counts
 * that its own insert read and lives only while all are the same.
 *
 * FOR SHARE makes issuing and revoking wait for each other: either the insert comes first and stored a count that the
 * revocation then moves, or the revocation comes first and the insert reads what is true after it (READ COMMITTED
 * re-reads a locked row). For the same reason a grant or session must still have the account's and client's present
 * count: one that was found a moment before the revocation makes no token a moment after it.
 */

/** CTEs c, a, g, s: the live client, account, grant and session that $1 to $4 name. */
export const readGenerations = `
  c AS (SELECT generation FROM client WHERE client_id = $1 AND removed_at IS NULL FOR SHARE),
  a AS (SELECT generation FROM account WHERE id = $2 AND disabled_at IS NULL FOR SHARE),
  g AS (SELECT generation, account_id, client_id, account_generation, client_generation
        FROM "grant" WHERE id = $3 AND revoked_at IS NULL FOR SHARE),
  s AS (SELECT generation, account_id, account_generation FROM session WHERE uid = $4 AND ended_at IS NULL FOR SHARE)`;

/** FROM and WHERE of an insert that must find alive all that $1 to $4 name. */
export const fromLiveGenerations = `
  FROM c LEFT JOIN a ON true LEFT JOIN g ON true LEFT JOIN s ON true
  WHERE ($2::text IS NULL OR a.generation IS NOT NULL)
    AND ($3::text IS NULL OR (g.client_id = $1 AND g.account_id = $2
      AND g.account_generation = a.generation AND g.client_generation = c.generation))
    AND ($4::text IS NULL OR (s.account_id = $2 AND s.account_generation = a.generation))`;

/** Joins to the token t what it hangs on. */
export const joinGenerations = `
  LEFT JOIN client c ON c.client_id = t.client_id
  LEFT JOIN account a ON a.id = t.account_id
  LEFT JOIN "grant" g ON g.id = t.grant_id
  LEFT JOIN session s ON s.uid = t.session_uid`;

/** True while nothing that the token t hangs on is revoked, disabled, ended or gone. */
export const generationsMatch = `coalesce(
  c.generation = t.client_generation AND c.removed_at IS NULL
  AND (t.account_id IS NULL OR (a.generation = t.account_generation AND a.disabled_at IS NULL))
  AND (t.grant_id IS NULL OR (g.generation = t.grant_generation AND g.revoked_at IS NULL))
  AND (t.session_uid IS NULL OR (s.generation = t.session_generation AND s.ended_at IS NULL)), false)`;

/** When the token t ends: with itself, its grant or its login session, whichever is first (LEAST skips NULL). */
export const earliestEnd = 'LEAST(t.expires_at, g.expires_at, s.expires_at)';
