import { AccountEventLog } from '../accounts/account-event-log.js';
import { AccountNews } from '../accounts/account-news.js';
import { AddPasskeyService } from '../accounts/add-passkey-service.js';
import { AssertionCheck } from '../accounts/assertion-check.js';
import { ChallengeService } from '../accounts/challenge-service.js';
import { ConfirmationService } from '../accounts/confirmation-service.js';
import { PasskeyService } from '../accounts/passkey-service.js';
import type { HardwareModels } from '../accounts/hardware-models.js';
import { relyingPartyOf } from '../accounts/relying-party.js';
import { SignInService } from '../accounts/sign-in-service.js';
import { SignUpService } from '../accounts/sign-up-service.js';
import type { Mailer } from '../mail/mailer.js';
import { SignInDeviceService } from '../binding/sign-in-device-service.js';
import { ApprovalService } from '../stepup/approval-service.js';
import type { Storage } from '../storage/storage.js';
import { codeParts } from './code-parts.js';
import type { Observed } from './observed.js';
import type { AppOptions } from './options.js';

export type AccountParts = ReturnType<typeof accountParts>;

/** The services of accounts, made once; the pages of a sign-in and of the account share them. */
export function accountParts(
  storage: Storage,
  options: AppOptions,
  observed: Observed,
  {
    mailer,
    hardwareModels,
  }: { readonly mailer: Mailer; readonly hardwareModels: HardwareModels | undefined },
) {
  const { config, clock, random } = options;
  const { events, circumstances } = observed;
  const { accounts, passkeys, recoveries, transaction, accountEvents } = storage;
  const log = new AccountEventLog({ accountEvents, circumstances, clock, random });
  const news = new AccountNews({ log, accounts, mailer, circumstances });
  const challenges = new ChallengeService({ challenges: storage.challenges, random, clock });
  const relyingParty = relyingPartyOf(config);
  const issuers = config.upstream_providers.map(({ issuer }) => issuer);
  const stores = { accounts, passkeys, recoveries, transaction };
  const common = { ...stores, hardwareModels, relyingParty, challenges, events, news, clock, random };
  const ceremony = { ...common, assertions: new AssertionCheck(common) };
  const addPasskey = new AddPasskeyService({
    ...ceremony,
    hold: config.accounts.new_passkey_hold,
    addedIn: ({ accountId, credentialId, createdAt: at }, sessionUid) => {
      const thumbprint = credentialId.toString('base64url');
      return storage.devices.sightKey({ accountId, sessionUid, kind: 'passkey', thumbprint, at });
    },
  });
  const codes = codeParts(storage, options, observed, { log, news, mailer, addPasskey });
  return {
    ...codes,
    log,
    signInDevices: new SignInDeviceService({
      ...common,
      circumstances,
      devices: storage.devices,
      knownBrowsers: codes.knownBrowsers,
      most: config.devices.per_account,
    }),
    news,
    mailer,
    challenges,
    signIn: new SignInService(ceremony),
    signUp: new SignUpService(ceremony),
    confirmation: new ConfirmationService(ceremony),
    passkeys: new PasskeyService({ ...ceremony, issuers }),
    addPasskey,
    approval: new ApprovalService({ ...ceremony, approvals: storage.approvals }),
  };
}
