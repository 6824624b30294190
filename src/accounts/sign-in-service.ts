import {
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { type Clock, epochSeconds } from '../lib/clock.js';
import { accepted, type Result } from '../lib/result.js';
import type { SecurityEvents } from '../observability/events.js';
import type { AssertionCheck } from './assertion-check.js';
import type { Authentication } from './authentication.js';
import { challengeLife, type ChallengeService } from './challenge-service.js';
import type { HardwareModels } from './hardware-models.js';
import { strengthOf } from './passkey-policy.js';
import type { RelyingParty } from './relying-party.js';

export interface SignInPorts {
  readonly relyingParty: RelyingParty;
  readonly challenges: ChallengeService;
  readonly assertions: AssertionCheck;
  readonly events: Pick<SecurityEvents, 'signedIn' | 'passkeyRejected'>;
  readonly clock: Clock;
  readonly hardwareModels: HardwareModels | undefined;
}

/** Signs a person in with a discoverable passkey: she types no name, the passkey says who she is. */
export class SignInService {
  readonly #ports: SignInPorts;

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

  async finish(interactionUid: string, input: unknown): Promise<Result<Authentication>> {
    const result = await this.#finish(interactionUid, input);
    const { events } = this.#ports;
    if (result.ok) events.signedIn({ accountId: result.value.accountId, acr: result.value.acr });
    else events.passkeyRejected({ detail: `sign-in: ${result.refusal.detail ?? result.refusal.code}` });
    return result;
  }

  async #finish(interactionUid: string, input: unknown): Promise<Result<Authentication>> {
    const { assertions, clock, hardwareModels } = this.#ports;
    const checked = await assertions.check(input, { purpose: 'sign_in', boundTo: interactionUid });
    if (!checked.ok) return checked;
    const strength = strengthOf(checked.value, clock.now(), hardwareModels);
    const { accountId, accountGeneration } = checked.value;
    return accepted({ accountId, accountGeneration, ...strength, authTime: epochSeconds(clock) });
  }
}
