import {
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import type { Clock } from '../lib/clock.js';
import { accepted, refused, type Result } from '../lib/result.js';
import type { SecurityEvents } from '../observability/events.js';
import type { AccountStore } from './account-store.js';
import { type Authentication, passkeyAcr, passkeyAmr } from './authentication.js';
import { challengeLife, type ChallengeService } from './challenge-service.js';
import { decoyPasskey } from './decoy-passkey.js';
import { type AssertionResponse, readAssertionResponse } from './passkey-response.js';
import type { PasskeyStore } from './passkey-store.js';
import { verifyAssertion } from './passkey-verification.js';
import type { Passkey } from './passkey.js';
import type { RelyingParty } from './relying-party.js';
import {
  checkBackupEligibility,
  checkNotFramed,
  checkUserHandle,
  readClientData,
  signCountRegressed,
} from './webauthn-policy.js';

export interface SignInPorts {
  readonly relyingParty: RelyingParty;
  readonly challenges: ChallengeService;
  readonly accounts: AccountStore;
  readonly passkeys: PasskeyStore;
  readonly events: Pick<SecurityEvents, 'signedIn' | 'passkeyRejected' | 'signCountRegressed'>;
  readonly clock: Clock;
}

/** Signs a person in with a discoverable passkey: she types no name, the passkey says who she is. */
export class SignInService {
  readonly #ports: SignInPorts;
  readonly #decoy = decoyPasskey();

  constructor(ports: SignInPorts) {
    this.#ports = ports;
  }

  async begin(interactionUid: string): Promise<PublicKeyCredentialRequestOptionsJSON> {
    const { challenges, relyingParty } = this.#ports;
    const challenge = await challenges.issue({ purpose: 'sign_in', boundTo: interactionUid });
    return await generateAuthenticationOptions({
      rpID: relyingParty.id,
      challenge,
      timeout: challengeLife,
      userVerification: 'required',
    });
  }

  /** Verifies an assertion (WebAuthn L3 §7.2). Nothing is written before every check of ours has passed. */
  async finish(interactionUid: string, input: unknown): Promise<Result<Authentication>> {
    const result = await this.#finish(interactionUid, input);
    const { events } = this.#ports;
    if (result.ok) events.signedIn({ accountId: result.value.accountId, acr: result.value.acr });
    else events.passkeyRejected({ detail: `sign-in: ${result.refusal.detail ?? result.refusal.code}` });
    return result;
  }

  async #finish(interactionUid: string, input: unknown): Promise<Result<Authentication>> {
    const { accounts, passkeys } = this.#ports;
    const response = readAssertionResponse(input);
    if (!response.ok) return response;
    const spent = await this.#spendChallenge(interactionUid, response.value);
    if (!spent.ok) return spent;
    const known = await passkeys.find(Buffer.from(response.value.id, 'base64url'));
    const passkey = known ?? this.#decoy;
    const account = await accounts.find(passkey.accountId);
    const verified = await this.#verify(response.value, passkey, spent.value);
    if (!known) return refused('passkey_unknown', 'the credential id is not registered here');
    if (!verified.ok) return verified;
    if (!account) return refused('passkey_unknown', 'the account of this passkey is gone');
    if (account.disabledAt) return refused('account_disabled', `account ${account.id} is disabled`);
    return await this.#accept(known, verified.value);
  }

  /** Returns the challenge, which from now on nobody else can use. */
  async #spendChallenge(interactionUid: string, response: AssertionResponse): Promise<Result<string>> {
    const clientData = readClientData(response.response.clientDataJSON);
    if (!clientData.ok) return clientData;
    const { challenge } = clientData.value;
    const expected = { purpose: 'sign_in', boundTo: interactionUid } as const;
    const taken = await this.#ports.challenges.take(challenge, expected);
    if (!taken.ok) return taken;
    const notFramed = checkNotFramed(clientData.value);
    return notFramed.ok ? accepted(challenge) : notFramed;
  }

  async #verify(
    response: AssertionResponse,
    passkey: Passkey,
    challenge: string,
  ): Promise<Result<{ signCount: number; backedUp: boolean }>> {
    const { relyingParty } = this.#ports;
    const verified = await verifyAssertion(response, passkey, { challenge, relyingParty });
    if (!verified.ok) return verified;
    const owner = checkUserHandle(response, passkey.accountId);
    if (!owner.ok) return owner;
    const eligibility = checkBackupEligibility(passkey, verified.value.backupEligible);
    if (!eligibility.ok) return eligibility;
    return verified;
  }

  async #accept(
    passkey: Passkey,
    verified: { signCount: number; backedUp: boolean },
  ): Promise<Result<Authentication>> {
    const { clock, events, passkeys } = this.#ports;
    const { accountId, signCount: stored } = passkey;
    // WebAuthn L3 §7.2 step 22: a count that does not grow may mean a copied key; it gets no `phr` from us.
    if (signCountRegressed(stored, verified.signCount)) {
      events.signCountRegressed({ accountId, stored, presented: verified.signCount });
      return refused('passkey_rejected', `the sign count went from ${stored} to ${verified.signCount}`);
    }
    const at = new Date(clock.now());
    await passkeys.recordUse(passkey.credentialId, {
      signCount: verified.signCount,
      backedUp: verified.backedUp,
      at,
    });
    const authTime = Math.floor(at.getTime() / 1000);
    return accepted({ accountId, acr: passkeyAcr, amr: passkeyAmr, authTime });
  }
}
