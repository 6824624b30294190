import assert from 'node:assert/strict';
import { onEveryDatabase } from '../support/databases.js';
import { grant, storeFamily, unique, type Family } from '../support/records.js';

onEveryDatabase('the grant store', (database) => {
  const grants = () => database.storage.grants;
  const now = () => new Date(database.clock.now());
  const family = () => storeFamily(database.storage, database.clock);

  it('gives back, updates and lists', async () => {
    const { accountId, clientId, grantId } = await family();
    const stored = grant(database.clock, { id: grantId, clientId, accountId, payload: { rights: 'more' } });
    await grants().save(stored);
    assert.deepEqual(await grants().find(grantId), stored);
    assert.deepEqual(await grants().listOf(accountId), [stored]);
  });

  it('is gone for good once revoked', async () => {
    const { accountId, clientId, grantId } = await family();
    assert.equal(await grants().revoke(grantId, now()), true);
    assert.equal(await grants().revoke(grantId, now()), false);
    await grants().save(grant(database.clock, { id: grantId, clientId, accountId }));
    assert.equal(await grants().find(grantId), undefined);
    assert.deepEqual(await grants().listOf(accountId), []);
  });

  const ends: Record<string, (made: Family) => Promise<unknown>> = {
    'its account is revoked': ({ accountId }) => database.storage.accounts.revoke(accountId),
    'its account was disabled and enabled': async ({ accountId }) => {
      await database.storage.accounts.disable(accountId, now());
      await database.storage.accounts.enable(accountId);
    },
    'its client is revoked': ({ clientId }) => database.storage.clients.revoke(clientId),
  };
  for (const [event, end] of Object.entries(ends)) {
    it(`is gone when ${event}, and saving it again does not bring it back`, async () => {
      const made = await family();
      await end(made);
      assert.equal(await grants().find(made.grantId), undefined);
      await grants().save(grant(database.clock, { ...made, id: made.grantId }));
      assert.equal(await grants().find(made.grantId), undefined);
      assert.deepEqual(await grants().listOf(made.accountId), []);
    });
  }

  it('can be made anew after the revocation of its account', async () => {
    const made = await family();
    await database.storage.accounts.revoke(made.accountId);
    const id = unique('grant');
    await grants().save(grant(database.clock, { id, clientId: made.clientId, accountId: made.accountId }));
    assert.ok(await grants().find(id));
  });

  it('is not made for a disabled account', async () => {
    const made = await family();
    await database.storage.accounts.disable(made.accountId, now());
    const id = unique('grant');
    await grants().save(grant(database.clock, { id, clientId: made.clientId, accountId: made.accountId }));
    await database.storage.accounts.enable(made.accountId);
    assert.equal(await grants().find(id), undefined);
  });

  it('takes what is unknown, or can be no name, for absent', async () => {
    for (const id of [unique('grant'), 'a\0b']) {
      assert.equal(await grants().find(id), undefined);
      assert.equal(await grants().revoke(id, now()), false);
    }
  });
});
