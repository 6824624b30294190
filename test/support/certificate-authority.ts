import { createHash } from 'node:crypto';
// Before the library beneath it, which wants what this one loads first.
import '@simplewebauthn/server';
import * as x509 from '@peculiar/x509';

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const clientAuthentication = '1.3.6.1.5.5.7.3.2';
const serverAuthentication = '1.3.6.1.5.5.7.3.1';

/** A certificate and its key, as a client or a server has them. */
export interface Identity {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
  readonly der: Buffer;
  /** `x5t#S256` (RFC 8705 §3.1). */
  readonly thumbprint: string;
}

export interface Wish {
  /** RFC 4514, as @peculiar/x509 reads it. */
  readonly subject?: string;
  readonly names?: x509.JsonGeneralNames;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly purposes?: readonly ('client' | 'server')[];
}

interface Signer {
  readonly certificate: x509.X509Certificate;
  readonly keys: CryptoKeyPair;
}

/** Who certifies clients, with an authority beneath its root that does it for it. */
export class CertificateAuthority {
  readonly #root: Signer;
  readonly #intermediate: Signer;

  private constructor(root: Signer, intermediate: Signer) {
    this.#root = root;
    this.#intermediate = intermediate;
  }

  static async create(name = 'Clients of tests'): Promise<CertificateAuthority> {
    x509.cryptoProvider.set(crypto);
    const root = await make(undefined, { subject: `CN=${name}` }, true);
    return new CertificateAuthority(root, await make(root, { subject: `CN=${name}, beneath` }, true));
  }

  /** That of somebody else, whose key was stolen. */
  static async of(certificatePem: string, keyPem: string): Promise<CertificateAuthority> {
    x509.cryptoProvider.set(crypto);
    const [der] = x509.PemConverter.decodeWithHeaders(keyPem).filter(({ type }) => type === 'PRIVATE KEY');
    if (!der) throw new Error('no private key');
    const certificate = new x509.X509Certificate(certificatePem);
    const privateKey = await crypto.subtle.importKey('pkcs8', der.rawData, ecdsa, true, ['sign']);
    const signer = { certificate, keys: { privateKey, publicKey: await certificate.publicKey.export() } };
    return new CertificateAuthority(signer, signer);
  }

  get rootPem(): string {
    return this.#root.certificate.toString('pem');
  }

  get intermediatePem(): string {
    return this.#intermediate.certificate.toString('pem');
  }

  get intermediateDer(): Buffer {
    return Buffer.from(this.#intermediate.certificate.rawData);
  }

  /** Straight from the root. */
  async issue(wish: Wish = {}): Promise<Identity> {
    return identityOf(await make(this.#root, wish));
  }

  /** From the authority beneath; `cert` brings that one's certificate along. */
  async issueBeneath(wish: Wish = {}): Promise<Identity> {
    const identity = await identityOf(await make(this.#intermediate, wish));
    return { ...identity, cert: `${identity.cert}\n${this.intermediatePem}` };
  }
}

/** A certificate that nobody vouches for. */
export async function selfSigned(wish: Wish = {}): Promise<Identity> {
  x509.cryptoProvider.set(crypto);
  return identityOf(await make(undefined, wish));
}

async function make(issuer: Signer | undefined, wish: Wish, authority = false): Promise<Signer> {
  const keys = await crypto.subtle.generateKey(ecdsa, true, ['sign', 'verify']);
  const subject = wish.subject ?? 'CN=somebody';
  const purposes = wish.purposes?.map((each) =>
    each === 'client' ? clientAuthentication : serverAuthentication,
  );
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: issuer?.certificate.subject ?? subject,
    notBefore: wish.notBefore ?? new Date('2020-01-01'),
    notAfter: wish.notAfter ?? new Date('2080-01-01'),
    signingAlgorithm: ecdsa,
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(authority, undefined, true),
      ...(authority ? [new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true)] : []),
      ...(purposes ? [new x509.ExtendedKeyUsageExtension(purposes)] : []),
      ...(wish.names ? [new x509.SubjectAlternativeNameExtension(wish.names)] : []),
    ],
  });
  return { certificate, keys };
}

async function identityOf({ certificate, keys }: Signer): Promise<Identity> {
  const der = Buffer.from(certificate.rawData);
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    cert: certificate.toString('pem'),
    key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`,
    der,
    thumbprint: createHash('sha256').update(der).digest('base64url'),
  };
}
