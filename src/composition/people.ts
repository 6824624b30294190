import type { AccountId } from '../accounts/account.js';
import { TestLoginService } from '../accounts/test-login-service.js';
import { chosenName } from '../lib/chosen-name.js';
import { deriveKey } from '../lib/hashing.js';
import type { Provider } from '../provider/provider-route.js';
import type { Storage } from '../storage/storage.js';
import type { AccountParts } from './account-parts.js';
import { cutOffOf } from './cut-off.js';
import type { Observed } from './observed.js';
import type { AppOptions, RunningOptions } from './options.js';

/** What the pages of a sign-in need: the services of accounts, and how they are joined. */
export function interactionPorts(
  provider: Provider,
  storage: Storage,
  { config, tiers, masterKey, clock, random }: RunningOptions,
  observed: Observed,
  people: AccountParts,
) {
  const { events, site, circumstances } = observed;
  return {
    provider,
    config,
    tiers,
    site,
    events,
    ...people,
    approvals: storage.approvals,
    transaction: storage.transaction,
    clock,
    circumstances,
    cutOff: cutOffOf(provider, storage, people),
    codeMinutes: people.mailCodes.minutes,
    holdSeconds: config.accounts.recovery_hold,
    testLogin: new TestLoginService({
      allowed: config.dangerously_allow_test_login,
      accounts: storage.accounts,
      clock,
      random,
    }),
    nameOf: (id: string | undefined) => nameOf(storage, id),
    heldUntil: async (id: AccountId) => (await storage.accounts.find(id))?.paidTiersHeldUntil,
    interactionKey: interactionKey({ masterKey }),
  };
}

export function interactionKey({ masterKey }: Pick<AppOptions, 'masterKey'>): Uint8Array {
  return deriveKey(masterKey, 'interaction form');
}

async function nameOf({ accounts }: Storage, id: string | undefined): Promise<string | undefined> {
  const account = id === undefined ? undefined : await accounts.find(id as AccountId);
  return account && (account.email ?? (chosenName(account.displayName) || undefined));
}
