import { createLocalJWKSet, importJWK, SignJWT, type JWK, type JWTPayload } from 'jose';
import { sha256 } from '../lib/hashing.js';
import type { Keystore } from './keystore.js';
import type { SigningAlgorithm, SigningKeyRecord } from './signing-key-store.js';

/** The keys of one moment. Whoever builds something from it keeps all of it until the next one comes. */
export interface SigningKeySnapshot {
  /** Differs whenever the keys do; the same on every node that sees the same keys. */
  readonly version: string;
  /** Private JWKs of the current keys, in the order of the config: `jwks` of a new Provider. */
  readonly signing: readonly JWK[];
  /** Public JWKs of current, next and retiring keys: what /jwks answers and what verifies. */
  readonly published: readonly JWK[];
  /** Finds the published key that a JWS names; for jose's verify functions. */
  readonly verificationKey: ReturnType<typeof createLocalJWKSet>;
  /** A JWT signed by our current key of `algorithm`. Throws when the config has no key of that kind. */
  sign(claims: JWTPayload, header: { readonly algorithm: string; readonly type: string }): Promise<string>;
}

export interface SigningKeys {
  readonly snapshot: SigningKeySnapshot;
  /** Does what the schedule demands, and calls the listeners when the keys have changed, here or on another node. */
  refresh(): Promise<void>;
  /** Called with each new snapshot; a listener that throws doesn't keep the others from being called. */
  onChange(listener: (snapshot: SigningKeySnapshot) => void): void;
  /** Polls every `seconds` until the returned function is called. */
  poll(seconds: number): () => void;
}

export interface SigningKeyPorts {
  readonly keystore: Keystore;
  /** Told of a failed poll; the node goes on with the keys that it has. */
  readonly onError: (error: unknown) => void;
}

/** Loads the keys (at the first start: makes them). Throws DatabaseUnavailable or KeystoreLocked. */
export async function openSigningKeys({ keystore, onError }: SigningKeyPorts): Promise<SigningKeys> {
  const listeners: ((snapshot: SigningKeySnapshot) => void)[] = [];
  let snapshot = await takeSnapshot(keystore, await keystore.maintain());

  // One after the other, so that a slow poll can't bring back older keys.
  let queue: Promise<void> = Promise.resolve();
  function refresh(): Promise<void> {
    const run = queue.then(refreshOnce);
    queue = run.catch(() => {});
    return run;
  }

  async function refreshOnce(): Promise<void> {
    const keys = await keystore.maintain();
    if (versionOf(keys) === snapshot.version) return;
    snapshot = await takeSnapshot(keystore, keys);
    for (const listener of listeners) {
      try {
        listener(snapshot);
      } catch (error) {
        onError(error);
      }
    }
  }

  return {
    get snapshot() {
      return snapshot;
    },
    refresh,
    onChange: (listener) => {
      listeners.push(listener);
    },
    poll(seconds) {
      let running: Promise<void> | undefined;
      const timer = setInterval(() => {
        running ??= refresh()
          .catch(onError)
          .finally(() => (running = undefined));
      }, seconds * 1000);
      timer.unref();
      return () => clearInterval(timer);
    },
  };
}

async function takeSnapshot(
  keystore: Keystore,
  keys: readonly SigningKeyRecord[],
): Promise<SigningKeySnapshot> {
  const current = keys.filter((key) => key.state === 'current').toSorted(byAlgorithm);
  const signing = await Promise.all(current.map((key) => keystore.open(key)));
  const published = keys.toSorted(byState).map((key) => ({ ...key.publicJwk }) as JWK);
  return {
    version: versionOf(keys),
    signing,
    published,
    verificationKey: createLocalJWKSet({ keys: published }),
    sign: signer(signing),
  };
}

function signer(signing: readonly JWK[]): SigningKeySnapshot['sign'] {
  const imported = new Map<string, ReturnType<typeof importJWK>>();
  return async (claims, { algorithm, type }) => {
    const jwk = signing.find((key) => key.alg === algorithm);
    if (!jwk?.kid) throw new Error(`no current signing key for ${algorithm} (key_rotation.algorithms)`);
    const key = imported.get(jwk.kid) ?? importJWK(jwk, algorithm);
    imported.set(jwk.kid, key);
    return new SignJWT(claims)
      .setProtectedHeader({ alg: algorithm, typ: type, kid: jwk.kid })
      .sign(await key);
  };
}

const algorithmOrder: readonly SigningAlgorithm[] = ['ES256', 'RS256', 'EdDSA'];
const stateOrder: readonly SigningKeyRecord['state'][] = ['current', 'next', 'retiring'];

function byAlgorithm(a: SigningKeyRecord, b: SigningKeyRecord): number {
  return algorithmOrder.indexOf(a.algorithm) - algorithmOrder.indexOf(b.algorithm);
}

function byState(a: SigningKeyRecord, b: SigningKeyRecord): number {
  return stateOrder.indexOf(a.state) - stateOrder.indexOf(b.state) || byAlgorithm(a, b);
}

function versionOf(keys: readonly SigningKeyRecord[]): string {
  const names = keys.map((key) => `${key.kid} ${key.state}`).sort();
  return sha256(names.join('\n')).toString('base64url');
}
