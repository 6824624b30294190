import type { AccountId } from '../accounts/account.js';
import type { AccountEventStore } from '../accounts/account-event-store.js';
import type { AddPasskeyService } from '../accounts/add-passkey-service.js';
import type { ChangeEmailService } from '../accounts/change-email-service.js';
import type { ConfirmationService } from '../accounts/confirmation-service.js';
import type { DeleteAccountService } from '../accounts/delete-account-service.js';
import type { PasskeyService } from '../accounts/passkey-service.js';
import type { RecoveryCodeService } from '../accounts/recovery-code-service.js';
import type { UpstreamLinkService } from '../accounts/upstream-link-service.js';
import type { Clock } from '../lib/clock.js';
import type { Transaction } from '../lib/transaction.js';
import type { AccountNews } from '../accounts/account-news.js';
import type { Mailer } from '../mail/mailer.js';
import type { SessionDevices } from '../provider/session-device.js';
import type { PushService } from '../stepup/push-service.js';
import type { Tiers } from '../stepup/tiers.js';
import type { ConnectedAppsService } from './connected-apps-service.js';
import type { CuttingOffService } from './cutting-off-service.js';
import type { ExportService } from './export-service.js';
import type { LivingApprovalsService } from './living-approvals-service.js';
import type { OldKeysService } from './old-keys-service.js';
import type { OwnDevicesService } from './own-devices-service.js';
import type { WaitingRequest } from './waiting-requests.js';

/** What the pages of the account are made of. */
export interface ConsolePorts {
  readonly passkeys: PasskeyService;
  readonly addPasskey: AddPasskeyService;
  readonly confirmation: ConfirmationService;
  readonly recoveryCodes: RecoveryCodeService;
  readonly changeEmail: ChangeEmailService;
  readonly upstreamLinks: Pick<UpstreamLinkService, 'list' | 'unlink'>;
  readonly apps: ConnectedAppsService;
  readonly cuttingOff: CuttingOffService;
  readonly livingApprovals: LivingApprovalsService;
  readonly oldKeys: OldKeysService;
  readonly ownDevices: OwnDevicesService;
  readonly tiers: Tiers;
  readonly exports: ExportService;
  readonly deleteAccount: DeleteAccountService;
  readonly push: Pick<PushService, 'list' | 'turnOn' | 'turnOff' | 'applicationServerKey'>;
  /** What apps elsewhere ask of her just now. */
  readonly waiting: (accountId: AccountId) => Promise<readonly WaitingRequest[]>;
  readonly accountEvents: AccountEventStore;
  readonly news: AccountNews;
  readonly mailer: Pick<Mailer, 'available'>;
  readonly transaction: Transaction;
  readonly clock: Clock;
  readonly sessionDevices: Pick<SessionDevices, 'offer'>;
  /** `accounts.new_passkey_hold`, in seconds. */
  readonly passkeyHold: number;
  /** deriveKey(master, 'account console') */
  readonly consoleKey: Uint8Array;
}
