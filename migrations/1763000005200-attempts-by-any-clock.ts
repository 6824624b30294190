import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * A try that earned no wait is free since ever, not since its own moment: a node whose clock is behind would make the next
 * one from the same network wait for it, and withhold its mail.
 */
const takeAttempt = `
CREATE OR REPLACE FUNCTION take_attempt(
  keys bytea[], allowances int[], at timestamptz, first_wait int, longest_wait int, memory int
) RETURNS double precision LANGUAGE plpgsql AS $$
DECLARE
  now_seconds bigint := floor(extract(epoch FROM at));
  free timestamptz;
BEGIN
  INSERT INTO attempt AS a (digest, tries, free_at, expires_at)
    SELECT k, 0, '-infinity', now_seconds + memory FROM unnest(keys) k ORDER BY k
    ON CONFLICT (digest) DO UPDATE SET tries = a.tries;
  SELECT max(a.free_at) INTO free FROM attempt a WHERE a.digest = ANY (keys);
  IF free > at THEN RETURN extract(epoch FROM free - at); END IF;
  UPDATE attempt a SET
    tries = t.tries,
    free_at = CASE
      WHEN t.tries < t.allowance THEN '-infinity'
      ELSE at + make_interval(secs => least(longest_wait, first_wait * 2 ^ least(t.tries - t.allowance, 20)))
    END,
    expires_at = now_seconds + memory
  FROM (
    SELECT k.digest, k.allowance, CASE WHEN b.expires_at <= now_seconds THEN 1 ELSE b.tries + 1 END AS tries
    FROM unnest(keys, allowances) AS k (digest, allowance) JOIN attempt b ON b.digest = k.digest
  ) t
  WHERE a.digest = t.digest;
  RETURN 0;
END $$`;

const before = `
CREATE OR REPLACE FUNCTION take_attempt(
  keys bytea[], allowances int[], at timestamptz, first_wait int, longest_wait int, memory int
) RETURNS double precision LANGUAGE plpgsql AS $$
DECLARE
  now_seconds bigint := floor(extract(epoch FROM at));
  free timestamptz;
BEGIN
  INSERT INTO attempt AS a (digest, tries, free_at, expires_at)
    SELECT k, 0, at, now_seconds + memory FROM unnest(keys) k ORDER BY k
    ON CONFLICT (digest) DO UPDATE SET tries = a.tries;
  SELECT max(a.free_at) INTO free FROM attempt a WHERE a.digest = ANY (keys);
  IF free > at THEN RETURN extract(epoch FROM free - at); END IF;
  UPDATE attempt a SET
    tries = t.tries,
    free_at = CASE
      WHEN t.tries < t.allowance THEN at
      ELSE at + make_interval(secs => least(longest_wait, first_wait * 2 ^ least(t.tries - t.allowance, 20)))
    END,
    expires_at = now_seconds + memory
  FROM (
    SELECT k.digest, k.allowance, CASE WHEN b.expires_at <= now_seconds THEN 1 ELSE b.tries + 1 END AS tries
    FROM unnest(keys, allowances) AS k (digest, allowance) JOIN attempt b ON b.digest = k.digest
  ) t
  WHERE a.digest = t.digest;
  RETURN 0;
END $$`;

export class AttemptsByAnyClock1763000005200 implements MigrationInterface {
  readonly name = 'AttemptsByAnyClock1763000005200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(takeAttempt);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(before);
  }
}
