import assert from 'node:assert/strict';
import type { ExchangeSource } from '../../src/provider/exchange-store.js';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce } from '../support/parallel.js';
import { digest, storeFamily, unique } from '../support/records.js';

onEveryDatabase('the store of exchanges', (database) => {
  const exchanges = () => database.storage.exchanges;
  const later = (seconds: number) => new Date(database.clock.now() + seconds * 1000);
  const source = (session = true): ExchangeSource => ({
    subject: digest(),
    session: session ? digest() : undefined,
  });

  async function remembered(from: ExchangeSource, issuedAt = 100) {
    const { grantId, accountId } = await storeFamily(database.storage, database.clock);
    const holder = { clientId: unique('client'), key: unique('key') };
    const grant = { ...from, ...holder, grantId, accountId, issuedAt, expiresAt: later(600) };
    await exchanges().remember(grant);
    return grant;
  }

  it('gives a token to one key of many at once, and to that one again', async () => {
    const use = { digest: digest(), clientId: 'app', until: later(300) };
    const uses = await atOnce(20, (index) => exchanges().use({ ...use, key: `key ${index}` }));
    assert.equal(uses.filter((each) => each === 'first').length, 1);
    assert.equal(uses.filter((each) => each === 'other_key').length, 19);
    const key = `key ${uses.indexOf('first')}`;
    assert.equal(await exchanges().use({ ...use, key }), 'again');
    assert.equal(await exchanges().use({ ...use, key, clientId: 'another' }), 'other_key');
  });

  it('finds the grant of a source, client and key as long as it lasts', async () => {
    const from = source();
    const { grantId, clientId, key } = await remembered(from);
    const asked = { clientId, key, until: later(300) };
    assert.equal(await exchanges().grantOf(from, asked), grantId);
    assert.equal(await exchanges().grantOf(from, { ...asked, until: later(601) }), undefined);
    assert.equal(await exchanges().grantOf(from, { ...asked, key: 'another' }), undefined);
    assert.equal(await exchanges().grantOf({ ...from, session: undefined }, asked), undefined);
  });

  it('ends one session for good, and what has no session of its own', async () => {
    const [subject, session, other] = [digest(), digest(), digest()];
    const here = await remembered({ subject, session });
    const there = await remembered({ subject, session: other });
    const nowhere = await remembered({ subject, session: undefined });
    const ending = await exchanges().end({ subject, session }, 200, later(600));
    assert.deepEqual(ending.toSorted(), [here.grantId, nowhere.grantId].toSorted());
    assert.equal((await exchanges().hold({ subject, session }, later(60))).session, 200);
    assert.deepEqual(await exchanges().hold({ subject, session: other }, later(60)), {
      subject: undefined,
      session: undefined,
    });
    assert.ok(there.grantId);
  });

  it('ends everything of a person that came from tokens before', async () => {
    const subject = digest();
    const early = await remembered({ subject, session: digest() }, 100);
    await remembered({ subject, session: digest() }, 300);
    assert.deepEqual(await exchanges().end({ subject, session: undefined }, 200, later(600)), [
      early.grantId,
    ]);
    await exchanges().end({ subject, session: undefined }, 150, later(600));
    assert.equal((await exchanges().hold({ subject, session: undefined }, later(60))).subject, 200);
  });

  it('knows what was revoked since, of whom and of which client', async () => {
    const { accountId, clientId, grantId } = await storeFamily(database.storage, database.clock);
    // Other tests of this database end everything.
    await database.sql("UPDATE revocation SET at = at - interval '1 day'");
    const before = Math.floor(Date.now() / 1000) - 60;
    assert.equal(await exchanges().revokedSince(accountId, clientId, before), false);
    await database.storage.grants.revoke(grantId, later(0));
    assert.equal(await exchanges().revokedSince(accountId, clientId, before), true);
    assert.equal(await exchanges().revokedSince(accountId, 'another', before), false);
    assert.equal(await exchanges().revokedSince(accountId, clientId, before + 3600), false);
    await database.storage.accounts.revoke(accountId);
    assert.equal(await exchanges().revokedSince(accountId, 'another', before), true);
  });
});
