import assert from 'node:assert/strict';
import type { StoredClient } from '../../src/provider/client-store.js';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce, successes } from '../support/parallel.js';
import { accessToken, storeFamily, unique } from '../support/records.js';

onEveryDatabase('the client store', (database) => {
  const clients = () => database.storage.clients;
  const now = () => new Date(database.clock.now());
  const client = (changes: Partial<StoredClient> = {}): StoredClient => ({
    clientId: unique('client'),
    source: 'database',
    metadata: { redirect_uris: ['https://app.example/cb'], client_name: 'a\0b' },
    createdAt: now(),
    ...changes,
  });

  it('gives back and lists what was inserted', async () => {
    const stored = client();
    assert.equal(await clients().insert(stored), 'inserted');
    assert.deepEqual(await clients().find(stored.clientId), stored);
    assert.ok((await clients().list()).some(({ clientId }) => clientId === stored.clientId));
  });

  it('has another version of a client with each change of it, and none of one that is gone or the config’s', async () => {
    const stored = client();
    await clients().insert(stored);
    const first = await clients().version(stored.clientId);
    assert.ok(first);
    assert.equal(await clients().version(stored.clientId), first);
    await clients().revoke(stored.clientId);
    const second = await clients().version(stored.clientId);
    assert.notEqual(second, first);
    await clients().remove(stored.clientId, now());
    assert.equal(await clients().version(stored.clientId), undefined);
    await clients().insert(stored);
    assert.ok(![undefined, first, second].includes(await clients().version(stored.clientId)));
    const configured = unique('client');
    await clients().declareConfigured([configured], now());
    assert.equal(await clients().version(configured), undefined);
    assert.equal(await clients().version('a\0b'), undefined);
  });

  it('gives an id to one of many at once', async () => {
    const stored = client();
    const answers = await atOnce(20, () => clients().insert(stored));
    assert.equal(successes(answers.map((answer) => answer === 'inserted')), 1);
  });

  it('declares the config’s clients again and again, and names the clashes', async () => {
    const configured = unique('client');
    const stored = client();
    await clients().insert(stored);
    assert.deepEqual(await clients().declareConfigured([configured], now()), []);
    assert.deepEqual(await clients().declareConfigured([configured, stored.clientId], now()), [
      stored.clientId,
    ]);
    const found = await clients().find(configured);
    assert.equal(found?.source, 'config');
    assert.equal(found.metadata, undefined);
    assert.deepEqual(await clients().find(stored.clientId), stored);
    assert.equal(await clients().insert(client({ clientId: configured })), 'taken');
    assert.deepEqual(await clients().declareConfigured([], now()), []);
  });

  it('removes a client once, and never one of the config', async () => {
    const stored = client();
    await clients().insert(stored);
    assert.equal(await clients().remove(stored.clientId, now()), true);
    assert.equal(await clients().remove(stored.clientId, now()), false);
    assert.equal(await clients().find(stored.clientId), undefined);
    const configured = unique('client');
    await clients().declareConfigured([configured], now());
    assert.equal(await clients().remove(configured, now()), false);
  });

  it('leaves old tokens dead when a removed id is used anew', async () => {
    const family = await storeFamily(database.storage, database.clock);
    const stored = client();
    await clients().insert(stored);
    const token = accessToken(database.clock, family, {
      clientId: stored.clientId,
      accountId: undefined,
      grantId: undefined,
      sessionUid: undefined,
    });
    assert.equal(await database.storage.accessTokens.insert(token), true);
    await clients().remove(stored.clientId, now());
    assert.equal(await clients().insert({ ...stored, metadata: { again: true } }), 'inserted');
    assert.deepEqual((await clients().find(stored.clientId))?.metadata, { again: true });
    assert.equal((await database.storage.accessTokens.find(token.digest, token.bucket))?.alive, false);
  });

  it('takes what is unknown, or can be no name, for absent', async () => {
    for (const name of [unique('client'), 'a\0b', '']) {
      assert.equal(await clients().find(name), undefined);
      assert.equal(await clients().remove(name, now()), false);
      assert.equal(await clients().revoke(name), false);
    }
  });
});
