import assert from 'node:assert/strict';
import type { SigningKeyRecord } from '../../src/provider/signing-key-store.js';
import { onDatabase, onEveryDatabase } from '../support/databases.js';
import { atOnce } from '../support/parallel.js';
import { unique } from '../support/records.js';
import { anotherNode, type TestDatabase } from '../support/test-database.js';

function key(database: TestDatabase, changes: Partial<SigningKeyRecord> = {}): SigningKeyRecord {
  return {
    kid: unique('key'),
    algorithm: 'ES256',
    state: 'next',
    publicJwk: { kty: 'EC', crv: 'P-256' },
    sealedPrivateJwk: 'sealed',
    createdAt: new Date(database.clock.now()),
    currentSince: undefined,
    retiredAt: undefined,
    ...changes,
  };
}

onEveryDatabase('the signing key store', (database) => {
  const keys = () => database.storage.signingKeys;

  it('stores what a change returns: new, changed and gone', async () => {
    const [staying, leaving] = [key(database), key(database)];
    await keys().rewrite(async () => [staying, leaving]);
    const at = new Date(database.clock.now());
    const changed = { ...staying, state: 'retiring' as const, sealedPrivateJwk: undefined, retiredAt: at };
    const coming = key(database, { state: 'current', algorithm: 'RS256', currentSince: at });
    const stored = await keys().rewrite(async (before) => {
      assert.deepEqual(new Set(before.map(({ kid }) => kid)), new Set([staying.kid, leaving.kid]));
      return [changed, coming];
    });
    assert.deepEqual(stored, [changed, coming]);
    const byName = (list: readonly SigningKeyRecord[]) => list.toSorted((a, b) => a.kid.localeCompare(b.kid));
    assert.deepEqual(byName(await keys().list()), byName(stored));
  });

  it('leaves the keys alone when the change fails', async () => {
    const before = await keys().list();
    await assert.rejects(
      keys().rewrite(async () => {
        throw new Error('no new key');
      }),
      /no new key/,
    );
    assert.deepEqual(await keys().list(), before);
  });

  it('can be emptied', async () => {
    await keys().rewrite(async () => [key(database)]);
    assert.deepEqual(await keys().rewrite(async () => []), []);
    assert.deepEqual(await keys().list(), []);
  });

  it('lets changes follow each other', async () => {
    await keys().rewrite(async () => []);
    await atOnce(10, () => keys().rewrite(async (before) => [...before, key(database)]));
    assert.equal((await keys().list()).length, 10);
  });
});

onDatabase('PostgreSQL', 'signing keys shared by two nodes', (database) => {
  it('are changed by one node at a time', async () => {
    const other = await anotherNode(database);
    await database.storage.signingKeys.rewrite(async () => []);
    const nodes = [database, other];
    await atOnce(10, async (index) =>
      nodes[index % 2]?.storage.signingKeys.rewrite(async (before) => [...before, key(database)]),
    );
    await other.storage.close();
    assert.equal((await database.storage.signingKeys.list()).length, 10);
  });
});
