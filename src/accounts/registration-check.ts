import type { Clock } from '../lib/clock.js';
import { accepted, type Result } from '../lib/result.js';
import type { SecurityEvents } from '../observability/events.js';
import { checkAttestation } from './attestation-check.js';
import type { ChallengeService } from './challenge-service.js';
import type { ChallengePurpose, StoredChallenge } from './challenge-store.js';
import type { HardwareModels } from './hardware-models.js';
import { readRegistrationResponse } from './passkey-response.js';
import {
  type AttestationJudge,
  type VerifiedRegistration,
  verifyRegistration,
} from './passkey-verification.js';
import type { RelyingParty } from './relying-party.js';
import { checkNotFramed, readClientData } from './webauthn-policy.js';

export interface RegistrationPorts {
  readonly challenges: ChallengeService;
  readonly relyingParty: RelyingParty;
  readonly clock: Clock;
  readonly events: Pick<SecurityEvents, 'attestationUntrusted'>;
  /** Of the operator's metadata; unset: nobody is asked for an attestation. */
  readonly hardwareModels: HardwareModels | undefined;
}

export interface CheckedRegistration {
  readonly passkey: VerifiedRegistration & { readonly transports: readonly string[] };
  /** What the ceremony was begun for. */
  readonly challenge: StoredChallenge;
}

/** Verifies what an authenticator made (WebAuthn L3 §7.1), but for its credential id being new: the insert tells that. */
export async function checkRegistration(
  input: unknown,
  expected: { purpose: ChallengePurpose; boundTo: string },
  ports: RegistrationPorts,
): Promise<Result<CheckedRegistration>> {
  const response = readRegistrationResponse(input);
  if (!response.ok) return response;
  const clientData = readClientData(response.value.response.clientDataJSON);
  if (!clientData.ok) return clientData;
  const { challenge } = clientData.value;
  const { challenges, relyingParty } = ports;
  const taken = await challenges.take(challenge, expected);
  if (!taken.ok) return taken;
  const notFramed = checkNotFramed(clientData.value);
  if (!notFramed.ok) return notFramed;
  const verified = await verifyRegistration(response.value, { challenge, relyingParty }, judgeOf(ports));
  if (!verified.ok) return verified;
  const transports = response.value.response.transports ?? [];
  return accepted({ passkey: { ...verified.value, transports }, challenge: taken.value });
}

/** What proves nothing costs nothing: the passkey is as good as any, and the operator hears why it is no better. */
function judgeOf({ clock, events, hardwareModels }: RegistrationPorts): AttestationJudge | undefined {
  if (!hardwareModels) return undefined;
  return (attestation) => {
    const judged = attestation.ok
      ? checkAttestation(attestation.value, hardwareModels, new Date(clock.now()))
      : attestation;
    if (!judged.ok) events.attestationUntrusted({ detail: judged.refusal.detail ?? judged.refusal.code });
    return judged.ok;
  };
}
