export interface SessionRecord {
  /** Stays the same while the cookie's id changes. */
  readonly uid: string;
  /** SHA-256 of the session id in the cookie. */
  readonly digest: Buffer;
  readonly accountId: string | undefined;
  readonly expiresAt: number;
  /** oidc-provider's payload without jti. */
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface SessionStore {
  /**
   * Inserts, or updates by uid: the new digest replaces the old one, which is worthless from then on.
   * False when the session was ended meanwhile; it is not revived. When the account changes, the generation moves.
   */
  save(session: SessionRecord): Promise<boolean>;
  /** Undefined when unknown, ended, or the account's generation has moved since the login. */
  findByDigest(digest: Uint8Array): Promise<SessionRecord | undefined>;
  findByUid(uid: string): Promise<SessionRecord | undefined>;
  /** Moves the session's generation and ends it: what hangs on it dies. */
  end(uid: string, at: Date): Promise<boolean>;
  endByDigest(digest: Uint8Array, at: Date): Promise<boolean>;
}
