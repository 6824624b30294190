import type { Provider } from 'oidc-provider';
import type { AccountEventLog } from '../accounts/account-event-log.js';
import type { KnownBrowserService } from '../accounts/known-browser-service.js';
import type { PasskeyService } from '../accounts/passkey-service.js';
import type { SignInDeviceService } from '../binding/sign-in-device-service.js';
import type { SignInService } from '../accounts/sign-in-service.js';
import type { TestLoginService } from '../accounts/test-login-service.js';
import type { AccountId } from '../accounts/account.js';
import type { CircumstancesSource } from '../accounts/circumstances.js';
import type { Config } from '../config/schema.js';
import type { Clock } from '../lib/clock.js';
import type { Transaction } from '../lib/transaction.js';
import type { Mailer } from '../mail/mailer.js';
import type { SecurityEvents } from '../observability/events.js';
import type { ApprovalService } from '../stepup/approval-service.js';
import type { ApprovalStore } from '../stepup/approval-store.js';
import type { CutOff } from '../stepup/backchannel-service.js';
import type { Tiers } from '../stepup/tiers.js';

export interface InteractionPorts {
  /** The instance that the routes are attached to. */
  readonly provider: Provider;
  readonly config: Config;
  readonly tiers: Tiers;
  readonly approval: ApprovalService;
  readonly approvals: Pick<ApprovalStore, 'revoke'>;
  readonly transaction: Transaction;
  readonly circumstances: CircumstancesSource;
  readonly clock: Clock;
  readonly cutOff: CutOff;
  readonly signIn: SignInService;
  readonly passkeys: PasskeyService;
  readonly signInDevices: Pick<SignInDeviceService, 'signedIn'>;
  readonly knownBrowsers: KnownBrowserService;
  readonly mailer: Pick<Mailer, 'available'>;
  readonly log: Pick<AccountEventLog, 'record'>;
  readonly testLogin: TestLoginService;
  /** How a person knows an account for her own: by its address, or by what she calls herself. */
  readonly nameOf: (accountId: string | undefined) => Promise<string | undefined>;
  /** Until when paid tiers are shut to an account after a recovery. */
  readonly heldUntil: (accountId: AccountId) => Promise<Date | undefined>;
  /** deriveKey(master, 'interaction form') */
  readonly interactionKey: Uint8Array;
  readonly events: Pick<
    SecurityEvents,
    'consentGiven' | 'consentRefused' | 'testLoginUsed' | 'crossSiteForm' | 'requestDisowned'
  >;
}
