import assert from 'node:assert/strict';
import type { AccountId } from '../../src/accounts/account.js';
import type { UpstreamIdentity } from '../../src/accounts/upstream-identity.js';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce } from '../support/parallel.js';
import { digest, storeAccount, unique } from '../support/records.js';

onEveryDatabase('the store of linked identities', (database) => {
  const identities = () => database.storage.upstreamIdentities;
  const owner = async () => (await storeAccount(database.storage, database.clock)).id;
  const issuer = 'https://upstream.test';

  function identity(accountId: AccountId, changes: Partial<UpstreamIdentity> = {}): UpstreamIdentity {
    const linkedAt = new Date(database.clock.now());
    return {
      issuer,
      subject: unique('sub'),
      id: unique('idn'),
      accountId,
      providerName: 'Upstream',
      email: 'ada@example.test',
      linkedAt,
      lastUsedAt: linkedAt,
      ...changes,
    };
  }

  async function linked(accountId: AccountId, changes: Partial<UpstreamIdentity> = {}) {
    const made = identity(accountId, changes);
    assert.equal(await identities().link(made), true);
    return made;
  }

  async function addPasskey(accountId: AccountId): Promise<void> {
    await database.storage.passkeys.insert({
      credentialId: digest(),
      accountId,
      publicKey: digest(),
      algorithm: -7,
      signCount: 0,
      backupEligible: false,
      backedUp: false,
      transports: [],
      aaguid: '',
      name: 'Passkey',
      createdAt: new Date(database.clock.now()),
      lastUsedAt: undefined,
      attested: false,
      madeBy: 'first',
      stepUpFrom: undefined,
      regressedAt: undefined,
      backupChangedAt: undefined,
      removedAt: undefined,
    });
  }

  it('finds one by issuer and subject together', async () => {
    const made = await linked(await owner());
    assert.deepEqual(await identities().find(made), made);
    assert.equal(await identities().find({ ...made, issuer: 'https://other.test' }), undefined);
    assert.equal(await identities().find({ issuer, subject: 'nobody' }), undefined);
    assert.equal(await identities().find({ issuer, subject: 'a\0b' }), undefined);
  });

  it('links one to one account, of 25 that try at once', async () => {
    const subject = unique('sub');
    const owners = await atOnce(25, owner);
    const answers = await Promise.all(owners.map((id) => identities().link(identity(id, { subject }))));
    assert.equal(answers.filter(Boolean).length, 1);
  });

  it('links none to an account that is gone', async () => {
    const ada = await owner();
    assert.equal(await database.storage.accounts.remove(ada), true);
    assert.equal(await identities().link(identity(ada)), false);
  });

  it('keeps the same subject of two issuers apart', async () => {
    const [ada, grace] = [await owner(), await owner()];
    const made = await linked(ada);
    await linked(grace, { issuer: 'https://other.test', subject: made.subject });
    assert.equal((await identities().find(made))?.accountId, ada);
  });

  it('lists those of an account, oldest first, with their last use', async () => {
    const ada = await owner();
    const first = await linked(ada);
    const second = await linked(ada, { linkedAt: new Date(database.clock.now() + 1000) });
    const at = new Date(database.clock.now() + 5000);
    await identities().recordUse(first, at);
    assert.deepEqual(await identities().listOf(ada), [{ ...first, lastUsedAt: at }, second]);
    assert.deepEqual(await identities().listOf(await owner()), []);
  });

  it('unlinks one beside a passkey or beside another identity that can be used', async () => {
    const ada = await owner();
    const [first, second] = [await linked(ada), await linked(ada)];
    assert.equal(await identities().unlink(ada, first.id, [issuer]), 'unlinked');
    assert.equal(await identities().find(first), undefined);
    await addPasskey(ada);
    assert.equal(await identities().unlink(ada, second.id, [issuer]), 'unlinked');
  });

  it('never unlinks the last way in', async () => {
    const ada = await owner();
    const [first, retired] = [await linked(ada), await linked(ada, { issuer: 'https://gone.test' })];
    assert.equal(await identities().unlink(ada, first.id, [issuer]), 'last_way_in');
    assert.equal(await identities().unlink(ada, retired.id, [issuer]), 'unlinked');
    assert.equal(await identities().unlink(ada, first.id, [issuer]), 'last_way_in');
    assert.ok(await identities().find(first));
  });

  it('leaves one of those that are unlinked at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const ada = await owner();
      const all = await atOnce(5, () => linked(ada));
      const answers = await Promise.all(all.map(({ id }) => identities().unlink(ada, id, [issuer])));
      assert.equal(answers.filter((answer) => answer === 'last_way_in').length, 1, answers.join());
      assert.equal((await identities().listOf(ada)).length, 1);
    }
  });

  it('does not touch those of somebody else', async () => {
    const [ada, grace] = [await owner(), await owner()];
    await addPasskey(grace);
    const hers = await linked(ada);
    assert.equal(await identities().unlink(grace, hers.id, [issuer]), 'unknown');
    assert.equal(await identities().unlink(grace, 'a\0b', [issuer]), 'unknown');
    assert.ok(await identities().find(hers));
  });
});
