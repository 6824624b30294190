import type { RefusalEntry } from './refusal.js';

/** The part of the catalogue that people meet on our pages. */
export const personRefusals = {
  interaction_gone: {
    status: 400,
    error: 'invalid_request',
    says: 'This sign-in was finished or has expired.',
    help: 'The interaction’s cookie is missing or its record is gone (lifetimes.interaction, one hour). The person starts again at the app.',
  },
  cross_site_form: {
    status: 403,
    error: 'access_denied',
    says: 'The form was not sent from our page.',
    help: 'Origin or Sec-Fetch-Site said that a form post came from another site, or its token was wrong.',
  },
  passkey_rejected: {
    status: 400,
    error: 'access_denied',
    says: 'That passkey did not work.',
    help: 'A step of WebAuthn §7.1 or §7.2 failed; the detail names it.',
  },
  passkey_unknown: {
    status: 400,
    error: 'access_denied',
    says: 'That passkey did not work.',
    help: 'The credential id is not registered here.',
  },
  passkey_removed: {
    status: 400,
    // Tells the script of our page to have the password manager forget it (WebAuthn L3 §5.1.10.2).
    error: 'unknown_credential',
    says: 'That passkey was removed from your account.',
    help: 'The signature is right, but the passkey was removed. The browser is told, so that it offers it no longer.',
  },
  challenge_spent: {
    status: 400,
    error: 'access_denied',
    says: 'That took too long or was used already. Try again.',
    help: 'The WebAuthn challenge is unknown, expired, used, or was made for another interaction or purpose.',
  },
  passkey_held: {
    status: 403,
    error: 'access_denied',
    says: 'That passkey can’t confirm changes yet.',
    help: 'A passkey that was added later confirms nothing until accounts.new_passkey_hold has passed, and one whose sign count went back never does. Use another passkey of the account.',
  },
  confirmation_needed: {
    status: 403,
    error: 'access_denied',
    says: 'Confirm this with your passkey.',
    help: 'A change that matters needs a fresh assertion, made for it alone; the request carried none.',
  },
  confirmation_unavailable: {
    status: 403,
    error: 'access_denied',
    says: 'None of your passkeys can confirm this yet.',
    help: 'The change needs an assertion by a passkey that may step up. The account has none: its passkeys are held (accounts.new_passkey_hold), or it has no passkey at all.',
  },
  passkey_last: {
    status: 409,
    error: 'access_denied',
    says: 'This is your only passkey. Add another one first.',
    help: 'The last passkey of an account goes only where unused recovery codes and a verified e-mail address still let the person in.',
  },
  passkey_gone: {
    status: 404,
    error: 'not_found',
    says: 'You have no such passkey.',
    help: 'The credential id is not a passkey of this account; perhaps it was removed in another window.',
  },
  passkey_name_invalid: {
    status: 400,
    error: 'invalid_request',
    says: 'Please choose a name of at most 60 characters.',
    help: 'The name of a passkey is empty, longer than 60 characters or holds control characters.',
  },
  sign_in_too_old: {
    status: 403,
    error: 'access_denied',
    says: 'Sign in again to do that.',
    help: 'An account without passkeys adds its first one only within five minutes of a sign-in.',
  },
  signed_out: {
    status: 401,
    error: 'access_denied',
    says: 'You are signed out. Sign in again.',
    help: 'The session behind the page is over: signed out, idle for lifetimes.session_idle, older than lifetimes.session, or revoked.',
  },
  app_gone: {
    status: 404,
    error: 'not_found',
    says: 'This app is not connected to your account.',
    help: 'The account granted this client nothing, or it was disconnected in another window.',
  },
  browser_gone: {
    status: 404,
    error: 'not_found',
    says: 'This browser is not signed in.',
    help: 'The account has no live session with this uid; perhaps it ended meanwhile.',
  },
  account_disabled: {
    status: 403,
    error: 'access_denied',
    says: 'That passkey did not work.',
    help: 'The account is disabled (holdfast account disable).',
  },
  profile_invalid: {
    status: 400,
    error: 'invalid_request',
    says: 'Please check the name and the e-mail address.',
    help: 'The name at sign-up is empty, longer than 60 characters or holds control characters, or the e-mail address is none.',
  },
  mail_code_wrong: {
    status: 400,
    error: 'access_denied',
    says: 'That code is not right.',
    help: 'The code from the mail was typed wrong, or there is no account behind the address: then no code works. A code takes five tries.',
  },
  mail_code_gone: {
    status: 400,
    error: 'access_denied',
    says: 'That code can no longer be used. Ask for a new one.',
    help: 'The code from the mail is expired (accounts.mail_code_lifetime), used, replaced by a newer one, or was tried five times.',
  },
  mail_code_limit: {
    status: 429,
    error: 'temporarily_unavailable',
    says: 'That were many codes. Start again at the app later.',
    help: 'One sign-in may ask for five codes by mail. The person starts again at the app.',
  },
  recovery_refused: {
    status: 400,
    error: 'access_denied',
    says: 'That recovery code did not work.',
    help: 'The recovery code is wrong, used, or was replaced by newer ones.',
  },
  recovery_undo_refused: {
    status: 400,
    error: 'invalid_request',
    says: 'This link has expired or was used already.',
    help: 'The link to undo a recovery works once, for accounts.undo_lifetime seconds.',
  },
  step_gone: {
    status: 400,
    error: 'invalid_request',
    says: 'This page is out of date. Start this step again.',
    help: 'The step was finished in another tab, was begun in another browser, or has expired.',
  },
  email_taken: {
    status: 400,
    error: 'access_denied',
    says: 'There is an account with this e-mail address by now. Sign in with its passkey.',
    help: 'Told only to who proved the address: between the mail code and the passkey another sign-up took it.',
  },
  test_login_refused: {
    status: 403,
    error: 'access_denied',
    says: 'That did not work.',
    help: 'dangerously_allow_test_login is off, or the form was incomplete.',
  },
} as const satisfies Record<string, RefusalEntry>;
