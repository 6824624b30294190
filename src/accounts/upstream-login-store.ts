/** What is remembered of a login at an upstream provider while it goes on, under a secret that is told elsewhere. */
export interface StoredUpstreamLogin {
  /** SHA-256 of the secret: the `state` on the way there, the ticket after it. */
  readonly digest: Buffer;
  /** Encrypted, since nonce and code verifier must be presented later (law 7). */
  readonly sealed: string;
  readonly expiresAt: Date;
}

export interface UpstreamLoginStore {
  put(login: StoredUpstreamLogin): Promise<void>;
  /** Undefined when it is unknown, taken or expired at `now`. */
  find(digest: Uint8Array, now: Date): Promise<StoredUpstreamLogin | undefined>;
  /** As `find`, and once: of any number of parallel callers on any nodes one gets it (law 2). */
  take(digest: Uint8Array, now: Date): Promise<StoredUpstreamLogin | undefined>;
}
