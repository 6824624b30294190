import { deriveKey } from '../lib/hashing.js';
import type { BackchannelApprovePorts } from '../provider/backchannel-approve-routes.js';
import type { Provider } from '../provider/provider-route.js';
import type { BackchannelService } from '../stepup/backchannel-service.js';
import type { Storage } from '../storage/storage.js';
import type { AccountParts } from './account-parts.js';
import type { Observed } from './observed.js';
import type { RunningOptions } from './options.js';
import type { SessionBindingParts } from './session-binding.js';

interface Parts {
  readonly people: Pick<AccountParts, 'approval' | 'log' | 'signInDevices'>;
  readonly backchannel: BackchannelService;
  readonly binding: SessionBindingParts;
  readonly nameOf: (accountId: string | undefined) => Promise<string | undefined>;
}

/** What the page needs where a person answers a request from elsewhere. */
export function approvePorts(
  provider: Provider,
  storage: Storage,
  options: RunningOptions,
  { events, site }: Pick<Observed, 'events' | 'site'>,
  { people, backchannel, nameOf, binding }: Parts,
): BackchannelApprovePorts {
  const { accounts, approvals } = storage;
  return {
    ...options,
    provider,
    site,
    events,
    accounts,
    approvals,
    backchannel,
    nameOf,
    log: people.log,
    signInDevices: people.signInDevices,
    sessionDevices: binding.devices,
    approvalService: people.approval,
    approveKey: deriveKey(options.masterKey, 'approve elsewhere'),
  };
}
