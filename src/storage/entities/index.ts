import { AccessTokenEntity } from './access-token-entity.js';
import { AccountEventEntity } from './account-event-entity.js';
import { AccountEntity } from './account-entity.js';
import { ApprovalEntity } from './approval-entity.js';
import { ArtifactEntity } from './artifact-entity.js';
import { AttemptEntity } from './attempt-entity.js';
import { BackchannelGateEntity } from './backchannel-gate-entity.js';
import { BackchannelRequestEntity } from './backchannel-request-entity.js';
import { BoundKeyEntity } from './bound-key-entity.js';
import { BoundSessionEntity } from './bound-session-entity.js';
import { ChallengeEntity } from './challenge-entity.js';
import { ClientEntity } from './client-entity.js';
import { DeviceEntity } from './device-entity.js';
import { DeviceKeyEntity } from './device-key-entity.js';
import { DraftEntity } from './draft-entity.js';
import { EpochEntity } from './epoch-entity.js';
import { ExchangeGrantEntity } from './exchange-grant-entity.js';
import { ExchangeSourceEntity } from './exchange-source-entity.js';
import { ExchangedTokenEntity } from './exchanged-token-entity.js';
import { GrantEntity } from './grant-entity.js';
import { LegacyCredentialEntity, LegacySpendingEntity } from './legacy-credential-entity.js';
import { MailCodeEntity } from './mail-code-entity.js';
import { KnownBrowserEntity } from './known-browser-entity.js';
import { MailEntity } from './mail-entity.js';
import { NoticeEntity } from './notice-entity.js';
import { PasskeyEntity } from './passkey-entity.js';
import { RecoveryCodeEntity } from './recovery-code-entity.js';
import { RecoveryEntity } from './recovery-entity.js';
import { RefreshTokenEntity } from './refresh-token-entity.js';
import { RefusalEntity } from './refusal-entity.js';
import { ReplayEntity } from './replay-entity.js';
import { RevocationEntity, RevocationHeadEntity } from './revocation-entity.js';
import { SessionEntity } from './session-entity.js';
import { SettingEntity } from './setting-entity.js';
import { PushSubscriptionEntity } from './push-subscription-entity.js';
import { SigningKeyEntity } from './signing-key-entity.js';
import { UpstreamIdentityEntity } from './upstream-identity-entity.js';
import { UpstreamLoginEntity } from './upstream-login-entity.js';
import { UsageReportEntity } from './usage-report-entity.js';
import { WebhookEntity } from './webhook-entity.js';
import { TierDeviceEntity } from './tier-device-entity.js';
import { WouldRefuseEntity } from './would-refuse-entity.js';

/** Every table, for TypeORM. */
export const entities = [
  AccessTokenEntity,
  AccountEntity,
  AccountEventEntity,
  ApprovalEntity,
  ArtifactEntity,
  AttemptEntity,
  BackchannelGateEntity,
  BackchannelRequestEntity,
  BoundKeyEntity,
  BoundSessionEntity,
  ChallengeEntity,
  ClientEntity,
  DeviceEntity,
  DeviceKeyEntity,
  DraftEntity,
  EpochEntity,
  ExchangeGrantEntity,
  ExchangeSourceEntity,
  ExchangedTokenEntity,
  GrantEntity,
  LegacyCredentialEntity,
  LegacySpendingEntity,
  MailCodeEntity,
  KnownBrowserEntity,
  MailEntity,
  NoticeEntity,
  PasskeyEntity,
  PushSubscriptionEntity,
  RecoveryCodeEntity,
  RecoveryEntity,
  RefreshTokenEntity,
  RefusalEntity,
  ReplayEntity,
  RevocationEntity,
  RevocationHeadEntity,
  SessionEntity,
  SettingEntity,
  SigningKeyEntity,
  UpstreamIdentityEntity,
  UpstreamLoginEntity,
  UsageReportEntity,
  WebhookEntity,
  TierDeviceEntity,
  WouldRefuseEntity,
];
