import {
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import type { Clock } from '../lib/clock.js';
import { accepted, refused, type Result } from '../lib/result.js';
import type { SecurityEvents } from '../observability/events.js';
import type { AssertionCheck } from './assertion-check.js';
import { challengeLife, type ChallengeService } from './challenge-service.js';
import type { StoredChallenge } from './challenge-store.js';
import type { Confirmation, ConfirmationSubject } from './confirmation.js';
import type { AccountId } from './account.js';
import { confirmsFrom, mayStepUp } from './passkey-policy.js';
import type { PasskeyStore } from './passkey-store.js';
import type { Passkey } from './passkey.js';
import type { RecoveryStore } from './recovery-store.js';
import type { RelyingParty } from './relying-party.js';

export interface ConfirmationPorts {
  readonly relyingParty: RelyingParty;
  readonly challenges: ChallengeService;
  readonly assertions: AssertionCheck;
  readonly passkeys: PasskeyStore;
  readonly recoveries: Pick<RecoveryStore, 'listUndoable'>;
  readonly events: Pick<SecurityEvents, 'changeConfirmed' | 'passkeyRejected'>;
  readonly clock: Clock;
}

/**
 * Asks the person for her passkey before a change that matters. A session alone, stolen or left open, is not enough
 * (threat 18): the challenge is made for one action on one target in one session of one account, and used up by the
 * first answer.
 */
export class ConfirmationService {
  readonly #ports: ConfirmationPorts;

  constructor(ports: ConfirmationPorts) {
    this.#ports = ports;
  }

  /** What the browser is to ask the authenticator for. `confirmation_unavailable` when no passkey may confirm now. */
  async begin(subject: ConfirmationSubject): Promise<Result<PublicKeyCredentialRequestOptionsJSON>> {
    const { challenges, passkeys, relyingParty } = this.#ports;
    const { accountId, sessionUid, action, target } = subject;
    const mayConfirm = await this.#mayConfirm(accountId);
    const able = (await passkeys.listOf(accountId)).filter(mayConfirm);
    if (able.length === 0)
      return refused('confirmation_unavailable', 'no passkey of the account may confirm');
    const challenge = await challenges.issue({
      purpose: 'confirm',
      boundTo: sessionUid,
      accountId,
      facts: { action, target },
    });
    const options = await generateAuthenticationOptions({
      rpID: relyingParty.id,
      challenge,
      timeout: challengeLife,
      userVerification: 'required',
      allowCredentials: able.map(({ credentialId, transports }) => ({
        id: credentialId.toString('base64url'),
        transports: [...transports],
      })),
    });
    return accepted(options);
  }

  /** @param response what the browser sent at the end; the change must happen in the same request */
  async finish(subject: ConfirmationSubject, response: unknown): Promise<Result<Confirmation>> {
    const { assertions, clock, events } = this.#ports;
    const { accountId, action, sessionUid } = subject;
    const mayConfirm = await this.#mayConfirm(accountId);
    const checked = await assertions.check(response, {
      purpose: 'confirm',
      boundTo: sessionUid,
      owner: accountId,
      holds: (challenge) => checkSubject(challenge, subject),
      permits: (passkey) =>
        mayConfirm(passkey)
          ? accepted(passkey)
          : refused('passkey_held', 'the passkey may not confirm changes (yet)'),
    });
    if (!checked.ok) {
      events.passkeyRejected({ detail: `${action}: ${checked.refusal.detail ?? checked.refusal.code}` });
      return checked;
    }
    events.changeConfirmed({ accountId, action });
    const { credentialId } = checked.value;
    return accepted({ ...subject, credentialId, at: new Date(clock.now()) } as Confirmation);
  }

  /** A thief who got a passkey in must wait, and meanwhile its owner reads the mail about it. */
  async #mayConfirm(accountId: AccountId): Promise<(passkey: Passkey) => boolean> {
    const { clock, recoveries } = this.#ports;
    const now = clock.now();
    const undoable = await recoveries.listUndoable(accountId, new Date(now));
    return (passkey) => mayStepUp(passkey, now) && confirmsFrom(passkey, undoable, now) === undefined;
  }
}

/** Threat 18: an assertion for one change is none for another, nor for another account's. */
function checkSubject(
  challenge: StoredChallenge,
  { accountId, action, target }: ConfirmationSubject,
): Result<StoredChallenge> {
  if (challenge.accountId !== accountId) {
    return refused('challenge_spent', 'the challenge was made for another account');
  }
  if (challenge.facts['action'] !== action) {
    return refused('challenge_spent', `the challenge was made for ${String(challenge.facts['action'])}`);
  }
  if (challenge.facts['target'] !== target) {
    return refused('challenge_spent', `the challenge was made for another target of ${action}`);
  }
  return accepted(challenge);
}
