import type { AccountImportStore } from '../accounts/account-import-store.js';
import type { AccountStore } from '../accounts/account-store.js';
import type { PasskeyStore } from '../accounts/passkey-store.js';
import type { UpstreamIdentityStore } from '../accounts/upstream-identity-store.js';
import type { DeviceStore } from '../binding/device-store.js';
import type { RevokedKeyStore } from '../binding/revoked-key-store.js';
import type { Config } from '../config/schema.js';
import type { Clock } from '../lib/clock.js';
import type { Random } from '../lib/random.js';
import type { SettingStore } from '../lib/setting-store.js';
import type { Transaction } from '../lib/transaction.js';
import type { SecurityEvents } from '../observability/events.js';
import type { DatabaseHealth } from '../observability/health.js';
import type { RefusalStore } from '../observability/refusal-store.js';
import type { AccessTokenStore } from '../provider/access-token-store.js';
import type { ClientStore } from '../provider/client-store.js';
import type { EpochStore } from '../provider/epoch-store.js';
import type { GrantStore } from '../provider/grant-store.js';
import type { Keystore } from '../provider/keystore.js';
import type { RefreshTokenStore } from '../provider/refresh-token-store.js';
import type { SessionStore } from '../provider/session-store.js';
import type { SigningKeyStore } from '../provider/signing-key-store.js';
import type { LegacyCredentialStore } from '../resource/legacy-credential-store.js';
import type { ObservationStore } from '../resource/observation-store.js';
import type { ApprovalStore } from '../stepup/approval-store.js';

/** What the operator's commands stand on; storage gives most of it. */
export interface AdminStores extends DatabaseHealth {
  readonly kind: 'embedded' | 'postgres';
  readonly accounts: AccountStore;
  readonly accountImports: AccountImportStore;
  readonly upstreamIdentities: Pick<UpstreamIdentityStore, 'link'>;
  readonly transaction: Transaction;
  readonly passkeys: Pick<PasskeyStore, 'find'>;
  readonly approvals: Pick<ApprovalStore, 'find' | 'everyOf'>;
  readonly clients: ClientStore;
  readonly accessTokens: Pick<AccessTokenStore, 'find' | 'revoke'>;
  readonly refreshTokens: Pick<RefreshTokenStore, 'find'>;
  readonly grants: Pick<GrantStore, 'revoke' | 'listOf'>;
  readonly sessions: Pick<SessionStore, 'end' | 'listOf'>;
  readonly devices: DeviceStore;
  readonly revokedKeys: RevokedKeyStore;
  readonly epochs: EpochStore;
  readonly refusals: RefusalStore;
  readonly observations: Pick<ObservationStore, 'report'>;
  readonly legacyCredentials: Omit<LegacyCredentialStore, 'find' | 'spend'>;
  readonly settings: SettingStore;
  readonly signingKeys: SigningKeyStore;
  migrate(): Promise<string[]>;
}

export interface AdminPorts {
  readonly config: Config;
  readonly stores: AdminStores;
  readonly keystore: Pick<Keystore, 'rotate' | 'replace'>;
  readonly events: Pick<
    SecurityEvents,
    | 'accountDisabled'
    | 'accountsImported'
    | 'clientAdded'
    | 'clientRemoved'
    | 'revoked'
    | 'legacyImported'
    | 'legacyRetired'
  >;
  readonly clock: Clock;
  readonly random: Random;
  /** Called after the keys changed, so that this process need not wait for its next poll. */
  readonly keysChanged: () => Promise<void>;
  /** Writes refusals that are still in memory, so that `explain` finds them. */
  readonly flushRefusals: () => Promise<void>;
  /** Writes counts that are still in memory, so that the report has them. */
  readonly flushObservations: () => Promise<void>;
}
