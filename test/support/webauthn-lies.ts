import type { Lies } from '../../examples/support/software-authenticator.js';

export const rejected = (reason: RegExp) => new RegExp(`^passkey_rejected: ${reason.source}`);

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
