// Before the library beneath it, which wants it there.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import type { Random } from '../lib/random.js';

/** A certificate and its key, as PEM. */
export interface CertifiedKey {
  readonly certificate: string;
  readonly key: string;
}

interface Moment {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly random: Random;
}

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const day = 86_400_000;
/** Clocks of browsers in virtual machines lag. */
const leeway = day;
const authorityDays = 3650;
const leafDays = 30;

/**
 * `permittedSubtrees`: localhost and what is beneath it, 127.0.0.0/8, ::1. RFC 5280 §4.2.1.10: all names of what it certifies must
 * lie within, so who steals the key of an authority that a person trusts can pretend to be no site but this machine.
 */
const thisMachineAlone = [
  [0x30, 11, 0x82, 9, ...Buffer.from('localhost')],
  [0x30, 10, 0x87, 8, 127, 0, 0, 0, 255, 0, 0, 0],
  [0x30, 34, 0x87, 32, ...Array.from({ length: 15 }, () => 0), 1, ...Array.from({ length: 16 }, () => 255)],
].flat();
const nameConstraints = new Uint8Array([
  0x30,
  thisMachineAlone.length + 2,
  0xa0,
  thisMachineAlone.length,
  ...thisMachineAlone,
]);

/** An authority for servers on this machine, and for nothing else. */
export async function makeLocalAuthority({ now, random }: Moment): Promise<CertifiedKey> {
  // Told apart by name, for stores of certificates keep several of the same person.
  const subject = `CN=Holdfast on this machine ${random.bytes(4).toString('hex')}`;
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(random),
    name: subject,
    notBefore: new Date(now - leeway),
    notAfter: new Date(now + authorityDays * day),
    signingAlgorithm: ecdsa,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.Extension('2.5.29.30', true, nameConstraints),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pem(certificate), key: await privateKeyOf(keys) };
}

/** A certificate of this authority for localhost, with a key of its own. */
export async function certifyLocalhost(
  authority: CertifiedKey,
  { now, random }: Moment,
): Promise<CertifiedKey> {
  const issuer = new x509.X509Certificate(authority.certificate);
  const [issuersKey] = x509.PemConverter.decode(authority.key);
  if (!issuersKey) throw new Error('the key of the authority is not PEM');
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(random),
    subject: 'CN=localhost',
    issuer: issuer.subject,
    notBefore: new Date(now - leeway),
    notAfter: new Date(now + leafDays * day),
    signingAlgorithm: ecdsa,
    publicKey: keys.publicKey,
    signingKey: await crypto.subtle.importKey('pkcs8', issuersKey, ecdsa, false, ['sign']),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return { certificate: pem(certificate), key: await privateKeyOf(keys) };
}

function newKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ecdsa, true, ['sign', 'verify']);
}

/** RFC 5280 §4.1.2.2: positive, and never twice of the same authority. */
function serialNumber(random: Random): string {
  const bytes = random.bytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem').trim()}\n`;
}

async function privateKeyOf({ privateKey }: CryptoKeyPair): Promise<string> {
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', privateKey)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${key.replaceAll(/.{64}(?=.)/g, '$&\n')}\n-----END PRIVATE KEY-----\n`;
}
