export interface GrantRecord {
  readonly id: string;
  readonly clientId: string;
  readonly accountId: string;
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface GrantStore {
  /** Inserts or updates. A revoked grant stays revoked and is not updated. */
  save(grant: GrantRecord): Promise<void>;
  /** Undefined when unknown, revoked, or when its account's or client's generation has moved, or everything was revoked, since it was made. */
  find(id: string): Promise<GrantRecord | undefined>;
  /** Moves the grant's generation and marks it revoked: every code and token of it is dead. */
  revoke(id: string, at: Date): Promise<boolean>;
  /** Revokes all that the account granted to the client. False when there was nothing. */
  revokeOf(accountId: string, clientId: string, at: Date): Promise<boolean>;
  listOf(accountId: string): Promise<GrantRecord[]>;
}
