import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { logoutEvent } from '../../src/accounts/logout-token-policy.js';
import type { ConfigFile } from '../../src/config/schema.js';
import { epochSeconds, systemClock } from '../../src/lib/clock.js';
import { unique } from './records.js';

type Claims = Readonly<Record<string, unknown>>;

interface Key {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

/** A login that exists: an issuer on a real socket whose ID tokens say whatever the test wants. */
export class FakeIssuer {
  readonly audience = 'their-app';
  /** What came to the address of its keys. */
  asked = 0;
  /** Over the honest discovery document. */
  metadata: Claims = {};
  /** What answers in its place. */
  broken: ((response: ServerResponse) => void) | undefined;
  readonly #server;
  #keys: Key[];

  private constructor(key: Key) {
    this.#keys = [key];
    this.#server = createServer((request, response) => this.#serve(request.url ?? '', response));
  }

  static async open(): Promise<FakeIssuer> {
    const issuer = new FakeIssuer(await newKey());
    await new Promise<void>((resolve) => issuer.#server.listen(0, '127.0.0.1', resolve));
    return issuer;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get key(): Key {
    return this.#keys[0] as Key;
  }

  /** From now on another key signs; the old one is gone. */
  async rotate(): Promise<void> {
    this.#keys = [await newKey()];
  }

  /** Its entry in our configuration. */
  entry(more: object = {}): NonNullable<ConfigFile['trusted_issuers']>[number] {
    const clients = ['exchanger', 'exchanging-app', 'unbound'];
    return { issuer: this.issuer, name: 'Acme', audiences: [this.audience], clients, ...more };
  }

  /** Over what an honest token says, by the clock that tests move; undefined takes a claim out. */
  claims(more: Claims = {}): Record<string, unknown> {
    const now = epochSeconds(systemClock);
    const honest = { iss: this.issuer, aud: this.audience, iat: now, exp: now + 300, jti: unique('jti') };
    return Object.fromEntries(
      Object.entries({ ...honest, ...more }).filter(([, value]) => value !== undefined),
    );
  }

  sign(
    more: Claims,
    header: object = {},
    key: CryptoKey | Uint8Array = this.key.privateKey,
  ): Promise<string> {
    return new SignJWT(this.claims(more))
      .setProtectedHeader({ alg: 'RS256', kid: this.key.kid, ...header })
      .sign(key);
  }

  logout(who: Claims, header: object = { typ: 'logout+jwt' }): Promise<string> {
    return this.sign({ events: { [logoutEvent]: {} }, ...who }, header);
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => void this.#server.close(() => resolve()));
  }

  #serve(path: string, response: ServerResponse): void {
    if (path === '/keys') this.asked += 1;
    if (this.broken) return this.broken(response);
    const document = { issuer: this.issuer, jwks_uri: `${this.issuer}/keys`, ...this.metadata };
    const body = path === '/keys' ? { keys: this.#keys.map(({ jwk }) => jwk) } : document;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }
}

async function newKey(): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const kid = unique('key');
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, use: 'sig' } };
}
