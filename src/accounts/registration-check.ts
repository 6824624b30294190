import { accepted, type Result } from '../lib/result.js';
import type { ChallengeService } from './challenge-service.js';
import type { ChallengePurpose, StoredChallenge } from './challenge-store.js';
import { readRegistrationResponse } from './passkey-response.js';
import { type VerifiedRegistration, verifyRegistration } from './passkey-verification.js';
import type { RelyingParty } from './relying-party.js';
import { checkNotFramed, readClientData } from './webauthn-policy.js';

export interface CheckedRegistration {
  readonly passkey: VerifiedRegistration & { readonly transports: readonly string[] };
  /** What the ceremony was begun for. */
  readonly challenge: StoredChallenge;
}

/** Verifies what an authenticator made (WebAuthn L3 §7.1), but for its credential id being new: the insert tells that. */
export async function checkRegistration(
  input: unknown,
  expected: { purpose: ChallengePurpose; boundTo: string },
  { challenges, relyingParty }: { challenges: ChallengeService; relyingParty: RelyingParty },
): Promise<Result<CheckedRegistration>> {
  const response = readRegistrationResponse(input);
  if (!response.ok) return response;
  const clientData = readClientData(response.value.response.clientDataJSON);
  if (!clientData.ok) return clientData;
  const { challenge } = clientData.value;
  const taken = await challenges.take(challenge, expected);
  if (!taken.ok) return taken;
  const notFramed = checkNotFramed(clientData.value);
  if (!notFramed.ok) return notFramed;
  const verified = await verifyRegistration(response.value, { challenge, relyingParty });
  if (!verified.ok) return verified;
  const transports = response.value.response.transports ?? [];
  return accepted({ passkey: { ...verified.value, transports }, challenge: taken.value });
}
