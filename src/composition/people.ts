import { AssertionCheck } from '../accounts/assertion-check.js';
import { ChallengeService } from '../accounts/challenge-service.js';
import { relyingPartyOf } from '../accounts/relying-party.js';
import { SignInService } from '../accounts/sign-in-service.js';
import { SignUpService } from '../accounts/sign-up-service.js';
import { TestLoginService } from '../accounts/test-login-service.js';
import { deriveKey } from '../lib/hashing.js';
import type { Provider } from '../provider/provider-route.js';
import type { Storage } from '../storage/storage.js';
import type { Observed } from './observed.js';
import type { AppOptions } from './options.js';

/** What the pages of a sign-in need: the services of accounts, and how they are joined. */
export function interactionPorts(
  provider: Provider,
  storage: Storage,
  { config, masterKey, clock, random }: AppOptions,
  observed: Observed,
) {
  const { events, site } = observed;
  const { accounts, passkeys, transaction } = storage;
  const challenges = new ChallengeService({ challenges: storage.challenges, random, clock });
  const ceremony = { relyingParty: relyingPartyOf(config), challenges, accounts, passkeys, events, clock };
  const assertions = new AssertionCheck(ceremony);
  return {
    provider,
    config,
    site,
    events,
    signIn: new SignInService({ ...ceremony, assertions }),
    signUp: new SignUpService({ ...ceremony, transaction, random }),
    testLogin: new TestLoginService({
      allowed: config.dangerously_allow_test_login,
      accounts,
      clock,
      random,
    }),
    interactionKey: interactionKey({ masterKey }),
  };
}

export function interactionKey({ masterKey }: Pick<AppOptions, 'masterKey'>): Uint8Array {
  return deriveKey(masterKey, 'interaction form');
}
