import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { type CborValue, encodeCbor } from './cbor.js';

/*
 * A passkey in software, for the demo and the tests: no screen, no finger. Every field that a server must check can
 * be overridden, so that the tests can lie in one field at a time.
 */
export interface CreationOptions {
  readonly challenge: string;
  readonly rp: { readonly id?: string };
  readonly user: { readonly id: string };
}

export interface RequestOptions {
  readonly challenge: string;
  readonly rpId?: string;
}

export interface Flags {
  readonly userPresent: boolean;
  readonly userVerified: boolean;
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
}

/** One lie each; what is left out is honest. */
export interface Lies {
  readonly type?: string;
  readonly challenge?: string;
  readonly origin?: string;
  readonly crossOrigin?: boolean;
  readonly topOrigin?: string;
  readonly rpId?: string;
  readonly flags?: Partial<Flags>;
  readonly signCount?: number;
  /** base64url; null leaves it out. */
  readonly userHandle?: string | null;
  /** base64url: the `id` beside the signed data. */
  readonly id?: string;
  /** The COSE algorithm that the key claims. */
  readonly algorithm?: number;
  readonly attestationFormat?: string;
  readonly aaguid?: Buffer;
  /** The attestation statement over what is to be signed (WebAuthn L3 §6.5). */
  readonly attest?: (toBeSigned: Buffer) => ReadonlyMap<string, CborValue>;
  /** Signs with another key. */
  readonly signWith?: SoftwarePasskey;
}

export interface SoftwarePasskey {
  readonly credentialId: Buffer;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly rpId: string;
  readonly userHandle: string;
  signCount: number;
}

export interface Registration {
  id: string;
  rawId: string;
  type: 'public-key';
  clientExtensionResults: Record<string, unknown>;
  response: { clientDataJSON: string; attestationObject: string; transports: string[] };
}

export interface Assertion {
  id: string;
  rawId: string;
  type: 'public-key';
  clientExtensionResults: Record<string, unknown>;
  response: { clientDataJSON: string; authenticatorData: string; signature: string; userHandle?: string };
}

const honestFlags: Flags = { userPresent: true, userVerified: true, backupEligible: false, backedUp: false };

export class SoftwareAuthenticator {
  readonly passkeys: SoftwarePasskey[] = [];
  readonly #origin: string;
  readonly #flags: Flags;

  /** @param origin of the page that the browser would be showing */
  constructor(origin: string, flags: Partial<Flags> = {}) {
    this.#origin = origin;
    this.#flags = { ...honestFlags, ...flags };
  }

  /** navigator.credentials.create: an ES256 passkey without attestation. */
  register(options: CreationOptions, lies: Lies & { credentialId?: Buffer } = {}): Registration {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const rpId = options.rp.id ?? new URL(this.#origin).hostname;
    const credentialId = lies.credentialId ?? randomBytes(32);
    const passkey = { credentialId, privateKey, publicKey, rpId, userHandle: options.user.id, signCount: 0 };
    this.passkeys.push(passkey);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(credentialId.length);
    const attested = Buffer.concat([
      lies.aaguid ?? Buffer.alloc(16),
      length,
      credentialId,
      coseKey(publicKey, lies),
    ]);
    const authData = Buffer.concat([this.#authenticatorData(passkey, 0x40, lies), attested]);
    const clientData = this.#clientData('webauthn.create', options.challenge, lies);
    const toBeSigned = Buffer.concat([authData, createHash('sha256').update(clientData).digest()]);
    const attestation = new Map<string, CborValue>([
      ['fmt', lies.attestationFormat ?? 'none'],
      ['attStmt', lies.attest?.(toBeSigned) ?? new Map()],
      ['authData', authData],
    ]);
    const id = lies.id ?? credentialId.toString('base64url');
    return {
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: { credProps: { rk: true } },
      response: {
        clientDataJSON: clientData.toString('base64url'),
        attestationObject: encodeCbor(attestation).toString('base64url'),
        transports: ['internal'],
      },
    };
  }

  /** navigator.credentials.get with a discoverable passkey: the newest of the RP, or `passkey`. */
  assert(options: RequestOptions, lies: Lies = {}, passkey = this.#newestOf(options.rpId)): Assertion {
    passkey.signCount += 1;
    const clientData = this.#clientData('webauthn.get', options.challenge, lies);
    const authData = this.#authenticatorData(passkey, 0, lies);
    const signed = Buffer.concat([authData, createHash('sha256').update(clientData).digest()]);
    const id = lies.id ?? passkey.credentialId.toString('base64url');
    const userHandle = lies.userHandle === undefined ? passkey.userHandle : lies.userHandle;
    return {
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: authData.toString('base64url'),
        signature: sign('sha256', signed, (lies.signWith ?? passkey).privateKey).toString('base64url'),
        ...(userHandle === null ? {} : { userHandle }),
      },
    };
  }

  #newestOf(rpId: string | undefined): SoftwarePasskey {
    const passkey = this.passkeys.findLast((candidate) => rpId === undefined || candidate.rpId === rpId);
    if (!passkey) throw new Error(`no passkey for ${rpId}`);
    return passkey;
  }

  #clientData(type: string, challenge: string, lies: Lies): Buffer {
    return Buffer.from(
      JSON.stringify({
        type: lies.type ?? type,
        challenge: lies.challenge ?? challenge,
        origin: lies.origin ?? this.#origin,
        crossOrigin: lies.crossOrigin ?? false,
        ...(lies.topOrigin === undefined ? {} : { topOrigin: lies.topOrigin }),
      }),
    );
  }

  /** WebAuthn L3 §6.1: rpIdHash, flags, signCount. */
  #authenticatorData(passkey: SoftwarePasskey, attested: number, lies: Lies): Buffer {
    const flags = { ...this.#flags, ...lies.flags };
    const bits =
      (flags.userPresent ? 0x01 : 0) |
      (flags.userVerified ? 0x04 : 0) |
      (flags.backupEligible ? 0x08 : 0) |
      (flags.backedUp ? 0x10 : 0) |
      attested;
    const count = Buffer.alloc(4);
    count.writeUInt32BE(lies.signCount ?? passkey.signCount);
    const rpIdHash = createHash('sha256')
      .update(lies.rpId ?? passkey.rpId)
      .digest();
    return Buffer.concat([rpIdHash, Buffer.from([bits]), count]);
  }
}

function coseKey(publicKey: KeyObject, lies: Lies): Buffer {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  return encodeCbor(
    new Map<number, number | Buffer>([
      [1, 2],
      [3, lies.algorithm ?? -7],
      [-1, 1],
      [-2, Buffer.from(x, 'base64url')],
      [-3, Buffer.from(y, 'base64url')],
    ]),
  );
}
