import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Clock } from '../lib/clock.js';
import { deriveKey } from '../lib/hashing.js';
import { open, seal } from '../lib/seal.js';
import {
  emergencyChanges,
  immediateChanges,
  isNothing,
  scheduledChanges,
  type KeyChanges,
  type RotationSettings,
} from './key-rotation-policy.js';
import type { SigningAlgorithm, SigningKeyRecord, SigningKeyStore } from './signing-key-store.js';

export interface KeystorePorts {
  readonly store: SigningKeyStore;
  /** 32 bytes, from the environment or the data folder. */
  readonly masterKey: Uint8Array;
  readonly clock: Clock;
  readonly settings: () => RotationSettings;
}

export type Rotation =
  | { readonly outcome: 'rotated'; readonly changes: KeyChanges; readonly keys: readonly SigningKeyRecord[] }
  /** The next key may be unknown to verifiers that cache the JWKS; wait, or rotate as an emergency. */
  | { readonly outcome: 'too_young'; readonly until: Date }
  | { readonly outcome: 'unknown_key'; readonly kids: readonly string[] };

export interface Keystore {
  /** Does what the schedule demands (at the first start: makes the keys) and returns all keys. */
  maintain(): Promise<readonly SigningKeyRecord[]>;
  /** `holdfast keys rotate`: the published next keys start to sign now. */
  rotate(): Promise<Rotation>;
  /** `holdfast keys rotate --emergency`: takes `kids` (unset: every key with a private part) out of the JWKS at once. */
  replace(kids?: readonly string[]): Promise<Rotation>;
  /** The private JWK of a current or next key. Throws KeystoreLocked under another master key. */
  open(key: SigningKeyRecord): Promise<JWK>;
}

/** The stored private keys were sealed under another master key. */
export class KeystoreLocked extends Error {
  constructor(kid: string, cause: unknown) {
    super(
      `The signing key ${kid} can't be opened with this master key. ` +
        'Give back the secret_key (HOLDFAST_SECRET_KEY, or the key file in data_dir) that made it.',
      { cause },
    );
    this.name = 'KeystoreLocked';
  }
}

/** The signing keys in the database, private parts sealed by a key derived from the master key (law 7). */
export function createKeystore({ store, masterKey, clock, settings }: KeystorePorts): Keystore {
  const sealingKey = deriveKey(masterKey, 'keystore');

  async function apply(keys: readonly SigningKeyRecord[], changes: KeyChanges): Promise<SigningKeyRecord[]> {
    const at = new Date(clock.now());
    const kept = keys
      .filter((key) => !changes.remove.includes(key.kid))
      .map((key) => moved(key, changes, at));
    const made = await Promise.all(changes.create.map((wish) => generate(wish, sealingKey, at)));
    return [...kept, ...made];
  }

  return {
    async maintain() {
      const keys = await store.list();
      if (isNothing(scheduledChanges(keys, settings(), clock.now()))) return keys;
      return store.rewrite((locked) => apply(locked, scheduledChanges(locked, settings(), clock.now())));
    },

    async rotate() {
      let rotation: Rotation | undefined;
      await store.rewrite(async (keys) => {
        const planned = immediateChanges(keys, settings(), clock.now());
        if (planned.outcome === 'too_young') {
          rotation = planned;
          return keys;
        }
        const after = await apply(keys, planned.changes);
        rotation = { outcome: 'rotated', changes: planned.changes, keys: after };
        return after;
      });
      return settled(rotation);
    },

    async replace(kids) {
      let rotation: Rotation | undefined;
      await store.rewrite(async (keys) => {
        const unknown = (kids ?? []).filter((kid) => !keys.some((key) => key.kid === kid));
        if (unknown.length > 0) {
          rotation = { outcome: 'unknown_key', kids: unknown };
          return keys;
        }
        const compromised =
          kids ?? keys.filter((key) => key.sealedPrivateJwk !== undefined).map((key) => key.kid);
        const changes = emergencyChanges(keys, settings(), compromised);
        const after = await apply(keys, changes);
        rotation = { outcome: 'rotated', changes, keys: after };
        return after;
      });
      return settled(rotation);
    },

    async open(key) {
      if (key.sealedPrivateJwk === undefined) throw new Error(`signing key ${key.kid} has no private part`);
      const text = await open(sealingKey, key.sealedPrivateJwk).catch((cause: unknown) => {
        throw new KeystoreLocked(key.kid, cause);
      });
      return JSON.parse(text) as JWK;
    },
  };
}

function settled(rotation: Rotation | undefined): Rotation {
  if (!rotation) throw new Error('the key store did not run the change');
  return rotation;
}

/** A retiring key can't sign any more, so its private part goes at once. */
function moved(key: SigningKeyRecord, changes: KeyChanges, at: Date): SigningKeyRecord {
  if (changes.promote.includes(key.kid)) return { ...key, state: 'current', currentSince: at };
  if (changes.retire.includes(key.kid)) {
    return { ...key, state: 'retiring', retiredAt: at, sealedPrivateJwk: undefined };
  }
  return key;
}

async function generate(
  wish: KeyChanges['create'][number],
  sealingKey: Uint8Array,
  at: Date,
): Promise<SigningKeyRecord> {
  const pair = await generateKeyPair(wish.algorithm, { extractable: true, modulusLength: 2048 });
  const bare = await exportJWK(pair.publicKey);
  // RFC 7638: a kid made from the key itself is unique as the key is.
  const kid = await calculateJwkThumbprint(bare, 'sha256');
  const facts = { kid, alg: wish.algorithm satisfies SigningAlgorithm, use: 'sig' };
  const privateJwk = { ...(await exportJWK(pair.privateKey)), ...facts };
  return {
    kid,
    algorithm: wish.algorithm,
    state: wish.state,
    publicJwk: { ...bare, ...facts },
    sealedPrivateJwk: await seal(sealingKey, JSON.stringify(privateJwk)),
    createdAt: at,
    currentSince: wish.state === 'current' ? at : undefined,
    retiredAt: undefined,
  };
}
