import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';

/** Whose tokens an event is about; ids are not secrets. */
export interface TokenFamily {
  readonly clientId: string;
  readonly grantId?: string;
}

/**
 * What happened to security, one method per event. Methods never throw, never wait and never take a secret.
 * Whoever needs but a few of these asks for a `Pick`.
 */
export interface SecurityEvents {
  /** A person proved who she is. */
  signedIn(event: { readonly accountId: string; readonly acr: string }): void;
  signedUp(event: { readonly accountId: string }): void;
  /** dangerously_allow_test_login was used. */
  testLoginUsed(event: { readonly accountId: string; readonly clientId: string }): void;
  /** A device holds a login session from now on, by a key of its own. */
  sessionBound(event: { readonly accountId: string; readonly binding: string }): void;
  /** A person said that a device is not hers: how much went with it. */
  deviceDisowned(event: {
    readonly accountId: string;
    readonly device: string;
    readonly sessions: number;
    readonly grants: number;
    readonly passkeys: number;
  }): void;
  /** Somebody who has not the device's key tried to renew a bound session's cookie; `detail` names the check. */
  sessionProofRefused(event: {
    readonly code: string;
    readonly accountId: string | undefined;
    readonly session: string;
    readonly binding: string;
    /** Whether the cookie beside it is the session's own. */
    readonly presented: string;
    readonly place: string | undefined;
    readonly browser: string | undefined;
    readonly detail?: string;
  }): void;
  /** A bound cookie came from another place and browser than its device's last proof, or after its end; once for each proof. */
  sessionSuspected(event: {
    readonly how: 'elsewhere' | 'not_renewed';
    readonly policy: string;
    readonly accountId: string;
    readonly session: string;
    readonly binding: string;
    readonly place: string | undefined;
    readonly browser: string | undefined;
    readonly provenPlace: string | undefined;
    readonly provenBrowser: string | undefined;
  }): void;
  consentGiven(event: {
    readonly accountId: string | undefined;
    readonly clientId: string;
    readonly grantId: string;
  }): void;
  consentRefused(event: { readonly accountId: string | undefined; readonly clientId: string }): void;
  /** A form was posted to us from another site. */
  crossSiteForm(event: { readonly detail: string }): void;
  passkeyRegistered(event: {
    readonly accountId: string;
    readonly backupEligible: boolean;
    readonly aaguid: string;
  }): void;
  /** An attestation proved no hardware key, so the passkey counts as any other; `detail` says why. */
  attestationUntrusted(event: { readonly detail: string }): void;
  /** A ceremony was refused; `detail` names the step. */
  passkeyRejected(event: { readonly detail: string }): void;
  /** A passkey's counter went back: two copies of one key may exist (WebAuthn §6.1.1). */
  signCountRegressed(event: {
    readonly accountId: string;
    readonly stored: number;
    readonly presented: number;
  }): void;
  /** BS changed: the passkey was synced for the first time, or is no longer (WebAuthn §6.1.3). */
  passkeyBackupChanged(event: { readonly accountId: string; readonly backedUp: boolean }): void;
  /** A passkey joined an account that was there already; until `held_until` it can't step up. */
  passkeyAdded(event: {
    readonly accountId: string;
    readonly madeBy: string;
    readonly heldUntil: Date;
  }): void;
  passkeyRenamed(event: { readonly accountId: string }): void;
  passkeyRemoved(event: { readonly accountId: string; readonly madeBy: string }): void;
  /** A change that matters was confirmed by a fresh assertion. */
  changeConfirmed(event: { readonly accountId: string; readonly action: string }): void;
  /** A person approved what a client asked for, with her passkey; `tier` unset: no models. */
  approved(event: {
    readonly accountId: string;
    readonly clientId: string;
    readonly approvalId: string;
    readonly tier: string | undefined;
  }): void;
  /** "I didn't ask for this", on the page of an approval. */
  requestDisowned(event: { readonly accountId: string; readonly clientId: string }): void;
  /** A login at an upstream provider was refused; `detail` names the check. */
  upstreamRefused(event: {
    readonly providerId: string;
    readonly code: string;
    readonly detail?: string;
  }): void;
  identityLinked(event: { readonly accountId: string; readonly issuer: string }): void;
  identityUnlinked(event: { readonly accountId: string; readonly issuer: string }): void;
  /** A person came back by mail code and recovery code: weakly, and everything else of hers ended. */
  recovered(event: { readonly accountId: string }): void;
  recoveryCodeRefused(event: { readonly accountId: string }): void;
  recoveryUndone(event: { readonly accountId: string; readonly passkeys: number }): void;
  codeReused(event: TokenFamily): void;
  refreshTokenReused(event: TokenFamily): void;
  refreshTokenWrongKey(event: TokenFamily): void;
  /** A bound token was presented as Bearer, without proof or with another key. */
  tokenMisuse(event: TokenFamily & { readonly how: 'bearer' | 'no_proof' | 'wrong_key' }): void;
  proofReplayed(event: TokenFamily): void;
  /** A living token's call was refused for good: no login and no approval would help. */
  callDenied(event: {
    readonly callId: string;
    readonly clientId: string;
    readonly accountId: string | undefined;
    readonly code: string;
    readonly tier: string | undefined;
  }): void;
  /** A call passed that would be refused, because its resource or tier is only observed or bearer credentials are allowed. */
  callObserved(event: {
    readonly callId: string;
    readonly resource: string;
    readonly clientId: string | undefined;
    readonly accountId: string | undefined;
    /** The code that it would be refused by. */
    readonly refusal: string;
    readonly tier: string | undefined;
  }): void;
  /** Bearer credentials of before were taken in. */
  legacyImported(event: { readonly resource: string; readonly credentials: number }): void;
  /** Bearer credentials of before were given an end. */
  legacyRetired(event: { readonly resource: string; readonly credentials: number; readonly at: Date }): void;
  revoked(event: {
    readonly what:
      | 'token'
      | 'grant'
      | 'session'
      | 'device'
      | 'key'
      | 'client'
      | 'account'
      | 'approval'
      | 'legacy'
      | 'everything';
    readonly id: string;
  }): void;
  accountDeleted(event: { readonly accountId: string }): void;
  accountExported(event: { readonly accountId: string }): void;
  emailChanged(event: { readonly accountId: string }): void;
  accountDisabled(event: { readonly accountId: string }): void;
  clientAdded(event: { readonly clientId: string }): void;
  clientRemoved(event: { readonly clientId: string }): void;
  /** Somebody tried codes faster than the limits allow. */
  guessingSlowed(event: { readonly kind: string; readonly known: boolean }): void;
  /** More mails to one address, or from one network, were asked for than the limits allow. */
  mailWithheld(event: { readonly known: boolean }): void;
  /** A mail was thrown away undelivered; who should have got it is not told. */
  mailGivenUp(event: {
    readonly mail: string;
    readonly kind: string | undefined;
    readonly failure: string;
  }): void;
  /** A notice to a client or a browser was thrown away unsent; where it should have gone is not told. */
  noticeGivenUp(event: {
    readonly notice: string;
    readonly kind: string | undefined;
    readonly failure: string;
  }): void;
  /** A client asks a person who is elsewhere (CIBA); without an account: the hint named nobody. */
  backchannelAsked(event: {
    readonly accountId: string | undefined;
    readonly clientId: string;
    readonly request: string;
  }): void;
  /** She answered, or the request ended before: by the number, by a sign-in that was too weak. */
  backchannelDecided(event: {
    readonly accountId: string | undefined;
    readonly clientId: string;
    readonly request: string;
    readonly outcome: string;
  }): void;
  /** "I didn't ask for this": somebody has the client ask in her name. */
  backchannelDisowned(event: {
    readonly accountId: string | undefined;
    readonly clientId: string;
    readonly request: string;
  }): void;
  /** An answer was fetched with another key, or by another client, than it was asked with. */
  backchannelMisuse(event: {
    readonly clientId: string;
    readonly request: string;
    readonly how: 'wrong_key' | 'other_client';
  }): void;
  /** A trusted issuer's token was exchanged; `first` is false where the same key repeats it. */
  tokenExchanged(event: {
    readonly accountId: string;
    readonly clientId: string;
    readonly grantId: string;
    readonly issuer: string;
    readonly first: boolean;
  }): void;
  /** A trusted issuer's token came again, with another key: it was copied. */
  subjectTokenReused(event: { readonly clientId: string; readonly issuer: string }): void;
  /** A trusted issuer said that a session or person signed out there; `grants` ended with it. */
  sourceLoggedOut(event: { readonly issuer: string; readonly grants: number }): void;
  /** Accounts came in from a file. */
  accountsImported(event: { readonly made: number; readonly linked: number }): void;
  keysRotated(event: { readonly kids: readonly string[] }): void;
  /** What calls to models demand is another now: by ids, tiers that came, went or changed. */
  tiersChanged(event: { readonly tiers: readonly string[] }): void;
}

/** `warn` means that somebody should look: it may be a theft. */
const levels = {
  signedIn: 'info',
  signedUp: 'info',
  testLoginUsed: 'warn',
  sessionBound: 'info',
  sessionProofRefused: 'warn',
  deviceDisowned: 'warn',
  sessionSuspected: 'warn',
  consentGiven: 'info',
  consentRefused: 'info',
  crossSiteForm: 'warn',
  passkeyRegistered: 'info',
  attestationUntrusted: 'info',
  passkeyRejected: 'info',
  signCountRegressed: 'warn',
  passkeyBackupChanged: 'info',
  passkeyAdded: 'info',
  passkeyRenamed: 'info',
  passkeyRemoved: 'info',
  changeConfirmed: 'info',
  approved: 'info',
  requestDisowned: 'warn',
  upstreamRefused: 'info',
  identityLinked: 'info',
  identityUnlinked: 'info',
  recovered: 'warn',
  recoveryCodeRefused: 'warn',
  recoveryUndone: 'warn',
  codeReused: 'warn',
  refreshTokenReused: 'warn',
  refreshTokenWrongKey: 'warn',
  tokenMisuse: 'warn',
  proofReplayed: 'warn',
  callDenied: 'info',
  callObserved: 'info',
  legacyImported: 'warn',
  legacyRetired: 'info',
  revoked: 'info',
  accountDeleted: 'info',
  accountExported: 'info',
  emailChanged: 'info',
  accountDisabled: 'info',
  clientAdded: 'info',
  clientRemoved: 'info',
  guessingSlowed: 'warn',
  mailWithheld: 'warn',
  mailGivenUp: 'warn',
  noticeGivenUp: 'warn',
  backchannelAsked: 'info',
  backchannelDecided: 'info',
  backchannelDisowned: 'warn',
  backchannelMisuse: 'warn',
  tokenExchanged: 'info',
  subjectTokenReused: 'warn',
  sourceLoggedOut: 'info',
  accountsImported: 'info',
  keysRotated: 'info',
  tiersChanged: 'info',
} as const satisfies Record<keyof SecurityEvents, 'info' | 'warn'>;

/** Each event as a log line `event: "token_misuse"` with its facts, and as a count whose only label is the name. */
export function createSecurityEvents(
  logger: Logger,
  metrics: Pick<Metrics, 'securityEvent'>,
): SecurityEvents {
  const teller = (event: string, level: 'info' | 'warn') => {
    const name = event.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
    return (facts: object) => {
      try {
        metrics.securityEvent(name);
        logger[level]({ event: name, ...named(facts) }, name.replaceAll('_', ' '));
      } catch {
        // A full disk under the log must not turn a login into an error.
      }
    };
  };
  return Object.fromEntries(
    Object.entries(levels).map(([event, level]) => [event, teller(event, level)]),
  ) as Record<keyof SecurityEvents, (facts: object) => void>;
}

/** What is named `code` may be one of a person or an app, so the log hides it: the code of a refusal goes by its other name. */
function named(facts: object): object {
  const { code, ...rest } = facts as { readonly code?: unknown };
  return code === undefined ? rest : { ...rest, refusal: code };
}
