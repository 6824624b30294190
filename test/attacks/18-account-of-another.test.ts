import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { AccountVisitor, noHold, noticeOf } from '../support/account-visitor.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { logIn } from '../support/login.js';
import { formWith, type Visit } from '../support/visitor.js';

/** Who has a session, his own or a stolen one, and wants more than it gives: at other accounts, and without a passkey. */
describe('threat 18: an account in the hands of somebody else', () => {
  let holdfast: Holdfast;
  let thief: AccountVisitor;
  let owner: AccountVisitor;
  before(async () => {
    holdfast = await startHoldfast(noHold);
  });
  beforeEach(async () => {
    [thief, owner] = [await AccountVisitor.settled(holdfast), await AccountVisitor.settled(holdfast)];
  });
  after(() => holdfast.close());

  const said = async (person: AccountVisitor, answer: Visit) => {
    assert.equal(answer.status, 303, answer.text);
    return noticeOf(await person.visitor.follow(answer));
  };
  const unknownId = 'bm9ib2R5LWhhcy1zdWNoLWEtcGFzc2tleQ';

  it('can’t name, show or remove a passkey of another account, which is as unknown as any', async () => {
    const [theirs = ''] = await owner.passkeyIds();
    for (const id of [theirs, unknownId]) {
      const gone = 'There is no such passkey any more.';
      assert.equal(await said(thief, await thief.get(`/account/passkeys/${id}`)), gone);
      assert.equal(
        await said(thief, await thief.send(`/account/passkeys/${id}/name`, { name: 'mine' })),
        gone,
      );
      const removal = { target: id };
      const removed = await thief.change(`/account/passkeys/${id}/remove`, 'remove_passkey', removal);
      assert.equal(await said(thief, removed), gone);
    }
    assert.deepEqual(await owner.passkeyIds(), [theirs]);
    assert.doesNotMatch((await owner.look()).text, /mine/);
  });

  it('can’t disconnect an app of another account', async () => {
    const { issuer } = holdfast;
    await logIn({ issuer, login: owner.login, visitor: owner.visitor });
    const [grant] = await holdfast.storage.grants.listOf(await owner.accountId());
    for (const app of ['spa', 'nobody', grant?.id ?? '']) {
      const answer = await thief.send('/account/apps/disconnect', { app });
      assert.equal(await said(thief, answer), 'That app is not connected any more.');
    }
    assert.equal((await holdfast.storage.grants.listOf(await owner.accountId())).length, 1);
  });

  it('can’t cut off a session of another account', async () => {
    const [uid = ''] = await owner.sessionUids();
    for (const session of [uid, 'nobody']) {
      const answer = await thief.send('/account/sessions/cut-off', { session });
      assert.equal(await said(thief, answer), 'That device is signed out already.');
    }
    assert.equal(await owner.isSignedIn(), true);
  });

  it('can’t name, see, cut off or disown a device of another account', async () => {
    const [theirs = ''] = await owner.deviceIds();
    const gone = 'There is no such device any more.';
    for (const id of [theirs, 'dev_none']) {
      assert.equal(await said(thief, await thief.get(`/account/devices/${id}`)), gone);
      for (const what of ['name', 'cut-off', 'not-me']) {
        const answer = await thief.send(`/account/devices/${id}/${what}`, { name: 'mine' });
        assert.equal(await said(thief, answer), gone, what);
      }
    }
    assert.deepEqual(await owner.deviceIds(), [theirs]);
    assert.equal(await owner.isSignedIn(), true);
    assert.doesNotMatch((await owner.look()).text, /mine/);
  });

  it('can’t take the passkeys away that came of another device of hers, without one of hers', async () => {
    const [home = ''] = await owner.deviceIds();
    await owner.addPasskey();
    const other = await owner.elsewhere();
    const path = `/account/devices/${home}/not-me`;
    for (const confirmation of [
      '',
      await other.confirm('export_data'),
      await other.confirm('disown_device', 'dev_none'),
    ]) {
      await other.send(path, { confirmation });
    }
    assert.equal((await owner.passkeyIds()).length, 2);
    assert.equal(await owner.isSignedIn(), true);
    const disowned = await other.change(path, 'disown_device', { target: home });
    assert.match((await said(other, disowned)) ?? '', /cut off for good/);
    assert.equal(await owner.isSignedIn(), false);
    assert.ok((await other.history()).includes('device_disowned'));
  });

  it('can’t stop an old key of another account, though it knows its name', async () => {
    const { legacyCredentials } = holdfast.storage;
    const now = new Date(holdfast.clock.now());
    const digest = randomBytes(32);
    const accountId = await owner.accountId();
    const key = { digest, accountId, resource: 'https://a.models.test/', prefix: 'sk-9f', label: 'laptop' };
    await legacyCredentials.import([key], now);
    const lives = async () => (await legacyCredentials.find(digest, now))?.alive;
    const fields = { key: digest.toString('base64url') };
    await thief.send('/account/old-keys/stop', fields);
    assert.equal(await lives(), true);
    assert.doesNotMatch((await thief.look()).text, /laptop/);
    const form = formWith(await owner.look(), 'key');
    assert.deepEqual(
      [new URL(form.action).pathname, form.fields['key']],
      ['/account/old-keys/stop', fields.key],
    );
    const stopped = await owner.send('/account/old-keys/stop', fields);
    assert.equal(await said(owner, stopped), 'The key is stopped. It opens nothing any more.');
    assert.equal(await lives(), false);
    assert.ok((await owner.history()).includes('old_key_stopped'));
    assert.ok(!(await thief.history()).includes('old_key_stopped'));
  });

  it('can’t unlink an identity of another account', async () => {
    const now = new Date(holdfast.clock.now());
    const id = 'idn_of_the_owner';
    await holdfast.storage.upstreamIdentities.link({
      id,
      accountId: await owner.accountId(),
      issuer: 'https://upstream.example',
      subject: owner.login,
      providerName: 'Upstream',
      email: undefined,
      linkedAt: now,
      lastUsedAt: now,
    });
    for (const each of [id, 'idn_nobody']) {
      const gone = 'That account is not connected any more.';
      assert.equal(await said(thief, await thief.get(`/account/identities/${each}`)), gone);
      const path = `/account/identities/${each}/unlink`;
      const answer = await thief.change(path, 'unlink_identity', { target: each });
      assert.equal(await said(thief, answer), gone);
    }
    assert.equal((await holdfast.storage.upstreamIdentities.listOf(await owner.accountId())).length, 1);
  });

  const changes = [
    { path: '/account/export', action: 'export_data' },
    { path: '/account/delete', action: 'delete_account' },
    { path: '/account/recovery-codes', action: 'replace_recovery_codes' },
  ] as const;
  for (const { path, action } of changes) {
    it(`with her session alone: ${action} needs her passkey, for this and at once`, async () => {
      const without = await owner.send(path);
      assert.match((await said(owner, without)) ?? '', /needs your passkey/);
      const another = action === 'export_data' ? 'delete_account' : 'export_data';
      const tries = [
        await owner.confirm(another),
        await owner.confirm(action, 'something else'),
        await (await owner.elsewhere()).confirm(action),
        await thief.confirm(action),
        'null',
        '{}',
        'not json',
      ];
      for (const confirmation of tries) {
        const answer = await owner.send(path, { confirmation });
        assert.equal(answer.status, 303, `${confirmation.slice(0, 60)}: ${answer.text}`);
      }
      assert.equal(await owner.isSignedIn(), true);
      const history = await owner.history();
      assert.ok(!history.includes('exported') && !history.includes('recovery_codes_made'));
    });
  }

  it('can’t use one confirmation twice', async () => {
    const confirmation = await owner.confirm('export_data');
    assert.equal((await owner.send('/account/export', { confirmation })).status, 200);
    const again = await owner.send('/account/export', { confirmation });
    assert.match((await said(owner, again)) ?? '', /sent twice/);
  });

  it('can’t have the code for another address than the one that was confirmed', async () => {
    const fields = { email: 'thief@example.com' };
    const answer = await owner.change('/account/email', 'change_email', {
      target: 'hers@example.com',
      fields,
    });
    assert.match((await said(owner, answer)) ?? '', /Nothing was changed/);
    const mails = await holdfast.mails.received();
    assert.ok(!mails.some(({ to }) => to === 'thief@example.com'));
  });

  it('can’t bring the page of a code into another session', async () => {
    const next = `${owner.login}.new@example.com`;
    await owner.change('/account/email', 'change_email', { target: next, fields: { email: next } });
    const { code = '' } = await holdfast.mails.waitFor(next, 'change_address_code');
    const cookie = owner.visitor.cookies.get('holdfast_account_email');
    assert.ok(cookie);
    thief.visitor.cookies.set('holdfast_account_email', cookie);
    assert.equal((await thief.get('/account/email/code')).location, `${holdfast.issuer}/account/email`);
    const answer = await thief.send('/account/email/code', { code });
    assert.match((await said(thief, answer)) ?? '', /code is gone/);
    assert.equal((await thief.account()).email, `${thief.login}@example.com`);
  });
});
