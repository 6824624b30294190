import { Foundation1750000000000 } from './1750000000000-foundation.js';
import { AccountEmail1763000000000 } from './1763000000000-account-email.js';
import { Mail1763000001000 } from './1763000001000-mail.js';
import { Attempts1763000001200 } from './1763000001200-attempts.js';
import { KnownBrowsers1763000001300 } from './1763000001300-known-browsers.js';
import { EmailSignals1763000001500 } from './1763000001500-email-signals.js';
import { UpstreamLogins1763000002000 } from './1763000002000-upstream-logins.js';
import { Passkeys1763000003000 } from './1763000003000-passkeys.js';
import { RemovedPasskeys1763000003100 } from './1763000003100-removed-passkeys.js';
import { CodesAndRecovery1763000004000 } from './1763000004000-codes-and-recovery.js';
import { AccountEvents1763000005000 } from './1763000005000-account-events.js';
import { SessionUse1763000005100 } from './1763000005100-session-use.js';
import { AttemptsByAnyClock1763000005200 } from './1763000005200-attempts-by-any-clock.js';
import { Approvals1764000001000 } from './1764000001000-approvals.js';
import { Backchannel1764000002000 } from './1764000002000-backchannel.js';
import { PushSubscriptions1764000003000 } from './1764000003000-push-subscriptions.js';
import { AttestedPasskeys1764000004000 } from './1764000004000-attested-passkeys.js';
import { RevocationLog1765000001000 } from './1765000001000-revocation-log.js';
import { UsageReports1765000002000 } from './1765000002000-usage-reports.js';
import { Webhooks1765000003000 } from './1765000003000-webhooks.js';
import { LoggedEnds1766000000000 } from './1766000000000-logged-ends.js';
import { TokenExchange1766000001000 } from './1766000001000-token-exchange.js';
import { ObserveAndLegacy1766000002000 } from './1766000002000-observe-and-legacy.js';
import { BoundSessions1767000000000 } from './1767000000000-bound-sessions.js';
import { Devices1767000001000 } from './1767000001000-devices.js';
import { SuspectedSessions1767000002000 } from './1767000002000-suspected-sessions.js';
import { TierDevices1767000003000 } from './1767000003000-tier-devices.js';

/** Every migration, oldest first. A migration that has left the house is never edited. */
export const migrations = [
  Foundation1750000000000,
  AccountEmail1763000000000,
  Mail1763000001000,
  Attempts1763000001200,
  KnownBrowsers1763000001300,
  EmailSignals1763000001500,
  UpstreamLogins1763000002000,
  Passkeys1763000003000,
  RemovedPasskeys1763000003100,
  CodesAndRecovery1763000004000,
  AccountEvents1763000005000,
  SessionUse1763000005100,
  AttemptsByAnyClock1763000005200,
  Approvals1764000001000,
  Backchannel1764000002000,
  PushSubscriptions1764000003000,
  AttestedPasskeys1764000004000,
  RevocationLog1765000001000,
  UsageReports1765000002000,
  Webhooks1765000003000,
  LoggedEnds1766000000000,
  TokenExchange1766000001000,
  ObserveAndLegacy1766000002000,
  BoundSessions1767000000000,
  Devices1767000001000,
  SuspectedSessions1767000002000,
  TierDevices1767000003000,
];
