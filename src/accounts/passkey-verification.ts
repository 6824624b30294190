import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import { cose, decodeAttestationObject, decodeCredentialPublicKey } from '@simplewebauthn/server/helpers';
import { accepted, refused, type Result } from '../lib/result.js';
import { type PackedStatement, packedStatement, withoutStatement } from './attestation-check.js';
import type { AssertionResponse, RegistrationResponse } from './passkey-response.js';
import type { Passkey } from './passkey.js';
import type { RelyingParty } from './relying-party.js';
import { longestCredentialId, offeredAlgorithms } from './webauthn-policy.js';

/*
 * The only callers of the library. It throws plain errors for whatever is wrong with a response; here they become
 * refusals that name the step. It checks type, challenge, origin, rpIdHash, UP, UV, BE/BS, algorithm and signature.
 */
export interface Expected {
  /** base64url */
  readonly challenge: string;
  readonly relyingParty: RelyingParty;
}

export interface VerifiedRegistration {
  readonly credentialId: Buffer;
  readonly publicKey: Buffer;
  readonly algorithm: number;
  readonly signCount: number;
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
  readonly aaguid: string;
  /** Its maker attested that it is in hardware. */
  readonly attested: boolean;
}

/** Whether an attestation whose signature was verified proves hardware; of one that does not verify, never. */
export type AttestationJudge = (
  attestation: Result<VerifiedRegistration & { readonly statement: PackedStatement }>,
) => boolean;

export interface VerifiedAssertion {
  readonly signCount: number;
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
}

// We ask for no attestation. Other formats would make the library fetch what the stranger's certificates name.
const attestationFormats = ['none', 'packed'];

/** WebAuthn L3 §7.1. Where `attestation` is asked for, `judge` says whether what there is proves hardware. */
export async function verifyRegistration(
  response: RegistrationResponse,
  expected: Expected,
  judge?: AttestationJudge,
): Promise<Result<VerifiedRegistration>> {
  return await rejectingWhatThrows(async () => {
    const given = bytes(response.response.attestationObject);
    const format = decodeAttestationObject(given).get('fmt');
    if (!judge && !attestationFormats.includes(format)) {
      return refused('passkey_rejected', `attestation format ${format} was not asked for`);
    }
    const verified = await verifyStatement(response, judge ? withoutStatement(given) : given, expected);
    if (!verified.ok || !judge) return verified;
    const statement = packedStatement(given);
    if (!statement) return verified;
    const signed = await rejectingWhatThrows(() => verifyStatement(response, given, expected));
    return accepted({
      ...verified.value,
      attested: judge(signed.ok ? accepted({ ...signed.value, statement }) : signed),
    });
  });
}

async function verifyStatement(
  response: RegistrationResponse,
  attestationObject: Uint8Array,
  expected: Expected,
): Promise<Result<VerifiedRegistration>> {
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response: {
      id: response.id,
      rawId: response.rawId,
      type: response.type,
      clientExtensionResults: {},
      response: {
        clientDataJSON: response.response.clientDataJSON,
        attestationObject: Buffer.from(attestationObject).toString('base64url'),
      },
    },
    expectedChallenge: expected.challenge,
    expectedOrigin: [...expected.relyingParty.origins],
    expectedRPID: expected.relyingParty.id,
    requireUserPresence: true,
    requireUserVerification: true,
    supportedAlgorithmIDs: offeredAlgorithms,
  });
  if (!verified) return refused('passkey_rejected', 'the attestation does not verify');
  const { credential, credentialDeviceType, credentialBackedUp, aaguid } = registrationInfo;
  // What is registered is what the authenticator signed, so the browser's word for it must be the same.
  if (credential.id !== response.id) {
    return refused('passkey_rejected', 'id is not the credential id of the authenticator data');
  }
  const credentialId = Buffer.from(credential.id, 'base64url');
  if (credentialId.length > longestCredentialId) {
    return refused('passkey_rejected', `the credential id has ${credentialId.length} bytes`);
  }
  return accepted({
    credentialId,
    publicKey: Buffer.from(credential.publicKey),
    algorithm: algorithmOf(credential.publicKey),
    signCount: credential.counter,
    backupEligible: credentialDeviceType === 'multiDevice',
    backedUp: credentialBackedUp,
    aaguid,
    attested: false,
  });
}

/** WebAuthn L3 §7.2, without the sign count: a regression is judged by the caller, after the signature held. */
export async function verifyAssertion(
  response: AssertionResponse,
  passkey: Pick<Passkey, 'publicKey'>,
  expected: Expected,
): Promise<Result<VerifiedAssertion>> {
  return await rejectingWhatThrows(async () => {
    const { clientDataJSON, authenticatorData, signature } = response.response;
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        id: response.id,
        rawId: response.rawId,
        type: response.type,
        clientExtensionResults: {},
        response: { clientDataJSON, authenticatorData, signature },
      },
      expectedChallenge: expected.challenge,
      expectedOrigin: [...expected.relyingParty.origins],
      expectedRPID: expected.relyingParty.id,
      requireUserVerification: true,
      credential: { id: response.id, publicKey: Uint8Array.from(passkey.publicKey), counter: 0 },
    });
    if (!verified) return refused('passkey_rejected', 'the signature does not verify');
    return accepted({
      signCount: authenticationInfo.newCounter,
      backupEligible: authenticationInfo.credentialDeviceType === 'multiDevice',
      backedUp: authenticationInfo.credentialBackedUp,
    });
  });
}

async function rejectingWhatThrows<Value>(verify: () => Promise<Result<Value>>): Promise<Result<Value>> {
  try {
    return await verify();
  } catch (error) {
    return refused('passkey_rejected', error instanceof Error ? error.message : String(error));
  }
}

function algorithmOf(publicKey: Uint8Array<ArrayBuffer>): number {
  const algorithm = decodeCredentialPublicKey(publicKey).get(cose.COSEKEYS.alg);
  if (typeof algorithm !== 'number') throw new TypeError('the public key names no algorithm');
  return algorithm;
}

function bytes(encoded: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(encoded, 'base64url'));
}
