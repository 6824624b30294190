import { KeyObject, randomUUID, sign } from 'node:crypto';
// Before the library beneath it, which wants what this one loads first.
import '@simplewebauthn/server';
import * as x509 from '@peculiar/x509';
import { CompactSign } from 'jose';
import type { CborValue } from '../../examples/support/cbor.js';
import type { Lies } from '../../examples/support/software-authenticator.js';

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const [notBefore, notAfter] = [new Date('2020-01-01'), new Date('2040-01-01')];
const aaguidExtension = '1.3.6.1.4.1.45724.1.1.4';

interface Certified {
  readonly certificate: x509.X509Certificate;
  readonly keys: CryptoKeyPair;
}

export interface LeafWish {
  /** Null: the certificate names no model. */
  readonly aaguid?: string | null;
  readonly notAfter?: Date;
}

/** A maker of hardware keys, with a root of its own; also who signs metadata. */
export class Maker {
  readonly aaguid = randomUUID();
  readonly root: Certified;
  readonly #intermediate: Certified;

  private constructor(root: Certified, intermediate: Certified) {
    this.root = root;
    this.#intermediate = intermediate;
  }

  static async create(): Promise<Maker> {
    x509.cryptoProvider.set(crypto);
    const keys = await makeKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: 'CN=Root of tests',
      notBefore,
      notAfter,
      signingAlgorithm: ecdsa,
      keys,
      extensions: authority(),
    });
    const root = { certificate, keys };
    return new Maker(root, await issue(root, 'CN=Batch of tests', { extensions: authority() }));
  }

  /** What an authenticator of this maker says when it makes a key. */
  async attests({ aaguid = this.aaguid, notAfter: end = notAfter }: LeafWish = {}): Promise<Lies> {
    const names = aaguid === null ? [] : [modelExtension(aaguid)];
    const leaf = await issue(
      this.#intermediate,
      'C=HK, O=Tests, OU=Authenticator Attestation, CN=Key of tests',
      {
        notAfter: end,
        extensions: [new x509.BasicConstraintsExtension(false), ...names],
      },
    );
    return {
      attestationFormat: 'packed',
      aaguid: bytesOf(this.aaguid),
      attest: (toBeSigned) => packed(toBeSigned, leaf, this.#intermediate),
    };
  }

  /** An MDS3 BLOB, signed by this maker; `entries` beside one for its own model. */
  async blob(
    entry: Record<string, unknown> = {},
    { no = 7, nextUpdate = '2039-01-01' } = {},
  ): Promise<string> {
    const signer = await issue(this.root, 'CN=Metadata of tests', {
      extensions: [new x509.BasicConstraintsExtension(false)],
    });
    const payload = { no, nextUpdate, entries: [{ ...this.#entry(), ...entry }] };
    return await new CompactSign(Buffer.from(JSON.stringify(payload)))
      .setProtectedHeader({ alg: 'ES256', typ: 'JWT', x5c: [base64(signer.certificate)] })
      .sign(signer.keys.privateKey);
  }

  get statement(): Record<string, unknown> {
    return {
      description: 'Key of tests',
      authenticationAlgorithms: ['secp256r1_ecdsa_sha256_raw'],
      attestationTypes: ['basic_full'],
      keyProtection: ['hardware', 'secure_element'],
      attestationRootCertificates: [base64(this.root.certificate)],
    };
  }

  get rootPem(): string {
    return this.root.certificate.toString('pem');
  }

  #entry(): Record<string, unknown> {
    return {
      aaguid: this.aaguid,
      statusReports: [{ status: 'FIDO_CERTIFIED_L2', effectiveDate: '2024-01-01' }],
      metadataStatement: this.statement,
    };
  }
}

async function issue(
  issuer: Certified,
  subject: string,
  more: { extensions: x509.Extension[]; notAfter?: Date },
): Promise<Certified> {
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: issuer.certificate.subject,
    notBefore,
    notAfter: more.notAfter ?? notAfter,
    signingAlgorithm: ecdsa,
    publicKey: keys.publicKey,
    signingKey: issuer.keys.privateKey,
    extensions: more.extensions,
  });
  return { certificate, keys };
}

function authority(): x509.Extension[] {
  const { keyCertSign } = x509.KeyUsageFlags;
  return [new x509.BasicConstraintsExtension(true), new x509.KeyUsagesExtension(keyCertSign, true)];
}

function packed(
  toBeSigned: Buffer,
  leaf: Certified,
  intermediate: Certified,
): ReadonlyMap<string, CborValue> {
  const key = KeyObject.from(leaf.keys.privateKey);
  return new Map<string, CborValue>([
    ['alg', -7],
    ['sig', sign('sha256', toBeSigned, key)],
    ['x5c', [leaf, intermediate].map(({ certificate }) => Buffer.from(certificate.rawData))],
  ]);
}

function modelExtension(aaguid: string): x509.Extension {
  const value = Buffer.concat([Buffer.from([0x04, 0x10]), bytesOf(aaguid)]);
  return new x509.Extension(aaguidExtension, false, value);
}

function makeKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ecdsa, true, ['sign', 'verify']);
}

function bytesOf(aaguid: string): Buffer {
  return Buffer.from(aaguid.replaceAll('-', ''), 'hex');
}

function base64(certificate: x509.X509Certificate): string {
  return Buffer.from(certificate.rawData).toString('base64');
}
