import {
  createLocalJWKSet,
  errors,
  type CryptoKey,
  type FlattenedJWSInput,
  type JWSHeaderParameters,
} from 'jose';
import { clientKeysProblem } from '../config/client-keys.js';
import type { TrustedIssuerConfig } from '../config/trusted-issuers.js';
import type { Clock } from '../lib/clock.js';
import { codeOf } from '../lib/error-code.js';
import { isRecord } from '../lib/json.js';

/** Milliseconds for which keys are believed: one that the issuer takes back is refused by then. */
const keysLife = 10 * 60_000;
/** Milliseconds between two questions for a `kid` that is not there, or after a failure (threat 28). */
const rest = 30_000;
/** Milliseconds that an issuer has for each answer. */
const patience = 2_500;

export type FindKey = (header: JWSHeaderParameters, token: FlattenedJWSInput) => Promise<CryptoKey>;

/** The issuer's keys can't be had: our or its trouble, never the client's mistake. */
export class IssuerUnavailable extends Error {}

export interface IssuerKeysPorts {
  /** Guarded against private addresses (threat 29). */
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
}

interface Kept {
  readonly asked: number;
  readonly keys: Promise<FindKey>;
}

/** The public keys of trusted issuers, found by discovery, kept for a time, asked for again when a new one signs. */
export class IssuerKeys {
  readonly #ports: IssuerKeysPorts;
  readonly #kept = new Map<string, Kept>();

  constructor(ports: IssuerKeysPorts) {
    this.#ports = ports;
  }

  /** For jose: the key of exactly this issuer that a header names. Whatever the header says of addresses is ignored. */
  of(trusted: TrustedIssuerConfig): FindKey {
    return async (header, token) => {
      const known = this.#current(trusted);
      try {
        return await (
          await known.keys
        )(header, token);
      } catch (error) {
        // A new key signs, perhaps. Anybody can make up a `kid`, so the question is asked now and then only.
        const age = this.#ports.clock.now() - known.asked;
        if (!(error instanceof errors.JWKSNoMatchingKey) || age < rest) throw error;
        return await (
          await this.#ask(trusted).keys
        )(header, token);
      }
    };
  }

  /** Throws IssuerUnavailable when they can't be had. */
  async read(trusted: TrustedIssuerConfig): Promise<void> {
    await this.#current(trusted).keys;
  }

  #current(trusted: TrustedIssuerConfig): Kept {
    const kept = this.#kept.get(trusted.issuer);
    return kept && this.#ports.clock.now() - kept.asked < keysLife ? kept : this.#ask(trusted);
  }

  #ask(trusted: TrustedIssuerConfig): Kept {
    const asked = this.#ports.clock.now();
    const keys = this.#fetchKeys(trusted);
    this.#kept.set(trusted.issuer, { asked, keys });
    // What failed is forgotten after a rest, so that nobody makes us ask as often as we are asked.
    keys.catch(() => this.#kept.set(trusted.issuer, { asked: asked - keysLife + rest, keys }));
    return { asked, keys };
  }

  async #fetchKeys(trusted: TrustedIssuerConfig): Promise<FindKey> {
    const address = trusted.jwks_uri ?? (await this.#discover(trusted.issuer));
    const jwks = await this.#json(address);
    const { keys } = jwks;
    if (!Array.isArray(keys)) throw new IssuerUnavailable(`${address} has no keys`);
    // Threat 30: whoever the keys are of, they cost no more than those of clients.
    const problem = clientKeysProblem(jwks);
    if (problem !== undefined) throw new IssuerUnavailable(`${address}: ${problem}`);
    // A symmetric key has no place among public ones, and would let HS256 pass for something.
    const asymmetric = keys.filter((each) => isRecord(each) && each['kty'] !== 'oct');
    return createLocalJWKSet({ keys: asymmetric as never });
  }

  /** OpenID Connect Discovery §4.3: the issuer of the document MUST be the one that it was asked for. */
  async #discover(issuer: string): Promise<string> {
    const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const { issuer: says, jwks_uri: keys } = await this.#json(address);
    if (says !== issuer) throw new IssuerUnavailable(`${address} is of another issuer`);
    if (typeof keys !== 'string' || !URL.canParse(keys)) {
      throw new IssuerUnavailable(`${address} has no jwks_uri`);
    }
    // Keys that came in clear would be anybody's.
    if (issuer.startsWith('https:') && !keys.startsWith('https:')) {
      throw new IssuerUnavailable(`${address} names a jwks_uri without https`);
    }
    return keys;
  }

  async #json(address: string): Promise<Record<string, unknown>> {
    try {
      const response = await this.#ports.fetch(address, {
        headers: { accept: 'application/json' },
        signal: AbortSignal.timeout(patience),
      });
      const text = await response.text();
      if (response.status !== 200) throw new IssuerUnavailable(`${address} answered ${response.status}`);
      const read: unknown = JSON.parse(text);
      if (!isRecord(read)) throw new IssuerUnavailable(`${address} answered no JSON object`);
      return read;
    } catch (error) {
      if (error instanceof IssuerUnavailable) throw error;
      throw new IssuerUnavailable(`${address}: ${reasonOf(error)}`, { cause: error });
    }
  }
}

/** Never the message: that of a parser quotes what it read (law 7). */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return codeOf(cause) ?? (cause instanceof Error ? cause.name : 'it failed');
}
