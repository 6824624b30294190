/** Where a person was signed in when her token was made, by digests of issuer and name. */
export interface ExchangeSource {
  readonly subject: Buffer;
  /** Undefined where the issuer names no session. */
  readonly session: Buffer | undefined;
}

/** Seconds since the epoch at which the issuer said that it is over; undefined: it didn't. */
export interface SourceEnds {
  /** Of a source without a session also: when one of her sessions was over, for it may be of that one. */
  readonly subject: number | undefined;
  readonly session: number | undefined;
}

export interface SubjectTokenUse {
  readonly digest: Buffer;
  readonly clientId: string;
  /** Thumbprint of the key or certificate that the new tokens are bound to. */
  readonly key: string;
  /** The token is refused by then. */
  readonly until: Date;
}

export interface ExchangeGrant extends ExchangeSource {
  readonly grantId: string;
  readonly accountId: string;
  readonly clientId: string;
  readonly key: string;
  /** `iat` of the subject token, in seconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: Date;
}

export interface ExchangeStore {
  /**
   * Until the transaction ends, nobody else exchanges for this subject or ends it at its source; with either order, the
   * one that comes second sees what the first did.
   */
  hold(source: ExchangeSource, until: Date): Promise<SourceEnds>;
  /** Law 2: `first` for one caller ever, `again` for the same key at the same client, `other_key` for everybody else. */
  use(use: SubjectTokenUse): Promise<'first' | 'again' | 'other_key'>;
  /** The newest grant of this source for the client and key that expires after `until`; it may be revoked. */
  grantOf(
    source: ExchangeSource,
    holder: { readonly clientId: string; readonly key: string; readonly until: Date },
  ): Promise<string | undefined>;
  /** Remembers where the grant came from; a grant that is used again keeps the newest `issuedAt`. */
  remember(grant: ExchangeGrant): Promise<void>;
  /** Whether the account, the client's grant of it, one of its devices, the client or everything was revoked since. */
  revokedSince(accountId: string, clientId: string, seconds: number): Promise<boolean>;
  /**
   * The source is over: in order, the session, or everything of the subject from tokens issued up to `endedAt`. Returns
   * the grants that end with it. To be called in the transaction that revokes them.
   */
  end(
    source: { readonly subject: Buffer | undefined; readonly session: Buffer | undefined },
    endedAt: number,
    until: Date,
  ): Promise<string[]>;
}
