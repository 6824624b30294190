import {
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import type { AccountStore } from '../accounts/account-store.js';
import type { AssertionCheck, CheckedPasskey } from '../accounts/assertion-check.js';
import type { Authentication } from '../accounts/authentication.js';
import { challengeLife, type ChallengeService } from '../accounts/challenge-service.js';
import type { StoredChallenge } from '../accounts/challenge-store.js';
import type { HardwareModels } from '../accounts/hardware-models.js';
import { mayStepUp, strengthOf } from '../accounts/passkey-policy.js';
import { readAssertionResponse } from '../accounts/passkey-response.js';
import type { PasskeyStore } from '../accounts/passkey-store.js';
import type { Passkey } from '../accounts/passkey.js';
import type { RelyingParty } from '../accounts/relying-party.js';
import { readClientData } from '../accounts/webauthn-policy.js';
import { randomBase62 } from '../lib/base62.js';
import { type Clock, epochSeconds } from '../lib/clock.js';
import { sameBytes, sha256 } from '../lib/hashing.js';
import type { Random } from '../lib/random.js';
import { accepted, refused, type Result } from '../lib/result.js';
import type { SecurityEvents } from '../observability/events.js';
import { approvalRandomBytes, challengeOf, type Signed, signedText } from './approval-challenge.js';
import type { ApprovalStore } from './approval-store.js';
import type { Approval, ApprovalEvidence, ApprovalId, ApprovalSubject } from './approval.js';

export interface ApprovalPorts {
  readonly relyingParty: RelyingParty;
  readonly challenges: ChallengeService;
  readonly assertions: AssertionCheck;
  readonly accounts: Pick<AccountStore, 'find'>;
  readonly passkeys: Pick<PasskeyStore, 'listOf'>;
  readonly approvals: ApprovalStore;
  readonly events: Pick<SecurityEvents, 'approved' | 'passkeyRejected'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly hardwareModels: HardwareModels | undefined;
}

/** What one assertion gave: what she agreed to, and that it was she, now. */
export interface GivenApproval {
  readonly approval: Approval;
  readonly authentication: Authentication;
}

/**
 * Asks a person for exactly one thing and keeps what proves her answer. The challenge is a hash over everything that the
 * page shows, so her assertion fits nothing else: no other details, client, key, account, page or time (threat 16).
 */
export class ApprovalService {
  readonly #ports: ApprovalPorts;

  constructor(ports: ApprovalPorts) {
    this.#ports = ports;
  }

  /** The passkeys that could approve it now. Refused where the account, its passkeys or the time say no. */
  async ability(subject: ApprovalSubject): Promise<Result<readonly Passkey[]>> {
    const { clock, passkeys } = this.#ports;
    const possible = await this.#possible(subject);
    if (!possible.ok) return possible;
    const all = await passkeys.listOf(subject.accountId);
    if (all.length === 0) return refused('approval_needs_passkey', 'the account has no passkey');
    const able = all.filter((passkey) => mayStepUp(passkey, clock.now()));
    return able.length > 0 ? accepted(able) : refused('passkey_held', 'every passkey of the account is held');
  }

  /** What the browser is to ask the authenticator for. */
  async begin(subject: ApprovalSubject): Promise<Result<PublicKeyCredentialRequestOptionsJSON>> {
    const able = await this.ability(subject);
    return able.ok ? accepted(await this.#options(subject, able.value)) : able;
  }

  /**
   * As `begin`, for somebody who is not known yet: her passkey will say who she is. Whoever asks learns nothing of the
   * account (law 6): neither whether there is one, nor its passkeys, nor whether they may approve.
   */
  beginUnknown(subject: ApprovalSubject): Promise<PublicKeyCredentialRequestOptionsJSON> {
    return this.#options(subject, []);
  }

  /**
   * @param subject as it is now, made anew from what the server knows, never from what the page sends
   * @param response what the browser sent at the end
   */
  async finish(subject: ApprovalSubject, response: unknown): Promise<Result<GivenApproval>> {
    const { approvals, events, clock, hardwareModels } = this.#ports;
    const checked = await this.#check(subject, response);
    if (!checked.ok) {
      events.passkeyRejected({ detail: `approval: ${checked.refusal.detail ?? checked.refusal.code}` });
      return checked;
    }
    const { passkey, signed } = checked.value;
    const approval: Approval = {
      id: signed.approvalId,
      subject,
      signed: signedText(signed),
      evidence: checked.value.evidence,
      createdAt: new Date(clock.now()),
      revokedAt: undefined,
      spent: 0,
      calls: 0,
    };
    const { accountId, accountGeneration } = passkey;
    if (!(await approvals.insert(approval, accountGeneration))) {
      return refused('approval_changed', 'the account was revoked meanwhile');
    }
    const { clientId, modelCall } = subject;
    events.approved({ accountId, clientId, approvalId: approval.id, tier: modelCall?.tier });
    const authTime = epochSeconds(clock);
    const strength = strengthOf(passkey, clock.now(), hardwareModels);
    const authentication = { accountId, accountGeneration, ...strength, authTime };
    return accepted({ approval, authentication });
  }

  async #options(subject: ApprovalSubject, able: readonly Passkey[]) {
    const { challenges, random, relyingParty } = this.#ports;
    const approvalId = `apr_${randomBase62(random, 22)}` as ApprovalId;
    const salt = random.bytes(approvalRandomBytes).toString('base64url');
    const challenge = Uint8Array.from(challengeOf(signedText({ approvalId, random: salt, subject })));
    const { accountId, boundTo } = subject;
    const facts = { approval_id: approvalId, random: salt };
    await challenges.keep(challenge, { purpose: 'approve', boundTo, accountId, facts });
    return await generateAuthenticationOptions({
      rpID: relyingParty.id,
      challenge,
      timeout: challengeLife,
      userVerification: 'required',
      allowCredentials: able.map(({ credentialId, transports }) => ({
        id: credentialId.toString('base64url'),
        transports: [...transports],
      })),
    });
  }

  async #check(subject: ApprovalSubject, input: unknown): Promise<Result<Checked>> {
    const { assertions, clock, relyingParty } = this.#ports;
    const current = this.#current(subject);
    if (!current.ok) return current;
    const response = readAssertionResponse(input);
    if (!response.ok) return response;
    const { clientDataJSON, authenticatorData, signature } = response.value.response;
    const clientData = readClientData(clientDataJSON);
    if (!clientData.ok) return clientData;
    let signed: Signed | undefined;
    const passkey = await assertions.check(response.value, {
      purpose: 'approve',
      boundTo: subject.boundTo,
      owner: subject.accountId,
      holds: (challenge) => {
        const held = signedIn(challenge, subject);
        if (held.ok) signed = held.value;
        return held;
      },
      permits: (used) =>
        mayStepUp(used, clock.now())
          ? accepted(used)
          : refused('passkey_held', 'the passkey may not approve (yet)'),
    });
    if (!passkey.ok) return passkey;
    // Only now, when she has shown that it is hers: to anybody else the account's state is none of his business (law 6).
    const possible = await this.#possible(subject);
    if (!possible.ok) return possible;
    if (!signed) return refused('approval_changed', 'no challenge was made for this');
    const evidence: ApprovalEvidence = {
      credentialId: passkey.value.credentialId,
      publicKey: passkey.value.publicKey,
      authenticatorData: bytes(authenticatorData),
      clientDataJson: bytes(clientDataJSON),
      signature: bytes(signature),
      rpId: relyingParty.id,
      origin: clientData.value.origin,
    };
    return accepted({ passkey: passkey.value, signed, evidence });
  }

  #current({ expiresAt }: ApprovalSubject): Result<undefined> {
    const over = expiresAt <= epochSeconds(this.#ports.clock);
    return over ? refused('approval_expired', 'its end has passed') : accepted(undefined);
  }

  /** Threat 17: after a recovery, which may have been a thief's, nothing can be spent for a while. */
  async #possible(subject: ApprovalSubject): Promise<Result<undefined>> {
    const { accounts, clock } = this.#ports;
    const { accountId, modelCall } = subject;
    const current = this.#current(subject);
    if (!current.ok) return current;
    const held = (await accounts.find(accountId))?.paidTiersHeldUntil;
    if (modelCall && held && held.getTime() > clock.now()) {
      return refused('paid_tiers_held', `paid tiers are held until ${held.toISOString()}`);
    }
    return accepted(undefined);
  }
}

interface Checked {
  readonly passkey: CheckedPasskey;
  readonly signed: Signed;
  readonly evidence: ApprovalEvidence;
}

/**
 * Threat 16: the hash is made again from the facts of this moment. Whatever differs from what the page showed when the
 * challenge was made (an amount, a model, the client, the key, the person) makes another hash.
 */
function signedIn({ accountId, digest, facts }: StoredChallenge, subject: ApprovalSubject): Result<Signed> {
  const { approval_id: approvalId, random } = facts;
  if (accountId !== subject.accountId || typeof approvalId !== 'string' || typeof random !== 'string') {
    return refused('approval_changed', 'the challenge was made for another account');
  }
  const signed: Signed = { approvalId: approvalId as ApprovalId, random, subject };
  return sameBytes(digest, sha256(challengeOf(signedText(signed))))
    ? accepted(signed)
    : refused('approval_changed', 'what is asked now differs from what the page showed');
}

function bytes(encoded: string): Buffer {
  return Buffer.from(encoded, 'base64url');
}
