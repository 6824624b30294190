/*
 * Revocation by generation. Account, client, grant, session, device and key count their revocations; a token stores the
 * counts that its own insert read and lives only while all are the same. A key has a row only once it was revoked, and
 * then makes no token again. The epoch is the count of everything: what is older than the last and was issued before
 * the moment that the last names is dead.
 *
 * FOR SHARE makes issuing and revoking wait for each other: either the insert comes first and stored a count that the
 * revocation then moves, or the revocation comes first and the insert reads what is true after it (READ COMMITTED
 * re-reads a locked row). For the same reason a grant or session must still have the account's and client's present
 * count: one that was found a moment before the revocation makes no token a moment after it.
 */

const signedInSeconds = 'coalesce(extract(epoch FROM s.signed_in_at), 0)';

/** True while the row `alias` was not ended with everything; `issuedAt` is SQL for its seconds since the epoch of clocks. */
export function epochStands(alias: string, issuedAt: string): string {
  return `NOT EXISTS (SELECT FROM epoch e WHERE e.number > ${alias}.epoch AND ${issuedAt} < e.issued_before)`;
}

/**
 * The same of a token and what it hangs on: what was refreshed since hangs on the old grant. The least of the three (which
 * skips NULL) is there for the index.
 */
const tokenEpochStands = `NOT EXISTS (SELECT FROM epoch e WHERE e.number > LEAST(t.epoch, g.epoch, s.epoch)
    AND ((e.number > t.epoch AND t.issued_at < e.issued_before)
      OR (e.number > g.epoch AND g.issued_at < e.issued_before)
      OR (e.number > s.epoch AND ${signedInSeconds} < e.issued_before)))`;

export const grantEpochStands = epochStands('g', 'g.issued_at');
export const sessionEpochStands = epochStands('s', signedInSeconds);

/** The number that what is made now belongs to. */
export const presentEpoch = '(SELECT max(number) FROM epoch)';

/**
 * CTEs c, a, g, s, d, k: the live client, account, grant and session that $1 to $4 name, and what is known of the key
 * whose thumbprint is the parameter `key`.
 */
export function readGenerations(key: string): string {
  return `
  c AS (SELECT generation FROM client WHERE client_id = $1 AND removed_at IS NULL FOR SHARE),
  a AS (SELECT generation FROM account WHERE id = $2 AND disabled_at IS NULL FOR SHARE),
  g AS (SELECT generation, account_id, client_id, account_generation, client_generation
        FROM "grant" g WHERE id = $3 AND revoked_at IS NULL AND ${grantEpochStands} FOR SHARE),
  s AS (SELECT generation, account_id, account_generation
        FROM session s WHERE uid = $4 AND ended_at IS NULL AND ${sessionEpochStands} FOR SHARE),
  d AS (SELECT d.id, d.generation, d.cut_off_at FROM device_key o JOIN device d ON d.id = o.device_id
        WHERE o.account_id = $2 AND o.thumbprint = ${key} FOR SHARE OF d),
  k AS (SELECT generation, revoked_at FROM bound_key WHERE thumbprint = ${key} FOR SHARE)`;
}

/** What a token stores of the generations that its insert read, in the order of `generationColumns`. */
export const generationValues = `c.generation, a.generation, g.generation, s.generation, d.id, d.generation, k.generation, ${presentEpoch}`;
export const generationColumns =
  'client_generation, account_generation, grant_generation, session_generation, device_id, device_generation, key_generation, epoch';

/** FROM and WHERE of an insert that must find alive all that $1 to $4 name, and the key not revoked. */
export const fromLiveGenerations = `
  FROM c LEFT JOIN a ON true LEFT JOIN g ON true LEFT JOIN s ON true LEFT JOIN d ON true LEFT JOIN k ON true
  WHERE ($2::text IS NULL OR a.generation IS NOT NULL)
    AND ($3::text IS NULL OR (g.client_id = $1 AND g.account_id = $2
      AND g.account_generation = a.generation AND g.client_generation = c.generation))
    AND ($4::text IS NULL OR (s.account_id = $2 AND s.account_generation = a.generation))
    AND d.cut_off_at IS NULL AND k.revoked_at IS NULL`;

/** Joins to the token t what it hangs on. */
export const joinGenerations = `
  LEFT JOIN client c ON c.client_id = t.client_id
  LEFT JOIN account a ON a.id = t.account_id
  LEFT JOIN "grant" g ON g.id = t.grant_id
  LEFT JOIN session s ON s.uid = t.session_uid
  LEFT JOIN device d ON d.id = t.device_id
  LEFT JOIN bound_key k ON k.thumbprint = coalesce(t.jkt, t.certificate)`;

/** True while nothing that the token t hangs on is revoked, disabled, ended or gone. */
export const generationsMatch = `coalesce(
  c.generation = t.client_generation AND c.removed_at IS NULL
  AND (t.account_id IS NULL OR (a.generation = t.account_generation AND a.disabled_at IS NULL))
  AND (t.grant_id IS NULL OR (g.generation = t.grant_generation AND g.revoked_at IS NULL))
  AND (t.session_uid IS NULL OR (s.generation = t.session_generation AND s.ended_at IS NULL))
  AND (t.device_id IS NULL OR d.generation = t.device_generation)
  AND (k.thumbprint IS NULL OR (k.revoked_at IS NULL AND k.generation = coalesce(t.key_generation, 0)))
  AND ${tokenEpochStands}, false)`;

/** The same of an access token, which can also be revoked alone. */
export const accessTokenAlive = `t.revoked_at IS NULL AND ${generationsMatch}`;

/** When the token t ends: with itself, its grant or its login session, whichever is first (LEAST skips NULL). */
export const earliestEnd = 'LEAST(t.expires_at, g.expires_at, s.expires_at)';
