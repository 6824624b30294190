import { AccountEventLog } from '../accounts/account-event-log.js';
import { AccountNews } from '../accounts/account-news.js';
import { AddPasskeyService } from '../accounts/add-passkey-service.js';
import { AssertionCheck } from '../accounts/assertion-check.js';
import { createAttemptLimits } from '../accounts/attempt-service.js';
import { ChallengeService } from '../accounts/challenge-service.js';
import { ConfirmationService } from '../accounts/confirmation-service.js';
import { MailCodeService } from '../accounts/mail-code-service.js';
import { PasskeyService } from '../accounts/passkey-service.js';
import { RecoveryCodeService } from '../accounts/recovery-code-service.js';
import { relyingPartyOf } from '../accounts/relying-party.js';
import { SignInNews } from '../accounts/sign-in-news.js';
import { SignInService } from '../accounts/sign-in-service.js';
import { SignUpService } from '../accounts/sign-up-service.js';
import { deriveKey } from '../lib/hashing.js';
import type { Mailer } from '../mail/mailer.js';
import type { Storage } from '../storage/storage.js';
import type { Observed } from './observed.js';
import type { AppOptions } from './options.js';

export type AccountParts = ReturnType<typeof accountParts>;

/** The services of accounts, made once; the pages of a sign-in and of the account share them. */
export function accountParts(
  storage: Storage,
  { config, masterKey, clock, random }: AppOptions,
  { events, circumstances }: Observed,
  mailer: Mailer,
) {
  const { accounts, passkeys, transaction, accountEvents } = storage;
  const log = new AccountEventLog({ accountEvents, circumstances, clock, random });
  const news = new AccountNews({ log, accounts, mailer, circumstances });
  const challenges = new ChallengeService({ challenges: storage.challenges, random, clock });
  const relyingParty = relyingPartyOf(config);
  const stores = { accounts, passkeys, transaction };
  const common = { ...stores, relyingParty, challenges, events, news, clock, random };
  const ceremony = { ...common, assertions: new AssertionCheck(common) };
  const { attempts, mailCodes, recoveryCodes } = storage;
  const limits = createAttemptLimits({
    attempts,
    limits: config.limits,
    key: deriveKey(masterKey, 'attempts'),
    clock,
    events,
  });
  return {
    log,
    signInNews: new SignInNews({ accountEvents, news, circumstances }),
    news,
    mailer,
    limits,
    mailCodes: new MailCodeService({
      mailCodes,
      limits,
      key: deriveKey(masterKey, 'mail codes'),
      lifetime: config.accounts.mail_code_lifetime,
      random,
      clock,
    }),
    recoveryCodes: new RecoveryCodeService({
      recoveryCodes,
      accountEvents: log,
      transaction,
      key: deriveKey(masterKey, 'recovery codes'),
      random,
      clock,
    }),
    challenges,
    signIn: new SignInService(ceremony),
    signUp: new SignUpService(ceremony),
    confirmation: new ConfirmationService(ceremony),
    passkeys: new PasskeyService(ceremony),
    addPasskey: new AddPasskeyService({ ...ceremony, hold: config.accounts.new_passkey_hold }),
  };
}
