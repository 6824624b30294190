import type { FoundAccessToken } from '../provider/access-token-store.js';
import type { AccessTokenPlace } from './presented-token.js';

/** What a lane asks of the database for one introspection. */
export interface IntrospectionQuestion {
  /** Where the token's row would be; undefined: it is malformed, and only the caller is looked at. */
  readonly place: AccessTokenPlace | undefined;
  /** client_id of a caller whose client lies in the database. */
  readonly caller: string | undefined;
}

/** A token's row, as far as an introspection tells of it. */
export type IntrospectedToken = Pick<
  FoundAccessToken,
  | 'clientId'
  | 'clientSource'
  | 'accountId'
  | 'jkt'
  | 'certificate'
  | 'scope'
  | 'audience'
  | 'acr'
  | 'amr'
  | 'authTime'
  | 'issuedAt'
  | 'expiresAt'
  | 'alive'
>;

/** Asks whether a token's row is still the very one that an answer was made of. */
export interface RowQuestion extends Pick<IntrospectionQuestion, 'caller'> {
  readonly place: AccessTokenPlace;
  readonly version: string;
}

export interface RowFinding extends Pick<IntrospectionFinding, 'callerVersion' | 'sequence' | 'feed'> {
  /** The row is there, unchanged and not revoked. */
  readonly stands: boolean;
}

/** What the token of a kept answer hangs on; only an answer whose end is the token's own may be kept. */
export interface IntrospectedFamily {
  /** Of the token's row: any change makes another. */
  readonly version: string;
  readonly grantId: string | undefined;
  readonly sessionUid: string | undefined;
  readonly deviceId: string | undefined;
  readonly ownEnd: boolean;
}

export interface IntrospectionFinding {
  readonly token: IntrospectedToken | undefined;
  /** The token may carry authorization_details, which another statement has to look after. */
  readonly detailed: boolean;
  /** Undefined where answers are not kept. */
  readonly family: IntrospectedFamily | undefined;
  /** Of the caller's row (ClientStore.version). */
  readonly callerVersion: string | undefined;
  /** The last revocation that the same statement could see, and the log that counts so. */
  readonly sequence: number;
  readonly feed: string;
}

/** Everything that was revoked after `since`, up to and including `sequence`. */
export interface RecentRevocations {
  readonly since: number;
  readonly sequence: number;
  /** Of the log: another one than before is that of a restored backup, or of a new epoch. */
  readonly feed: string;
  /** Undefined: too many to tell, or no longer known. */
  readonly revoked: readonly RevokedThing[] | undefined;
}

/** `kind` and id as the log of revocations has them; `all` is everything. */
export type RevokedThing = readonly [kind: string, id: string];

/** The database as the lane sees it. Whatever it answers was read after it was asked. */
export interface IntrospectionStore {
  /** One joined statement for all questions of about the same moment. Rejects with BatchFull, DatabaseUnavailable. */
  ask(question: IntrospectionQuestion): Promise<IntrospectionFinding>;
  /** One statement for the rows of all kept answers that are asked for at about the same moment. Rejects likewise. */
  stands(question: RowQuestion): Promise<RowFinding>;
  /** One small statement for all that ask at about the same moment. Rejects likewise. */
  revokedSince(sequence: number): Promise<RecentRevocations>;
}
