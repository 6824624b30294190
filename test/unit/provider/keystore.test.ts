import assert from 'node:assert/strict';
import { calculateJwkThumbprint, type JWK } from 'jose';
import type { RotationSettings } from '../../../src/provider/key-rotation-policy.js';
import { createKeystore, KeystoreLocked } from '../../../src/provider/keystore.js';
import type { SigningKeyRecord } from '../../../src/provider/signing-key-store.js';
import { signingKeysInMemory } from '../../support/signing-keys-in-memory.js';

const day = 86_400;
const settings: RotationSettings = {
  algorithms: ['ES256', 'RS256'],
  publish_before_use: day,
  retire_after: 30 * day,
  rotate_every: 90 * day,
  poll: 15,
};

function setUp(overrides: Partial<RotationSettings> = {}) {
  const clock = { milliseconds: Date.UTC(2026, 0, 1), now: () => clock.milliseconds };
  const store = signingKeysInMemory();
  const open = (masterKey: Uint8Array) =>
    createKeystore({ store, masterKey, clock, settings: () => ({ ...settings, ...overrides }) });
  return { clock, store, open, keystore: open(Buffer.alloc(32, 1)) };
}

const summary = (keys: readonly SigningKeyRecord[]) =>
  keys.map((key) => `${key.algorithm} ${key.state}`).toSorted();

describe('keystore', () => {
  it('makes the first keys once, also when two nodes start together', async () => {
    const { store, open } = setUp();
    await Promise.all([open(Buffer.alloc(32, 1)).maintain(), open(Buffer.alloc(32, 1)).maintain()]);
    assert.deepEqual(summary(await store.list()), [
      'ES256 current',
      'ES256 next',
      'RS256 current',
      'RS256 next',
    ]);
  });

  it('names each key by its thumbprint (RFC 7638) and makes RSA keys of 2048 bits or more', async () => {
    const { keystore } = setUp({ algorithms: ['RS256', 'EdDSA'] });
    for (const key of await keystore.maintain()) {
      assert.equal(key.kid, await calculateJwkThumbprint(key.publicJwk as JWK));
      assert.equal(key.publicJwk['kid'], key.kid);
      if (key.algorithm === 'RS256') {
        assert.ok(Buffer.from(String(key.publicJwk['n']), 'base64url').length >= 256);
      }
    }
  });

  it('stores no private member in clear (law 7)', async () => {
    const { keystore } = setUp();
    for (const key of await keystore.maintain()) {
      const secret = (await keystore.open(key)).d;
      assert.ok(secret);
      assert.ok(!JSON.stringify(key).includes(secret));
      assert.deepEqual(
        Object.keys(key.publicJwk).filter((name) => /^([dpq]|d[pq]|qi|oth)$/.test(name)),
        [],
      );
    }
  });

  it('says what to do when the master key is another', async () => {
    const { keystore, open } = setUp();
    const [key] = await keystore.maintain();
    assert.ok(key);
    await assert.rejects(open(Buffer.alloc(32, 2)).open(key), (error) => {
      assert.ok(error instanceof KeystoreLocked);
      assert.match(error.message, /HOLDFAST_SECRET_KEY/);
      return true;
    });
  });

  it('rotates on schedule: the published next signs, the old private part is gone, its public part stays', async () => {
    const { keystore, clock } = setUp();
    const before = await keystore.maintain();
    clock.milliseconds += 90 * day * 1000;
    const after = await keystore.maintain();
    for (const old of before) {
      const now = after.find((key) => key.kid === old.kid);
      assert.equal(now?.state, old.state === 'next' ? 'current' : 'retiring');
      assert.equal(now?.sealedPrivateJwk === undefined, old.state === 'current');
    }
    assert.deepEqual(summary(after), [
      'ES256 current',
      'ES256 next',
      'ES256 retiring',
      'RS256 current',
      'RS256 next',
      'RS256 retiring',
    ]);
    clock.milliseconds += 30 * day * 1000;
    assert.equal((await keystore.maintain()).filter((key) => key.state === 'retiring').length, 0);
  });

  it('does not write when nothing is due', async () => {
    const { keystore, store } = setUp();
    await keystore.maintain();
    await keystore.maintain();
    assert.equal(store.rewrites, 1);
  });

  it('rotates on demand, and refuses it while the next key is too young', async () => {
    const { keystore, clock, store } = setUp();
    await keystore.maintain();
    assert.deepEqual(await keystore.rotate(), {
      outcome: 'too_young',
      until: new Date(clock.now() + day * 1000),
    });
    assert.equal((await store.list()).filter((key) => key.state === 'retiring').length, 0);
    clock.milliseconds += day * 1000;
    assert.equal((await keystore.rotate()).outcome, 'rotated');
    assert.equal((await store.list()).filter((key) => key.state === 'retiring').length, 2);
  });

  it('in an emergency without names replaces every key that has a private part', async () => {
    const { keystore, store } = setUp();
    const before = (await keystore.maintain()).map((key) => key.kid);
    assert.equal((await keystore.replace()).outcome, 'rotated');
    const after = await store.list();
    assert.deepEqual(summary(after), ['ES256 current', 'ES256 next', 'RS256 current', 'RS256 next']);
    assert.ok(after.every((key) => !before.includes(key.kid)));
  });

  it('in an emergency with names takes out only those, and refuses a name that it lacks', async () => {
    const { keystore, store } = setUp();
    const keys = await keystore.maintain();
    const kid = keys.find((key) => key.state === 'current')?.kid ?? '';
    assert.equal((await keystore.replace([kid])).outcome, 'rotated');
    const after = (await store.list()).map((key) => key.kid);
    assert.deepEqual(
      keys.map((key) => key.kid).filter((name) => !after.includes(name)),
      [kid],
    );
    assert.deepEqual(await keystore.replace(['nobody']), { outcome: 'unknown_key', kids: ['nobody'] });
  });
});
