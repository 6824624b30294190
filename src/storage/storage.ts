import type { AccountEventStore } from '../accounts/account-event-store.js';
import type { AccountImportStore } from '../accounts/account-import-store.js';
import type { AccountStore } from '../accounts/account-store.js';
import type { AttemptStore } from '../accounts/attempt-store.js';
import type { KnownBrowserStore } from '../accounts/known-browser-store.js';
import type { ChallengeStore } from '../accounts/challenge-store.js';
import type { DraftStore } from '../accounts/draft-store.js';
import type { MailCodeStore } from '../accounts/mail-code-store.js';
import type { PasskeyStore } from '../accounts/passkey-store.js';
import type { UpstreamIdentityStore } from '../accounts/upstream-identity-store.js';
import type { UpstreamLoginStore } from '../accounts/upstream-login-store.js';
import type { RecoveryCodeStore } from '../accounts/recovery-code-store.js';
import type { RecoveryStore } from '../accounts/recovery-store.js';
import type { BoundSessionStore } from '../provider/bound-session-store.js';
import type { DeviceStore } from '../binding/device-store.js';
import type { ReplayStore } from '../binding/replay-store.js';
import type { RevokedKeyStore } from '../binding/revoked-key-store.js';
import type { Clock } from '../lib/clock.js';
import type { SettingStore } from '../lib/setting-store.js';
import type { Transaction } from '../lib/transaction.js';
import type { OutboxStore } from '../mail/outbox-store.js';
import type { RefusalStore } from '../observability/refusal-store.js';
import type { AccessTokenStore } from '../provider/access-token-store.js';
import type { ArtifactStore } from '../provider/artifact-store.js';
import type { ClientStore } from '../provider/client-store.js';
import type { EpochStore } from '../provider/epoch-store.js';
import type { ExchangeStore } from '../provider/exchange-store.js';
import type { GrantStore } from '../provider/grant-store.js';
import type { CallRowsOptions } from './call-rows.js';
import type { CallStore } from '../resource/call-store.js';
import type { IntrospectionRowsOptions } from './introspection-rows.js';
import type { IntrospectionStore } from '../resource/introspection-store.js';
import type { RefreshTokenStore } from '../provider/refresh-token-store.js';
import type { SessionStore } from '../provider/session-store.js';
import type { SigningKeyStore } from '../provider/signing-key-store.js';
import type { TokenLaneStore } from '../provider/token-lane-store.js';
import type { WebhookStore } from '../resource/webhook-store.js';
import type { LegacyCredentialStore } from '../resource/legacy-credential-store.js';
import type { ObservationStore } from '../resource/observation-store.js';
import type { TierDeviceStore } from '../resource/tier-device-store.js';
import type { RevocationLogStore } from '../resource/revocation-log-store.js';
import type { ApprovalStore } from '../stepup/approval-store.js';
import type { PushSubscriptionStore } from '../stepup/push-subscription-store.js';
import type { BackchannelGateStore } from '../stepup/backchannel-gate-store.js';
import type { BackchannelRequestStore } from '../stepup/backchannel-request-store.js';
import type { UsageStore } from '../usage/usage-store.js';

/** Everything that storage gives to the composition root. */
export interface Storage {
  readonly kind: 'embedded' | 'postgres';
  readonly transaction: Transaction;
  readonly accounts: AccountStore;
  readonly accountImports: AccountImportStore;
  readonly accountEvents: AccountEventStore;
  readonly passkeys: PasskeyStore;
  readonly challenges: ChallengeStore;
  readonly upstreamIdentities: UpstreamIdentityStore;
  readonly upstreamLogins: UpstreamLoginStore;
  readonly mailCodes: MailCodeStore;
  readonly drafts: DraftStore;
  readonly recoveryCodes: RecoveryCodeStore;
  readonly recoveries: RecoveryStore;
  readonly replays: ReplayStore;
  readonly settings: SettingStore;
  readonly attempts: AttemptStore;
  readonly knownBrowsers: KnownBrowserStore;
  readonly pushSubscriptions: PushSubscriptionStore;
  readonly outbox: OutboxStore;
  readonly noticeOutbox: OutboxStore;
  readonly backchannelRequests: BackchannelRequestStore;
  readonly backchannelGates: BackchannelGateStore;
  readonly refusals: RefusalStore;
  readonly accessTokens: AccessTokenStore;
  /** One for each server, for what asks at the same moment asks together. */
  readonly introspections: (options: IntrospectionRowsOptions) => IntrospectionStore;
  /** One for each server, likewise. */
  readonly calls: (options: CallRowsOptions) => CallStore;
  readonly refreshTokens: RefreshTokenStore;
  readonly tokenLane: TokenLaneStore;
  readonly artifacts: ArtifactStore;
  readonly grants: GrantStore;
  readonly exchanges: ExchangeStore;
  readonly sessions: SessionStore;
  readonly boundSessions: BoundSessionStore;
  readonly clients: ClientStore;
  readonly signingKeys: SigningKeyStore;
  readonly usage: UsageStore;
  readonly observations: ObservationStore;
  readonly tierDevices: TierDeviceStore;
  readonly legacyCredentials: LegacyCredentialStore;
  readonly devices: DeviceStore;
  readonly revokedKeys: RevokedKeyStore;
  readonly epochs: EpochStore;
  readonly approvals: ApprovalStore;
  readonly webhooks: WebhookStore;
  readonly revocationLog: RevocationLogStore;
  /** How busy the connections are; for the metrics. */
  poolState(): { readonly open: number; readonly idle: number; readonly waiting: number };
  /** True when the database answers within `timeoutMs`; for /readyz. */
  ping(timeoutMs: number): Promise<boolean>;
  /** Names of migrations that have not run. */
  pendingMigrations(): Promise<string[]>;
  /** Runs them; returns their names. */
  migrate(): Promise<string[]>;
  /** Makes the time partitions of the coming hours and drops those that no row can need. Called every few minutes. */
  maintain(): Promise<void>;
  close(): Promise<void>;
}

export interface StorageOptions {
  /** A postgres:// URL; undefined: embedded. */
  readonly databaseUrl: string | undefined;
  /** The embedded database's own folder, made when missing; its lock is `dataFolder`.lock. Undefined: in memory. */
  readonly dataFolder: string | undefined;
  readonly clock: Clock;
  /** Seconds that an approval and the evidence of it are kept; unset: as long as the setting's default. */
  readonly approvalRetention?: number;
  /** Most connections to PostgreSQL. */
  readonly poolSize?: number;
}
