import { exportJWK, generateKeyPair, SignJWT, type GenerateKeyPairResult } from 'jose';
import type { Clock } from '../../src/lib/clock.js';
import { Browser } from './browser.js';

/** What the browser knows of a session that it holds by a key. */
export interface HeldSession {
  readonly id: string;
  readonly refreshUrl: URL;
  readonly key: GenerateKeyPairResult;
  /** When the bound cookie ends, in milliseconds since the epoch. */
  readonly until: number;
}

interface Instructions {
  readonly session_identifier: string;
  readonly refresh_url: string;
}

/** A browser that binds its sessions to a key of its own, as Chromium does (Device Bound Session Credentials). */
export class DeviceBrowser extends Browser {
  readonly #clock: Clock;
  #held: HeldSession | undefined;

  constructor(clock: Clock) {
    super();
    this.#clock = clock;
  }

  get held(): HeldSession | undefined {
    return this.#held;
  }

  override async send(address: URL, init: RequestInit): Promise<Response> {
    const held = this.#held;
    if (held && this.#clock.now() >= held.until) await this.#renew(held);
    const response = await super.send(address, init);
    const offer = response.headers.get('secure-session-registration');
    if (offer !== null) await this.#register(offer, address);
    return response;
  }

  async #register(offer: string, from: URL): Promise<void> {
    const [path, challenge, authorization] = ['path', 'challenge', 'authorization'].map(
      (name) => new RegExp(`;${name}="([^"]*)"`).exec(offer)?.[1],
    );
    if (path === undefined || challenge === undefined) return;
    const key = await generateKeyPair('ES256');
    const jwk = await exportJWK(key.publicKey);
    const claims = { jti: challenge, ...(authorization !== undefined && { authorization }) };
    const proof = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', typ: 'dbsc+jwt', jwk })
      .sign(key.privateKey);
    const headers = { 'secure-session-response': proof };
    const response = await super.send(new URL(path, from), { method: 'POST', headers });
    if (!response.ok) return;
    const { session_identifier: id, refresh_url: refreshUrl } = (await response.json()) as Instructions;
    this.#held = { id, refreshUrl: new URL(refreshUrl, from), key, until: endOf(response) };
  }

  async #renew(held: HeldSession): Promise<void> {
    const send: Browser['send'] = (address, init) => super.send(address, init);
    const asked = await askToRenew(send, held);
    const response = await askToRenew(send, held, { challenge: challengeOf(asked), key: held.key });
    if (response.ok) this.#held = { ...held, until: endOf(response) };
  }
}

/** Asks for a new bound cookie: without a proof, or with one by this key. */
export async function askToRenew(
  send: Browser['send'],
  { id, refreshUrl }: HeldSession,
  proof?: { readonly challenge: string; readonly key: GenerateKeyPairResult },
): Promise<Response> {
  const headers = new Headers({ 'sec-secure-session-id': id });
  if (proof) {
    const signed = new SignJWT({ jti: proof.challenge }).setProtectedHeader({
      alg: 'ES256',
      typ: 'dbsc+jwt',
    });
    headers.set('secure-session-response', await signed.sign(proof.key.privateKey));
  }
  return send(refreshUrl, { method: 'POST', headers });
}

/** What a proof must answer. */
export function challengeOf({ headers }: Response): string {
  return /^"([^"]+)"/.exec(headers.get('secure-session-challenge') ?? '')?.[1] ?? '';
}

function endOf({ headers }: Response): number {
  const bound = headers.getSetCookie().find((line) => /^[\w-]*bound=[^;]/.test(line));
  return Date.parse(/;\s*expires=([^;]+)/i.exec(bound ?? '')?.[1] ?? '');
}
