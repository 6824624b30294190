import { ChangeEmailService } from '../accounts/change-email-service.js';
import { DeleteAccountService } from '../accounts/delete-account-service.js';
import { ConnectedAppsService } from '../console/connected-apps-service.js';
import type { ConsoleDeskPorts } from '../console/console-desk-routes.js';
import type { ConsolePorts } from '../console/console-ports.js';
import { CuttingOffService } from '../console/cutting-off-service.js';
import { ExportService } from '../console/export-service.js';
import { LivingApprovalsService } from '../console/living-approvals-service.js';
import { OldKeysService } from '../console/old-keys-service.js';
import { OwnDevicesService } from '../console/own-devices-service.js';
import { waitingRequests } from '../console/waiting-requests.js';
import { deriveKey } from '../lib/hashing.js';
import { clientFacts } from '../provider/client-facts.js';
import { logoutNotices } from '../provider/logout-notices.js';
import { sessionLimitsOf } from '../provider/session-limits.js';
import type { Provider } from '../provider/provider-route.js';
import type { UpstreamServices } from '../provider/upstream-routes.js';
import type { BackchannelService } from '../stepup/backchannel-service.js';
import type { PushService } from '../stepup/push-service.js';
import type { Storage } from '../storage/storage.js';
import type { AccountParts } from './account-parts.js';
import type { Observed } from './observed.js';
import type { RunningOptions } from './options.js';
import type { SessionBindingParts } from './session-binding.js';

interface Parts {
  readonly backchannel: BackchannelService;
  readonly push: PushService;
  readonly people: AccountParts;
  readonly upstream: UpstreamServices;
  readonly binding: SessionBindingParts;
}

/** What the account's own pages need. */
export function consolePorts(
  provider: Provider,
  storage: Storage,
  { config, tiers, masterKey, clock, logger }: RunningOptions,
  { events, site }: Observed,
  { people, upstream, push, backchannel, binding }: Parts,
): ConsolePorts & ConsoleDeskPorts {
  const { accounts, accountEvents, approvals, grants, sessions, transaction } = storage;
  const common = { ...people, accounts, accountEvents, transaction, events, clock };
  const findApp = (clientId: string) => clientFacts(provider, clientId);
  const apps = new ConnectedAppsService({ ...common, approvals, grants, findApp });
  const notices = (uids: readonly string[]) =>
    logoutNotices(provider, uids, (error) => logger.warn({ err: error }, 'an app could not be told'));
  const limits = sessionLimitsOf(config);
  const cuttingOff = new CuttingOffService({ ...common, sessions, grants, limits, notices });
  const { devices } = storage;
  const ownDevices = new OwnDevicesService({ ...common, devices, cuttingOff, apps, notices });
  const livingApprovals = new LivingApprovalsService({ ...common, approvals });
  const oldKeys = new OldKeysService({ ...common, legacyCredentials: storage.legacyCredentials });
  return {
    ...common,
    oldKeys,
    ownDevices,
    tiers,
    sessionDevices: binding.devices,
    livingApprovals,
    provider,
    site,
    push,
    waiting: (accountId) => waitingRequests(accountId, { backchannel, findApp }),
    apps,
    cuttingOff,
    passkeyHold: config.accounts.new_passkey_hold,
    upstreamLinks: upstream.links,
    changeEmail: new ChangeEmailService(common),
    deleteAccount: new DeleteAccountService(common),
    exports: new ExportService({
      ...common,
      apps,
      cuttingOff,
      livingApprovals,
      oldKeys,
      push,
      upstreamIdentities: storage.upstreamIdentities,
      devices,
      issuer: config.issuer,
    }),
    consoleKey: deriveKey(masterKey, 'account console'),
  };
}
