export interface RefreshTokenRecord {
  /** SHA-256 of the value. */
  readonly digest: Buffer;
  readonly clientId: string;
  readonly accountId: string;
  readonly grantId: string;
  /** Present when the token ends with the login session. */
  readonly sessionUid: string | undefined;
  /** The key it is bound to; undefined only for confidential clients that chose so (RFC 9449 §5). */
  readonly jkt: string | undefined;
  /** Or the certificate, by its thumbprint (`x5t#S256`). */
  readonly certificate: string | undefined;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** The rest of oidc-provider's payload, without jti. */
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface FoundRefreshToken extends RefreshTokenRecord {
  readonly alive: boolean;
  readonly consumedAt: Date | undefined;
  /** The successor's value, sealed under the presented token itself. */
  readonly sealedSuccessor: string | undefined;
}

export interface RefreshTokenStore {
  /** As AccessTokenStore.insert: false when what it hangs on is revoked or gone. */
  insert(record: RefreshTokenRecord): Promise<boolean>;
  find(digest: Uint8Array): Promise<FoundRefreshToken | undefined>;
  /**
   * Marks it used and stores its one successor, atomically; parallel callers wait for each other.
   * True for the first caller only, and never once its device is revoked. The others read `alive`, `consumedAt` and
   * `sealedSuccessor` by `find`.
   */
  consume(digest: Uint8Array, sealedSuccessor: string, at: Date): Promise<boolean>;
  /** False once its device is revoked. Until the transaction ends, such a revocation waits. */
  stands(digest: Uint8Array): Promise<boolean>;
}
