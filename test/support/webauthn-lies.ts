import type { Lies } from '../../examples/support/software-authenticator.js';

export const rejected = (reason: RegExp) => new RegExp(`^passkey_rejected: ${reason.source}`);

const somebody = Buffer.from('acc_somebodyelsesomebodyel').toString('base64url');

/** Each field of a response that can lie, in any ceremony, and the reason that the log must give. */
export const liesOfBoth: Record<string, [Lies, RegExp]> = {
  'another origin': [{ origin: 'https://id.example.evil.test' }, rejected(/Unexpected .* origin/)],
  'a subdomain as origin': [{ origin: 'https://app.id.example' }, rejected(/Unexpected .* origin/)],
  'our origin at another port': [{ origin: 'https://id.example:8443' }, rejected(/Unexpected .* origin/)],
  'our origin without TLS': [{ origin: 'http://id.example' }, rejected(/Unexpected .* origin/)],
  'the rpIdHash of another site': [{ rpId: 'evil.test' }, rejected(/.*RP ID/)],
  'a frame of another origin': [{ crossOrigin: true }, rejected(/crossOrigin/)],
  'a frame that names its top': [
    { crossOrigin: true, topOrigin: 'https://evil.test' },
    rejected(/crossOrigin/),
  ],
  'a topOrigin alone': [{ topOrigin: 'https://evil.test' }, rejected(/topOrigin/)],
  'UP=0': [{ flags: { userPresent: false } }, rejected(/User (presence|not present)/)],
  'UV=0': [{ flags: { userVerified: false } }, rejected(/User verification/)],
  'BS without BE': [{ flags: { backupEligible: false, backedUp: true } }, rejected(/Single-device/)],
};

/** What an assertion can lie about beside, whatever it is given for. */
export const liesOfAssertions: typeof liesOfBoth = {
  ...liesOfBoth,
  'the type of a registration': [
    { type: 'webauthn.create' },
    rejected(/Unexpected authentication response type/),
  ],
  'BE that was not there before': [{ flags: { backupEligible: true } }, rejected(/BE is true/)],
  'the user handle of another account': [{ userHandle: somebody }, rejected(/userHandle names another/)],
};

/** And where the account is known before, beside a sign-in. */
export const liesOfKnownAccount: typeof liesOfBoth = {
  ...liesOfAssertions,
  'another challenge': [{ challenge: Buffer.alloc(32, 1).toString('base64url') }, /^challenge_spent/],
  'the id of a passkey that nobody has': [{ id: 'AAAA' }, /^passkey_unknown/],
};
