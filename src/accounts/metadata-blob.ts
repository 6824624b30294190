import { X509Certificate } from 'node:crypto';
import { SettingsService } from '@simplewebauthn/server';
import { compactVerify, decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import { parseJson } from '../lib/json.js';
import { checkCertificatePath } from './certificate-path.js';
import { HardwareModels } from './hardware-models.js';
import { entrySchema, readModel } from './metadata-entry.js';

/** The operator's metadata file can't be used; says what to do. */
export class AttestationMetadataUnusable extends Error {
  constructor(why: string, cause?: unknown) {
    super(`The FIDO metadata (attestation.metadata) can’t be used: ${why}.`, { cause });
    this.name = 'AttestationMetadataUnusable';
  }
}

/** Of the certificate that signs the metadata of the FIDO Alliance: its root certifies half the web. */
const allianceHost = 'mds.fidoalliance.org';
const signatures = ['RS256', 'PS256', 'ES256', 'ES384'];

const payloadSchema = z.looseObject({
  no: z.number().int(),
  nextUpdate: z.iso.date(),
  entries: z.array(entrySchema),
});

/**
 * Reads an MDS3 BLOB (FIDO MDS3 §3.2): a JWS whose certificates lead to a root, then a model by model.
 * @param root in PEM, of who else signs it; unset: the FIDO Alliance
 */
export async function readMetadataBlob(
  blob: string,
  root: string | undefined,
  now: Date,
): Promise<HardwareModels> {
  const jws = blob.trim();
  const payload = payloadSchema.safeParse(parseJson(bytesOf(jws.split('.')[1])));
  if (!payload.success) throw new AttestationMetadataUnusable('it is no MDS3 BLOB; download a new one');
  const { no, nextUpdate, entries } = payload.data;
  const announced = new Date(nextUpdate);
  await checkSignature(jws, root, announced < now ? announced : now);
  const models = entries.map(readModel).filter((model) => model !== undefined);
  return new HardwareModels({ number: no, nextUpdate: announced, models });
}

/** @param at an outdated file still starts the server, and the doctor warns; so its signer may have ended since */
async function checkSignature(jws: string, root: string | undefined, at: Date): Promise<void> {
  const path = pathOf(jws);
  const [signer] = path;
  if (!signer) throw new AttestationMetadataUnusable('it names no certificates (x5c)');
  const led = checkCertificatePath(path, rootsOf(root), at);
  if (!led.ok) {
    const why = `its signature leads to no root that is trusted (${led.refusal.detail}); see attestation.root`;
    throw new AttestationMetadataUnusable(why);
  }
  // FIDO MDS3 §3.2 step 4.
  if (root === undefined && signer.checkHost(allianceHost) === undefined) {
    throw new AttestationMetadataUnusable(`its signer is not ${allianceHost}`);
  }
  try {
    await compactVerify(jws, signer.publicKey, { algorithms: signatures });
  } catch (error) {
    throw new AttestationMetadataUnusable('its signature does not verify; download it again', error);
  }
}

function pathOf(jws: string): X509Certificate[] {
  try {
    return (decodeProtectedHeader(jws).x5c ?? []).map(
      (each) => new X509Certificate(Buffer.from(each, 'base64')),
    );
  } catch (error) {
    throw new AttestationMetadataUnusable('its certificates can’t be read', error);
  }
}

function rootsOf(root: string | undefined): X509Certificate[] {
  const texts =
    root === undefined ? SettingsService.getRootCertificates({ identifier: 'mds' }) : certificatesIn(root);
  try {
    return texts.map((text) => new X509Certificate(text));
  } catch (error) {
    throw new AttestationMetadataUnusable('attestation.root holds no certificate in PEM', error);
  }
}

function certificatesIn(pem: string): string[] {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  if (!found) throw new AttestationMetadataUnusable('attestation.root holds no certificate in PEM');
  return found;
}

function bytesOf(encoded = ''): Buffer {
  return Buffer.from(encoded, 'base64url');
}
