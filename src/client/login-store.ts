import type { ProofKey } from '../proof/create-proof.js';
import type { AuthorizationDetails } from './challenge.js';

/** Whose login it is, and for what. */
export interface LoginIdentity {
  readonly issuer: string;
  readonly clientId: string;
  readonly resource: string;
}

/** What the provider last gave. All of it is bound to the key, and worth nothing without it. */
export interface LoginTokens {
  readonly accessToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly refreshToken?: string;
  readonly idToken?: string;
  /** What the person approved, as the token response said it (RFC 9396 §7). */
  readonly granted: AuthorizationDetails;
}

/** What is kept of a login. Without tokens, the person is on her way to the provider for the first time. */
export interface StoredLogin extends LoginIdentity {
  readonly key: ProofKey;
  readonly tokens?: LoginTokens;
}

/** Where a login is kept. One store holds one login. */
export interface LoginStore {
  /** Whether private keys must be written out; a store that can keep a CryptoKey as it is needs none that can be read. */
  readonly extractable?: boolean;
  read(): Promise<StoredLogin | undefined>;
  write(login: StoredLogin): Promise<void>;
  remove(): Promise<void>;
  /** Runs `work` while nobody else who shares this store runs theirs: other tabs, other processes. */
  exclusively<Value>(work: () => Promise<Value>): Promise<Value>;
}

/** A store that ends with its process. */
export function memoryStore(): LoginStore {
  let kept: StoredLogin | undefined;
  return {
    read: () => Promise.resolve(kept),
    write: (login) => Promise.resolve(void (kept = login)),
    remove: () => Promise.resolve(void (kept = undefined)),
    exclusively: oneAfterAnother(),
  };
}

/** Lets works of this process run one after another, whatever becomes of each. */
export function oneAfterAnother(): LoginStore['exclusively'] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
}
