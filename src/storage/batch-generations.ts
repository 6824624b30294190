import { generationsMatch, grantEpochStands, sessionEpochStands } from './generations.js';

/*
 * As in generations.ts, for each row i of a batch (client_id, account_id, grant_id, session_uid, thumbprint, client_version).
 *
 * A batch waits for nobody: a row that is locked, because it is being revoked this moment, counts as not there, and what
 * hangs on it is left to a statement of its own, which does wait. So no two batches, nor a batch and a revocation of
 * many rows, can wait for each other in a circle. Lateral, because a subquery that locks is run row by row, by its key.
 */

const client = `
  CROSS JOIN LATERAL (SELECT *, xmin::text AS version FROM client
    WHERE client_id = i.client_id AND removed_at IS NULL FOR SHARE SKIP LOCKED) c`;
const key = `
  LEFT JOIN LATERAL (SELECT * FROM bound_key WHERE thumbprint = i.thumbprint FOR SHARE SKIP LOCKED) k ON true`;
const person = `
  CROSS JOIN LATERAL (SELECT * FROM account
    WHERE id = i.account_id AND disabled_at IS NULL FOR SHARE SKIP LOCKED) a
  CROSS JOIN LATERAL (SELECT * FROM "grant" g
    WHERE id = i.grant_id AND revoked_at IS NULL AND ${grantEpochStands} FOR SHARE SKIP LOCKED) g
  LEFT JOIN LATERAL (SELECT * FROM session s
    WHERE uid = i.session_uid AND ended_at IS NULL AND ${sessionEpochStands} FOR SHARE SKIP LOCKED) s ON true
  LEFT JOIN LATERAL (SELECT d.* FROM device_key o JOIN device d ON d.id = o.device_id
    WHERE o.account_id = i.account_id AND o.thumbprint = i.thumbprint FOR SHARE OF d SKIP LOCKED) d ON true`;

const clientStands = `(i.client_version IS NULL OR i.client_version = c.version)`;
/** A key without a row was never revoked; one that is locked may be a moment later. */
const keyStands = `k.revoked_at IS NULL
  AND (k.thumbprint IS NOT NULL OR NOT EXISTS (SELECT FROM bound_key WHERE thumbprint = i.thumbprint))`;
const personStands = `g.client_id = i.client_id AND g.account_id = i.account_id
  AND g.account_generation = a.generation AND g.client_generation = c.generation
  AND (i.session_uid IS NULL OR (s.account_id = i.account_id AND s.account_generation = a.generation))
  AND (t.device_id IS NULL OR t.device_id = d.id)
  AND (d.id IS NOT NULL
    OR NOT EXISTS (SELECT FROM device_key WHERE account_id = i.account_id AND thumbprint = i.thumbprint))`;

/** Of clients that act for themselves. */
export const joinClientAndKey = `${client} ${key}`;
export const clientAndKeyStand = `${clientStands} AND ${keyStands}`;

/** Of the refresh token t, which the row i presents. */
export const joinFamily = `${client} ${key} ${person}`;
export const familyStands = `${clientStands} AND ${keyStands} AND ${personStands} AND ${generationsMatch}`;

/** What the tokens of a person store, under names that a later part of the statement reads. */
export const familyGenerations = `c.generation AS client_generation, a.generation AS account_generation,
  g.generation AS grant_generation, s.generation AS session_generation, d.id AS device_id,
  d.generation AS device_generation, k.generation AS key_generation`;
