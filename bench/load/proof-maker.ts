import {
  createPrivateKey,
  randomBytes,
  sign,
  type JsonWebKey,
  type KeyObject,
  createHash,
} from 'node:crypto';

/**
 * Makes ES256 proofs as cheaply as node can, since the generator shares the machine with what it measures. The
 * server must still verify every one.
 */
export class ProofMaker {
  readonly jkt: string;
  readonly #key: KeyObject;
  readonly #header: string;
  nonce: string | undefined;

  constructor(jwk: JsonWebKey) {
    const { d: _, ...publicKey } = jwk;
    const { crv, kty, x, y } = publicKey;
    this.#key = createPrivateKey({ key: jwk, format: 'jwk' });
    this.#header = encode({ typ: 'dpop+jwt', alg: 'ES256', jwk: { crv, kty, x, y } });
    this.jkt = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  }

  make(method: string, url: string, token?: string): string {
    const iat = Math.floor(Date.now() / 1000);
    const jti = randomBytes(16).toString('base64url');
    const nonce = this.nonce === undefined ? {} : { nonce: this.nonce };
    const ath = token === undefined ? {} : { ath: createHash('sha256').update(token).digest('base64url') };
    const input = `${this.#header}.${encode({ jti, htm: method, htu: url, iat, ...nonce, ...ath })}`;
    const signature = sign('sha256', Buffer.from(input), { key: this.#key, dsaEncoding: 'ieee-p1363' });
    return `${input}.${signature.toString('base64url')}`;
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
