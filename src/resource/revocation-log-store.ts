/** A revocation as the database itself logged it, whoever made it. */
export interface LoggedRevocation {
  /** Counts from 1 in the order of commits, without gaps. */
  readonly sequence: number;
  readonly kind: RevocationKind;
  /** Of what was revoked; of a token the SHA-256 in hexadecimal, of everything the epoch's number. */
  readonly id: string;
  readonly accountId: string | undefined;
  readonly clientId: string | undefined;
  readonly at: Date;
}

export const revocationKinds = [
  'token',
  'grant',
  'session',
  'device',
  'key',
  'client',
  'account',
  'all',
] as const;
export type RevocationKind = (typeof revocationKinds)[number];

/** A place in the log. */
export interface LogPosition {
  /** Names the log of this epoch. In that of another, the same number means another revocation. */
  readonly feed: string;
  readonly sequence: number;
}

/** A part of the log, and its end; all of one moment. */
export interface LogPage {
  readonly end: LogPosition;
  /** Oldest first. */
  readonly revocations: readonly LoggedRevocation[];
}

export interface RevocationLogReader {
  /** What was logged after `sequence`, the first `limit` of it. Throws DatabaseUnavailable. */
  readAfter(sequence: number, limit: number): Promise<LogPage>;
}

/** A connection of its own that hears of revocations. */
export interface LogConnection extends RevocationLogReader {
  close(): Promise<void>;
}

export interface LogBell {
  /** Something was logged; or it may have been. */
  readonly rung: () => void;
  readonly lost: (error: unknown) => void;
}

export interface RevocationLogStore extends RevocationLogReader {
  /** Rejects when there is no connection to be had. */
  listen(bell: LogBell): Promise<LogConnection>;
}
