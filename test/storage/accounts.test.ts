import assert from 'node:assert/strict';
import type { AccountId } from '../../src/accounts/account.js';
import { onEveryDatabase } from '../support/databases.js';
import { account, unique } from '../support/records.js';

onEveryDatabase('the account store', (database) => {
  const accounts = () => database.storage.accounts;

  it('gives back what was inserted', async () => {
    const stored = account(database.clock, { login: `Ada@${unique('x')}`, displayName: 'Ada Lövelace 🌻' });
    assert.equal(await accounts().insert(stored), 'inserted');
    assert.deepEqual(await accounts().find(stored.id), stored);
  });

  it('finds a login whatever its case, and gives it to one account only', async () => {
    const login = `Zoë@${unique('x')}`;
    const first = account(database.clock, { login });
    assert.equal(await accounts().insert(first), 'inserted');
    assert.equal(
      await accounts().insert(account(database.clock, { login: login.toUpperCase() })),
      'login_taken',
    );
    assert.equal((await accounts().findByLogin(login.toLowerCase()))?.id, first.id);
  });

  it('takes an id that is there already for a fault of ours, not for a taken login', async () => {
    const stored = account(database.clock);
    await accounts().insert(stored);
    await assert.rejects(accounts().insert(stored), /already/);
  });

  it('lets many accounts go without a login', async () => {
    assert.equal(await accounts().insert(account(database.clock)), 'inserted');
    assert.equal(await accounts().insert(account(database.clock)), 'inserted');
  });

  it('gives an address to one account only, whatever its case, also of two that take it at once', async () => {
    const email = `Ada@${unique('x')}.example`;
    const [first, second] = [account(database.clock), account(database.clock)];
    await accounts().insert(first);
    await accounts().insert(second);
    const taken = await Promise.all([
      accounts().setEmail(first.id, email),
      accounts().setEmail(second.id, email.toLowerCase()),
    ]);
    assert.deepEqual(taken.sort(), ['changed', 'email_taken']);
    const owner = await accounts().findByEmail(email.toUpperCase());
    assert.ok(owner);
    assert.equal(await accounts().insert(account(database.clock, { email })), 'email_taken');
    assert.equal(await accounts().setEmail(owner.id, email), 'changed');
    assert.equal(await accounts().setEmail('acc_nobody' as AccountId, `x${email}`), 'unknown');
  });

  it('keeps what the address tells, at the insert and at each change', async () => {
    const told = async (id: AccountId) =>
      (
        await database.sql<object>('SELECT email_mailbox, email_disposable FROM account WHERE id = $1', [id])
      )[0];
    const name = unique('x').replaceAll(/[^a-z0-9]/gi, '');
    const stored = account(database.clock, { email: `A.${name}+tag@googlemail.com` });
    await accounts().insert(stored);
    assert.deepEqual(await told(stored.id), {
      email_mailbox: `a${name.toLowerCase()}@gmail.com`,
      email_disposable: false,
    });
    await accounts().setEmail(stored.id, `${name}@mailinator.com`);
    assert.deepEqual(await told(stored.id), {
      email_mailbox: `${name.toLowerCase()}@mailinator.com`,
      email_disposable: true,
    });
  });

  it('holds paid tiers, and never shorter than before', async () => {
    const stored = account(database.clock);
    await accounts().insert(stored);
    const until = new Date(database.clock.now() + 86_400_000);
    await accounts().holdPaidTiers(stored.id, until);
    await accounts().holdPaidTiers(stored.id, new Date(database.clock.now()));
    assert.deepEqual((await accounts().find(stored.id))?.paidTiersHeldUntil, until);
  });

  it('lists oldest first, page by page', async () => {
    const made = [];
    for (let count = 0; count < 3; count += 1) {
      database.clock.advance(1);
      const stored = account(database.clock);
      await accounts().insert(stored);
      made.push(stored.id);
    }
    const [first] = made;
    assert.ok(first);
    const next = await accounts().list({ limit: 2, after: first });
    assert.deepEqual(
      next.map(({ id }) => id),
      made.slice(1),
    );
    assert.equal((await accounts().list({ limit: 1 })).length, 1);
  });

  it('disables, keeping the moment, and enables again', async () => {
    const stored = account(database.clock);
    await accounts().insert(stored);
    const at = new Date(database.clock.now());
    assert.equal(await accounts().disable(stored.id, at), true);
    assert.equal(await accounts().disable(stored.id, new Date(at.getTime() + 5000)), true);
    assert.deepEqual((await accounts().find(stored.id))?.disabledAt, at);
    assert.equal(await accounts().enable(stored.id), true);
    assert.equal((await accounts().find(stored.id))?.disabledAt, undefined);
  });

  it('says so when there is no such account', async () => {
    const nobody = unique('acc') as AccountId;
    assert.equal(await accounts().find(nobody), undefined);
    assert.equal(await accounts().findByLogin(nobody), undefined);
    assert.equal(await accounts().disable(nobody, new Date(0)), false);
    assert.equal(await accounts().enable(nobody), false);
    assert.equal(await accounts().revoke(nobody), false);
  });

  it('takes a name that no text can hold for unknown', async () => {
    assert.equal(await accounts().findByLogin('a\0b'), undefined);
    assert.equal(await accounts().find('a\0b' as AccountId), undefined);
  });
});
