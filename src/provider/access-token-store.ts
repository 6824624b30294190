export interface AccessTokenRecord {
  /** SHA-256 of the opaque value, or of `jwt:` and the jti of a JWT. */
  readonly digest: Buffer;
  /** Hour of expiry; see lib/opaque-token.ts. */
  readonly bucket: number;
  readonly kind: 'AccessToken' | 'ClientCredentials';
  readonly format: 'opaque' | 'jwt';
  readonly clientId: string;
  readonly accountId: string | undefined;
  readonly grantId: string | undefined;
  /** Present when the token ends with the login session. */
  readonly sessionUid: string | undefined;
  readonly jkt: string | undefined;
  /** Thumbprint of the certificate that it is bound to instead (`x5t#S256`, RFC 8705 §3.1). */
  readonly certificate: string | undefined;
  readonly scope: string | undefined;
  /** The one resource it is for; undefined: userinfo only. */
  readonly audience: string | undefined;
  readonly acr: string | undefined;
  readonly amr: readonly string[] | undefined;
  /** Seconds since the epoch, as iat and exp in the token. */
  readonly authTime: number | undefined;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** The rest of oidc-provider's payload, without jti. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** It came of a login, not of a refresh: its key is from now on a device of the person, if it was not before. */
  readonly ofLogin?: boolean;
  /** The session of that login, also where the token outlives it. */
  readonly loginSessionUid?: string | undefined;
}

export interface FoundAccessToken extends AccessTokenRecord {
  /** False once it is revoked, or any generation (account, client, grant, session, device, key, epoch) has moved, or one is gone. */
  readonly alive: boolean;
  /** The person's device that holds the key, where it was known when the token was issued. */
  readonly deviceId: string | undefined;
  /** Where the client's metadata lives; a client of the config file may be gone from the file. */
  readonly clientSource: 'config' | 'database';
  /** Of the account, after a recovery: models of paid tiers stay shut until then. */
  readonly paidTiersHeldUntil: Date | undefined;
}

export interface AccessTokenStore {
  /**
   * Reads the generations of account, client, grant, session, device and key FOR SHARE and inserts with them, in one
   * statement. False, and nothing inserted, when one of them is revoked, disabled or gone. Of a login, notes its device before.
   */
  insert(record: AccessTokenRecord): Promise<boolean>;
  /** One joined statement. Also returns expired rows whose partition still exists; the caller looks at expiresAt. */
  find(digest: Uint8Array, bucket: number): Promise<FoundAccessToken | undefined>;
  /** Revokes this token alone. */
  revoke(digest: Uint8Array, bucket: number, at: Date): Promise<void>;
}
