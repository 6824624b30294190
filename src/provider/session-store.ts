import type { AccountId } from '../accounts/account.js';
import type { Circumstances } from '../accounts/circumstances.js';

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

/** A request that came with the session's cookie. */
export interface SessionUse extends Circumstances {
  readonly at: Date;
}

export interface SessionSave extends SessionUse {
  readonly signedInAt: Date | undefined;
  /** Where a login is saved: the account's generation when it was verified; an older one than the present makes no session. */
  readonly accountGeneration: number | undefined;
  /** What the account knows the browser by; its device is the session's. */
  readonly browserKey: string | undefined;
  /** The digest by which the request found the session, where it gives it another id. */
  readonly replaces?: Buffer | undefined;
}

/** How long a session's cookie works. */
export interface SessionLimits {
  /** Unused for so many seconds, a session is not found by its cookie any more. */
  readonly idleSeconds: number;
  /** Likewise one that no device holds, so many seconds after its login. */
  readonly unboundSeconds: number;
}

export interface SessionFind extends SessionUse, SessionLimits {
  /** Which bound session the request proves to be of, by a cookie that only its device is given. */
  readonly boundTo: string | undefined;
}

/** The device that holds a session. */
export interface SessionBinding {
  /** Of the bound session. */
  readonly id: string;
  readonly registeredAt: Date;
}

export interface FoundSession extends SessionRecord {
  readonly binding?: SessionBinding;
}

/** A session whose cookie came without what only its device has. */
export interface UnprovenSession extends Circumstances {
  readonly uid: string;
  readonly accountId: AccountId;
  readonly bindingId: string;
}

/** A signed-in browser, as its owner sees it. */
export interface SignedInBrowser extends Circumstances {
  readonly uid: string;
  readonly deviceId: string | undefined;
  readonly signedInAt: Date | undefined;
  /** To the minute. */
  readonly lastSeenAt: Date;
  /** By its device (Device Bound Session Credentials): a copy of its cookie is worth nothing elsewhere. */
  readonly heldSince: Date | undefined;
  /** The clients that were let in there. */
  readonly clientIds: readonly string[];
}

export interface SessionStore {
  /**
   * Inserts, or updates by uid: the new digest replaces the old one, which is worthless from then on.
   * False when the session was ended or got another id meanwhile; neither is undone. When the account changes, the generation moves.
   */
  save(session: SessionRecord, save: SessionSave): Promise<boolean>;
  /**
   * Undefined when unknown, ended or idle, or the account's generation has moved since the login; when a device holds it
   * and the request is not proven to be of that device; and when none does and its time without one is over. Writes down
   * its use.
   */
  findByDigest(digest: Uint8Array, find: SessionFind): Promise<FoundSession | undefined>;
  /** The session that would be found, were the request of the device that holds it. */
  findUnproven(digest: Uint8Array, find: SessionFind): Promise<UnprovenSession | undefined>;
  /** For what hangs on the session: idle or not. */
  findByUid(uid: string): Promise<SessionRecord | undefined>;
  /** Those of the account whose cookie still works, last used first. */
  listOf(accountId: AccountId, now: SessionLimits & { readonly at: Date }): Promise<SignedInBrowser[]>;
  /** Moves the session's generation and ends it: what hangs on it dies. */
  end(uid: string, at: Date): Promise<boolean>;
  /** The same, of a session of this account only. */
  endOf(accountId: AccountId, uid: string, at: Date): Promise<boolean>;
  endByDigest(digest: Uint8Array, at: Date): Promise<boolean>;
}
