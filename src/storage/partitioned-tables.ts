import { bucketSeconds } from '../lib/opaque-token.js';

/** A table whose rows lie in partitions by a number that grows with time. */
export interface PartitionedTable {
  readonly name: string;
  /** Seconds in one bucket. */
  readonly bucketSeconds: number;
  /** How many buckets after the current one are made ahead. */
  readonly ahead: number;
  /** How many buckets before the current one are kept. */
  readonly kept: number;
}

const hour = 3600;
const day = 24 * hour;

/*
 * Tokens, artifacts, challenges, upstream logins and replays lie in the hour in which they expire; once that hour is over nothing can
 * need them, and one more hour is kept for nodes whose clocks are behind. Refusals lie in the day in which they
 * happened and are kept for a week.
 */
export const accessTokenTable: PartitionedTable = {
  name: 'access_token',
  bucketSeconds,
  ahead: 2,
  kept: 1,
};
export const artifactTable: PartitionedTable = { name: 'artifact', bucketSeconds: hour, ahead: 2, kept: 1 };
export const challengeTable: PartitionedTable = {
  name: 'webauthn_challenge',
  bucketSeconds: hour,
  ahead: 2,
  kept: 1,
};
export const upstreamLoginTable: PartitionedTable = {
  name: 'upstream_login',
  bucketSeconds: hour,
  ahead: 2,
  kept: 1,
};
export const replayTable: PartitionedTable = { name: 'replay', bucketSeconds: hour, ahead: 2, kept: 1 };
export const refusalTable: PartitionedTable = { name: 'refusal', bucketSeconds: day, ahead: 1, kept: 7 };

export const partitionedTables = [
  accessTokenTable,
  artifactTable,
  challengeTable,
  upstreamLoginTable,
  replayTable,
  refusalTable,
];

/** The bucket of a moment in seconds since the epoch. */
export function bucketAt(table: PartitionedTable, seconds: number): number {
  return Math.floor(seconds / table.bucketSeconds);
}
