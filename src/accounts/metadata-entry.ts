import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { HardwareModel } from './hardware-models.js';

/** FIDO MDS3 §3.1.1, FIDO Metadata Statement §4: what we read of an entry; the rest may be as it likes. */
export const entrySchema = z.looseObject({
  aaguid: z.string().optional(),
  statusReports: z
    .array(z.looseObject({ status: z.string(), effectiveDate: z.string().optional() }))
    .default([]),
  metadataStatement: z
    .looseObject({
      description: z.string().default(''),
      authenticationAlgorithms: z.array(z.string()).default([]),
      attestationTypes: z.array(z.string()).default([]),
      keyProtection: z.array(z.string()).default([]),
      attestationRootCertificates: z.array(z.string()).default([]),
    })
    .optional(),
});
export type MetadataEntry = z.output<typeof entrySchema>;
type Statement = NonNullable<MetadataEntry['metadataStatement']>;

/** FIDO Registry §3.6.1, of the algorithms that we offer. */
const algorithms: Readonly<Record<string, number>> = {
  secp256r1_ecdsa_sha256_raw: -7,
  secp256r1_ecdsa_sha256_der: -7,
  ed25519_eddsa_sha512_raw: -8,
  rsassa_pkcsv15_sha256_raw: -257,
};

/** FIDO MDS3 §3.1.4: states that cast no doubt. Whatever else a report says, now or in a later version, does. */
const harmless =
  /^(?:FIDO_CERTIFIED.*|FIPS140_CERTIFIED.*|NOT_FIDO_CERTIFIED|SELF_ASSERTION_SUBMITTED|UPDATE_AVAILABLE)$/;

/** FIDO Registry §3.2: where a key can't be taken out of. */
const hardware = new Set(['hardware', 'secure_element']);

/** Undefined: of no FIDO2 model. */
export function readModel({
  aaguid,
  statusReports,
  metadataStatement,
}: MetadataEntry): HardwareModel | undefined {
  if (aaguid === undefined || metadataStatement === undefined) return undefined;
  const { description, authenticationAlgorithms, attestationRootCertificates } = metadataStatement;
  return {
    aaguid: aaguid.toLowerCase(),
    description,
    roots: attestationRootCertificates.map(readCertificate).filter((root) => root !== undefined),
    algorithms: new Set(
      authenticationAlgorithms.map((name) => algorithms[name]).filter((each) => each !== undefined),
    ),
    unfit: unfit(statusReports, metadataStatement),
  };
}

function unfit(
  reports: MetadataEntry['statusReports'],
  { attestationTypes, keyProtection }: Statement,
): string | undefined {
  const doubt = reports.find(({ status }) => !harmless.test(status));
  if (doubt) return `its status is ${doubt.status}`;
  if (!attestationTypes.includes('basic_full')) return 'it gives no full attestation';
  if (!keyProtection.some((kind) => hardware.has(kind))) return 'its keys are not in hardware';
  return undefined;
}

function readCertificate(encoded: string): X509Certificate | undefined {
  try {
    return new X509Certificate(Buffer.from(encoded, 'base64'));
  } catch {
    // One that can't be read leads nobody anywhere.
    return undefined;
  }
}
