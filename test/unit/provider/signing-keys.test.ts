import assert from 'node:assert/strict';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { createKeystore } from '../../../src/provider/keystore.js';
import { openSigningKeys, type SigningKeys } from '../../../src/provider/signing-keys.js';
import { signingKeysInMemory } from '../../support/signing-keys-in-memory.js';

const day = 86_400;

function cluster() {
  const clock = { milliseconds: Date.UTC(2026, 0, 1), now: () => clock.milliseconds };
  const store = signingKeysInMemory();
  const settings = () => ({
    algorithms: ['ES256'] as const,
    publish_before_use: day,
    retire_after: 30 * day,
    rotate_every: 90 * day,
    poll: 15,
  });
  const errors: unknown[] = [];
  const keystore = createKeystore({ store, masterKey: Buffer.alloc(32, 7), clock, settings });
  const node = () => openSigningKeys({ keystore, onError: (error) => errors.push(error) });
  return { clock, store, keystore, node, errors };
}

const sign = (node: SigningKeys) =>
  node.snapshot.sign({ hello: 'world' }, { algorithm: 'ES256', type: 'test+jwt' });

async function assertVerifies(node: SigningKeys, token: string) {
  await jwtVerify(token, node.snapshot.verificationKey, { algorithms: ['ES256'], typ: 'test+jwt' });
}

describe('signing keys', () => {
  it('publishes current and next, signs with current, and publishes nothing private', async () => {
    const node = await cluster().node();
    const { published, signing } = node.snapshot;
    assert.equal(published.length, 2);
    assert.equal(signing.length, 1);
    assert.equal(decodeProtectedHeader(await sign(node)).kid, signing[0]?.kid);
    assert.ok(published.every((key) => key.d === undefined));
  });

  it('leaves no moment at which one node can not verify what the other signs', async () => {
    const { clock, node } = cluster();
    const [first, second] = [await node(), await node()];
    const old = await sign(second);
    clock.milliseconds += 90 * day * 1000;
    await first.refresh();
    const [byNew, byOld] = [await sign(first), await sign(second)];
    assert.notEqual(decodeProtectedHeader(byNew).kid, decodeProtectedHeader(byOld).kid);
    for (const verifier of [first, second]) {
      for (const token of [old, byNew, byOld]) await assertVerifies(verifier, token);
    }
    await second.refresh();
    for (const token of [old, byNew, byOld, await sign(second)]) await assertVerifies(second, token);
    assert.equal(second.snapshot.version, first.snapshot.version);
  });

  it('tells its listeners of a change by another node, once', async () => {
    const { keystore, node } = cluster();
    const watcher = await node();
    const heard: string[] = [];
    watcher.onChange((snapshot) => heard.push(snapshot.version));
    await watcher.refresh();
    assert.deepEqual(heard, []);
    await keystore.replace();
    await watcher.refresh();
    await watcher.refresh();
    assert.deepEqual(heard, [watcher.snapshot.version]);
  });

  it('refuses what a compromised key signed as soon as the node has polled', async () => {
    const { keystore, node } = cluster();
    const one = await node();
    const token = await sign(one);
    await keystore.replace();
    await one.refresh();
    await assert.rejects(assertVerifies(one, token));
    await assertVerifies(one, await sign(one));
  });

  it('keeps the keys that it has while the database is away, reports it, and recovers', async () => {
    const { store, node, errors, keystore } = cluster();
    const one = await node();
    const before = one.snapshot.version;
    const list = store.list.bind(store);
    store.list = () => Promise.reject(new Error('away'));
    const stop = one.poll(0.005);
    await new Promise((done) => setTimeout(done, 40));
    assert.ok(errors.length > 0);
    assert.equal(one.snapshot.version, before);
    await assertVerifies(one, await sign(one));
    store.list = list;
    await keystore.replace();
    const deadline = Date.now() + 5000;
    while (one.snapshot.version === before && Date.now() < deadline) {
      await new Promise((done) => setTimeout(done, 5));
    }
    stop();
    assert.notEqual(one.snapshot.version, before);
  });

  it('calls every listener though one throws', async () => {
    const { keystore, node, errors } = cluster();
    const one = await node();
    let called = false;
    one.onChange(() => {
      throw new Error('listener');
    });
    one.onChange(() => (called = true));
    await keystore.replace();
    await one.refresh();
    assert.ok(called);
    assert.equal(errors.length, 1);
  });
});
