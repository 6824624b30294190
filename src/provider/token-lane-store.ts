import type { ProofUse } from '../binding/replay-store.js';
import type { AccessTokenRecord } from './access-token-store.js';
import type { FoundRefreshToken, RefreshTokenRecord } from './refresh-token-store.js';

/** A refresh token with all that answering it needs. */
export interface Refreshable extends FoundRefreshToken {
  readonly grantPayload: Readonly<Record<string, unknown>>;
  readonly account: {
    readonly displayName: string;
    readonly email: string | undefined;
    readonly login: string | undefined;
  };
}

interface LaneWrite {
  readonly proof: ProofUse;
  /** Of a database client, which must be what it was when it was looked at; undefined for one of the config. */
  readonly clientVersion: string | undefined;
  readonly accessToken: AccessTokenRecord;
}

export interface Exchange extends LaneWrite {
  /** Digest of the refresh token that is used up. */
  readonly presented: Buffer;
  /** The successor's value, sealed under the presented token itself. */
  readonly sealedSuccessor: string;
  readonly at: Date;
  readonly successor: RefreshTokenRecord;
}

/**
 * What the token endpoint's fast lane asks of storage. Each write is one atomic statement that does all of it or, when
 * anything is not as it must be, nothing at all: the proof unused, what it hangs on alive, the refresh token unused.
 */
export interface TokenLaneStore {
  findRefreshable(digest: Buffer): Promise<Refreshable | undefined>;
  /** Uses the proof and the refresh token, and records successor and access token. */
  exchange(exchange: Exchange): Promise<boolean>;
  /** Uses the proof and records the access token of a client that acts for itself. */
  issue(issue: LaneWrite): Promise<boolean>;
}

export type Issue = LaneWrite;
