import type { AccountNews } from '../accounts/account-news.js';
import type { AccountEventLog } from '../accounts/account-event-log.js';
import type { AddPasskeyService } from '../accounts/add-passkey-service.js';
import { createAttemptLimits } from '../accounts/attempt-service.js';
import { DraftService } from '../accounts/draft-service.js';
import { KnownBrowserService } from '../accounts/known-browser-service.js';
import { MailCodeService } from '../accounts/mail-code-service.js';
import { RecoveryCodeService } from '../accounts/recovery-code-service.js';
import { RecoveryEndService } from '../accounts/recovery-end-service.js';
import { RecoveryMailService } from '../accounts/recovery-mail-service.js';
import { RecoveryService } from '../accounts/recovery-service.js';
import { SignUpStepsService } from '../accounts/sign-up-steps-service.js';
import { deriveKey } from '../lib/hashing.js';
import type { Mailer } from '../mail/mailer.js';
import type { Storage } from '../storage/storage.js';
import type { Observed } from './observed.js';
import type { AppOptions } from './options.js';

interface Told {
  readonly log: AccountEventLog;
  readonly news: AccountNews;
  readonly mailer: Mailer;
  readonly addPasskey: AddPasskeyService;
}

/** What works with codes: by mail, or kept on paper. Sign-up, recovery, and the limits of guessing. */
export function codeParts(
  storage: Storage,
  { config, masterKey, clock, random }: AppOptions,
  { events }: Observed,
  { log, news, mailer, addPasskey }: Told,
) {
  const { accounts } = config;
  const common = { ...storage, events, clock, random, news, mailer };
  const knownBrowsers = new KnownBrowserService({ ...common, key: knownBrowsersKey(masterKey) });
  const limits = createAttemptLimits({
    attempts: storage.attempts,
    limits: config.limits,
    key: deriveKey(masterKey, 'attempts'),
    clock,
    events,
    knownBrowsers,
  });
  const drafts = new DraftService({ ...common, lifetime: config.lifetimes.interaction });
  const mailCodes = new MailCodeService({
    ...common,
    limits,
    key: deriveKey(masterKey, 'mail codes'),
    lifetime: accounts.mail_code_lifetime,
  });
  const recoveryCodes = new RecoveryCodeService({
    ...common,
    accountEvents: log,
    key: deriveKey(masterKey, 'recovery codes'),
  });
  const parts = { ...common, limits, drafts, mailCodes, recoveryCodes };
  return {
    knownBrowsers,
    limits,
    mailCodes,
    recoveryCodes,
    signUpSteps: new SignUpStepsService({
      ...parts,
      asksEmail: mailer.available ? accounts.email_at_sign_up : 'none',
      key: deriveKey(masterKey, 'shown recovery codes'),
    }),
    recoveryMail: new RecoveryMailService(parts),
    recovery: new RecoveryService({
      ...parts,
      hold: accounts.recovery_hold,
      undoLifetime: accounts.undo_lifetime,
    }),
    recoveryEnd: new RecoveryEndService({ ...parts, addPasskey }),
  };
}

export function knownBrowsersKey(masterKey: Uint8Array): Uint8Array {
  return deriveKey(masterKey, 'known browsers');
}
