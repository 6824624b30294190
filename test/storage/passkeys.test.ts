import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { AccountId } from '../../src/accounts/account.js';
import type { Passkey } from '../../src/accounts/passkey.js';
import { onEveryDatabase } from '../support/databases.js';
import { passkey as storedPasskey, storeAccount } from '../support/records.js';

onEveryDatabase('the passkey store', (database) => {
  const passkeys = () => database.storage.passkeys;
  const someAccount = async () => (await storeAccount(database.storage, database.clock)).id;
  let someone: AccountId;
  before(async () => {
    someone = await someAccount();
  });
  const passkey = (changes: Partial<Passkey> = {}): Passkey =>
    storedPasskey(database.clock, someone, changes);

  it('gives back what was inserted', async () => {
    const stored = passkey();
    assert.equal(await passkeys().insert(stored), 'inserted');
    assert.deepEqual(await passkeys().find(stored.credentialId), stored);
  });

  it('takes a credential id once, whoever brings it', async () => {
    const stored = passkey();
    await passkeys().insert(stored);
    const again = passkey({ credentialId: stored.credentialId });
    assert.equal(await passkeys().insert(again), 'duplicate');
    assert.equal((await passkeys().find(stored.credentialId))?.accountId, stored.accountId);
  });

  it('lists the passkeys of one account', async () => {
    const accountId = await someAccount();
    const older = passkey({ accountId, transports: [] });
    database.clock.advance(1);
    const newer = passkey({ accountId });
    for (const stored of [newer, older, passkey()]) await passkeys().insert(stored);
    assert.deepEqual(await passkeys().listOf(accountId), [older, newer]);
  });

  it('records what an assertion changed', async () => {
    const stored = passkey({ signCount: 4_294_967_294 });
    await passkeys().insert(stored);
    const at = new Date(database.clock.now() + 1234);
    const use = { signCount: 4_294_967_295, backedUp: true, at };
    assert.equal(await passkeys().recordUse(stored.credentialId, use), 'recorded');
    assert.deepEqual(await passkeys().find(stored.credentialId), {
      ...stored,
      signCount: 4_294_967_295,
      backedUp: true,
      backupChangedAt: at,
      lastUsedAt: at,
    });
  });

  it('knows nothing of an unknown credential', async () => {
    assert.equal(await passkeys().find(randomBytes(16)), undefined);
  });
});
