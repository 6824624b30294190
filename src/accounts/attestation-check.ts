import { X509Certificate } from 'node:crypto';
import { decodeAttestationObject, getCertificateInfo, isoCBOR } from '@simplewebauthn/server/helpers';
import { refused, type Result } from '../lib/result.js';
import { checkCertificatePath } from './certificate-path.js';
import type { HardwareModel, HardwareModels } from './hardware-models.js';

/** Of a registration whose statement was verified: the signature over authenticator data and client data holds. */
export interface AttestedKey {
  readonly statement: PackedStatement;
  readonly aaguid: string;
  /** COSE algorithm of the key that was made. */
  readonly algorithm: number;
  readonly backupEligible: boolean;
}

/** WebAuthn L3 §8.2, with the certificates of a full attestation. */
export interface PackedStatement {
  readonly algorithm: number;
  readonly certificates: readonly Buffer[];
}

/** id-fido-gen-ce-aaguid (WebAuthn L3 §8.2.1). */
const aaguidExtension = '1.3.6.1.4.1.45724.1.1.4';
/** An OCTET STRING of 16 bytes. */
const octetString = Buffer.from([0x04, 0x10]);

/** COSE algorithms by the type of the key that makes such signatures. */
const algorithmsOf: Readonly<Record<string, readonly number[]>> = {
  ec: [-7, -35, -36],
  rsa: [-257, -258, -259],
  ed25519: [-8],
};

/** WebAuthn L3 §7.1 steps 22 to 24: whether the attestation proves that the key is in hardware of a model we may trust. */
export function checkAttestation(
  { statement, aaguid, algorithm, backupEligible }: AttestedKey,
  models: HardwareModels,
  at: Date,
): Result<HardwareModel> {
  // A key that may be synced is on other devices, whatever its maker says of this one (WebAuthn L3 §6.1.3).
  if (backupEligible) return refused('passkey_rejected', 'the key may be synced');
  const model = models.find(aaguid);
  if (!model.ok) return model;
  const [leaf, ...rest] = certificatesOf(statement);
  if (!leaf) return refused('passkey_rejected', 'the attestation has no certificates that can be read');
  if (!algorithmsOf[leaf.publicKey.asymmetricKeyType ?? '']?.includes(statement.algorithm)) {
    return refused('passkey_rejected', `alg ${statement.algorithm} is not of the certificate’s key`);
  }
  if (!model.value.algorithms.has(algorithm)) {
    return refused('passkey_rejected', `${model.value.description} makes no keys of algorithm ${algorithm}`);
  }
  // WebAuthn L3 §8.2.1: one root may be of many models, so the certificate itself must name this one.
  if (certifiedModel(leaf.raw) !== aaguid) {
    return refused('passkey_rejected', `the certificate is not of the model ${aaguid}`);
  }
  const led = checkCertificatePath([leaf, ...rest], model.value.roots, at);
  return led.ok ? model : led;
}

/** The statement of an attestation object, if it is packed and has certificates. */
export function packedStatement(attestationObject: Uint8Array<ArrayBuffer>): PackedStatement | undefined {
  const decoded = decodeAttestationObject(attestationObject);
  if (decoded.get('fmt') !== 'packed') return undefined;
  const statement = decoded.get('attStmt');
  const [algorithm, certificates] = [statement.get('alg'), statement.get('x5c')];
  if (algorithm === undefined || certificates === undefined) return undefined;
  return { algorithm, certificates: certificates.map((each) => Buffer.from(each)) };
}

/**
 * The same without its statement. We ask for it where it may prove something; a statement that doesn't (of another format,
 * whose verification would fetch what strangers name) leaves a passkey as good as any other.
 */
export function withoutStatement(attestationObject: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const authData = decodeAttestationObject(attestationObject).get('authData');
  return isoCBOR.encode(
    new Map<string, string | Map<string, never> | Uint8Array>([
      ['fmt', 'none'],
      ['attStmt', new Map<string, never>()],
      ['authData', authData],
    ]) as never,
  );
}

/** None where one of them can't be read. */
function certificatesOf({ certificates }: PackedStatement): X509Certificate[] {
  try {
    return certificates.map((raw) => new X509Certificate(raw));
  } catch {
    return [];
  }
}

function certifiedModel(certificate: Buffer): string | undefined {
  const { parsedCertificate } = getCertificateInfo(Uint8Array.from(certificate));
  const extension = parsedCertificate.tbsCertificate.extensions?.find(
    ({ extnID }) => extnID === aaguidExtension,
  );
  if (!extension) return undefined;
  const value = Buffer.from(extension.extnValue.buffer);
  if (value.length !== 18 || !value.subarray(0, 2).equals(octetString)) return undefined;
  const hex = value.subarray(2).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
