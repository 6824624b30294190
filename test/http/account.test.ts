import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { AccountVisitor, noHold, noticeOf } from '../support/account-visitor.js';
import { Device } from '../support/device.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { introspect, logIn, redeem, refresh } from '../support/login.js';
import { unique } from '../support/records.js';
import { formWith, Visitor } from '../support/visitor.js';

describe('the account at /account', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast(noHold);
  });
  afterEach(() => holdfast.clock.reset());
  after(() => holdfast.close());

  /** The app "spa" gets tokens of this person, from the browser that she is signed in with. */
  async function connect(person: AccountVisitor) {
    const { issuer } = holdfast;
    const login = await logIn({ issuer, login: person.login, visitor: person.visitor });
    const device = await Device.create(holdfast.clock);
    const { body } = await redeem(issuer, login, device);
    return { device, access: String(body['access_token']), refresh: String(body['refresh_token']) };
  }

  const isActive = async (token: string) => (await introspect(holdfast.issuer, token)).body['active'];

  it('sends a stranger to sign in, and her back to it, without asking for consent', async () => {
    const visitor = new Visitor();
    const page = await visitor.follow(await visitor.get(`${holdfast.issuer}/account`));
    assert.match(page.url, /\/interaction\//);
    const form = formWith(page, 'acr');
    const login = unique('new');
    const end = await visitor.follow(await visitor.post(form.action, { ...form.fields, login }));
    assert.equal(end.url, `${holdfast.issuer}/account`);
    assert.match(end.text, new RegExp(`<span>${login}</span>`));
  });

  it('lets whoever changes her mind go to the front page', async () => {
    const visitor = new Visitor();
    const page = await visitor.follow(await visitor.get(`${holdfast.issuer}/account`));
    const csrf = formWith(page, 'csrf').fields['csrf'] ?? '';
    const end = await visitor.follow(await visitor.post(`${page.url}/deny`, { csrf }));
    assert.equal(end.url, `${holdfast.issuer}/`);
  });

  it('adds a first passkey soon after the sign-in only', async () => {
    const person = await AccountVisitor.signedIn(holdfast);
    holdfast.clock.advance(301);
    const page = await person.look('/account/passkeys/new');
    assert.match(page.text, /prompt=login/);
    const late = await person.postJson('/account/passkeys/new/options', { csrf: await person.csrf() });
    assert.equal(late.status, 403, late.text);
    assert.deepEqual(await person.passkeyIds(), []);
  });

  it('adds, names and removes passkeys, says what came of it, and mails each change', async () => {
    const person = await AccountVisitor.settled(holdfast);
    const [first = ''] = await person.passkeyIds();
    const added = await person.visitor.follow(await person.addPasskey());
    assert.equal(noticeOf(added), 'The new passkey is there.');
    assert.equal(noticeOf(await person.look()), undefined, 'the message is shown once');
    const second = (await person.passkeyIds()).find((id) => id !== first) ?? '';
    const named = await person.send(`/account/passkeys/${second}/name`, { name: 'My key <3' });
    assert.match((await person.visitor.follow(named)).text, /My key &lt;3/);
    const onlyOne = /your only passkey/;
    assert.doesNotMatch((await person.look(`/account/passkeys/${first}`)).text, onlyOne);
    const removed = await person.change(`/account/passkeys/${second}/remove`, 'remove_passkey', {
      target: second,
    });
    assert.equal(noticeOf(await person.visitor.follow(removed)), 'The passkey is removed.');
    assert.deepEqual(await person.passkeyIds(), [first]);
    assert.match((await person.look(`/account/passkeys/${first}`)).text, onlyOne, 'she is warned before');
    const last = await person.change(`/account/passkeys/${first}/remove`, 'remove_passkey', {
      target: first,
    });
    assert.match(noticeOf(await person.visitor.follow(last)) ?? '', /only way in/);
    assert.deepEqual(await person.passkeyIds(), [first]);
    const address = `${person.login}@example.com`;
    await holdfast.mails.waitFor(address, 'passkey_added');
    await holdfast.mails.waitFor(address, 'passkey_removed');
    const history = await person.history();
    for (const kind of ['passkey_added', 'passkey_renamed', 'passkey_removed', 'signed_in'])
      assert.ok(history.includes(kind), kind);
  });

  it('keeps a passkey that was added from confirming while it is held', async () => {
    const held = await startHoldfast({ accounts: { new_passkey_hold: 3600 } });
    try {
      const person = await AccountVisitor.signedIn(held);
      await person.addFirstPasskey();
      for (const path of ['email', 'export', 'delete', 'recovery-codes', 'passkeys/new']) {
        const page = await person.look(`/account/${path}`);
        assert.match(page.text, /Yours may from/, path);
        assert.doesNotMatch(page.text, /data-confirm=/, path);
      }
      const asked = await person.postJson('/account/confirm/options', {
        csrf: await person.csrf(),
        action: 'delete_account',
        target: '',
      });
      assert.equal(asked.status, 403, asked.text);
    } finally {
      await held.close();
    }
  });

  it('makes recovery codes, shows them once and mails that it did', async () => {
    const person = await AccountVisitor.settled(holdfast);
    const made = await person.change('/account/recovery-codes', 'replace_recovery_codes');
    assert.equal(made.status, 200, made.text);
    const codes = made.text.match(/[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}/g) ?? [];
    assert.equal(new Set(codes).size, 10);
    assert.equal(made.headers.get('cache-control'), 'no-store');
    assert.match((await person.look()).text, /10 left/);
    await holdfast.mails.waitFor(`${person.login}@example.com`, 'recovery_codes_made');
    assert.ok((await person.history()).includes('recovery_codes_made'));
  });

  it('changes the address by a code that was mailed to the new one, and tells both', async () => {
    const person = await AccountVisitor.settled(holdfast);
    const before = `${person.login}@example.com`;
    const next = `${person.login}.new@example.com`;
    const fields = { email: next };
    const asked = await person.change('/account/email', 'change_email', { target: next, fields });
    assert.equal(asked.location, `${holdfast.issuer}/account/email/code`);
    const page = await person.look('/account/email/code');
    assert.ok(page.text.replaceAll('<wbr/>', '').includes(next), page.text);
    const { code = '' } = await holdfast.mails.waitFor(next, 'change_address_code');
    const wrong = await person.send('/account/email/code', { code: code === '000000' ? '000001' : '000000' });
    assert.equal(noticeOf(await person.visitor.follow(wrong)), 'That code is not right. Try again.');
    assert.equal((await person.account()).email, before);
    const done = await person.send('/account/email/code', { code });
    assert.equal(noticeOf(await person.visitor.follow(done)), 'Your e-mail address is changed.');
    assert.equal((await person.account()).email, next);
    await holdfast.mails.waitFor(before, 'address_changed');
    await holdfast.mails.waitFor(next, 'address_changed');
  });

  it('does not tell a stranger that an address has an account, but its owner', async () => {
    const other = await AccountVisitor.settled(holdfast);
    const person = await AccountVisitor.settled(holdfast);
    const taken = `${other.login}@example.com`;
    const fields = { email: taken };
    const asked = await person.change('/account/email', 'change_email', { target: taken, fields });
    assert.equal(asked.location, `${holdfast.issuer}/account/email/code`);
    const { code = '' } = await holdfast.mails.waitFor(taken, 'change_address_code');
    const done = await person.visitor.follow(await person.send('/account/email/code', { code }));
    assert.equal(noticeOf(done), 'That address belongs to another account.');
    assert.equal((await person.account()).email, `${person.login}@example.com`);
  });

  it('disconnects an account elsewhere once a passkey confirms it', async () => {
    const person = await AccountVisitor.settled(holdfast);
    const at = new Date(holdfast.clock.now());
    const id = unique('idn');
    await holdfast.storage.upstreamIdentities.link({
      id,
      accountId: await person.accountId(),
      issuer: 'https://upstream.example',
      subject: person.login,
      providerName: 'Acme',
      email: undefined,
      linkedAt: at,
      lastUsedAt: at,
    });
    assert.match((await person.look(`/account/identities/${id}`)).text, /Disconnect Acme\?/);
    const path = `/account/identities/${id}/unlink`;
    const done = await person.change(path, 'unlink_identity', { target: id });
    assert.equal(noticeOf(await person.visitor.follow(done)), 'The account is disconnected.');
    assert.deepEqual(await holdfast.storage.upstreamIdentities.listOf(await person.accountId()), []);
    await holdfast.mails.waitFor(`${person.login}@example.com`, 'identity_unlinked');
  });

  it('lists apps, and disconnecting one ends its tokens', async () => {
    const person = await AccountVisitor.settled(holdfast);
    const tokens = await connect(person);
    const page = await person.look();
    assert.match(page.text, /Call models for you/);
    assert.equal(await isActive(tokens.access), true);
    const ended = await person.send('/account/apps/disconnect', { app: 'spa' });
    assert.equal(noticeOf(await person.visitor.follow(ended)), 'The app is disconnected.');
    assert.equal(await isActive(tokens.access), false);
    assert.equal((await refresh(holdfast.issuer, tokens.refresh, tokens.device)).status, 400);
    assert.match((await person.look()).text, /No app is connected/);
    const again = await person.send('/account/apps/disconnect', { app: 'spa' });
    assert.equal(noticeOf(await person.visitor.follow(again)), 'That app is not connected any more.');
    await holdfast.mails.waitFor(`${person.login}@example.com`, 'app_disconnected');
  });

  it('lists devices with this one marked, and cuts any of them off, with all that it let apps do', async () => {
    const person = await AccountVisitor.settled(holdfast);
    const other = await person.elsewhere();
    const [mine, theirs] = [await connect(person), await connect(other)];
    const page = await person.look();
    const rows = page.text.split('<li').filter((row) => row.includes('data-row="dev_'));
    const pathOf = (row = '') => /action="([^"]+)"/.exec(row)?.[1] ?? '';
    const own = rows.filter((row) => row.includes('<b>this device</b>'));
    assert.deepEqual([rows.length, own.length], [2, 1]);
    const cut = await person.send(pathOf(rows.find((row) => row !== own[0])));
    assert.match(noticeOf(await person.visitor.follow(cut)) ?? '', /^It is cut off/);
    assert.equal(await other.isSignedIn(), false);
    assert.equal(await isActive(theirs.access), false);
    assert.equal((await refresh(holdfast.issuer, theirs.refresh, theirs.device)).status, 400);
    assert.deepEqual([await person.isSignedIn(), await isActive(mine.access)], [true, true]);
    const self = await person.send(pathOf(own[0]));
    assert.match((await person.visitor.follow(self)).text, /This device is cut off/);
    assert.equal((await person.get('/account/cut-off')).status, 303, 'no link shows this');
    assert.equal(await person.isSignedIn(), false);
    assert.equal(await isActive(mine.access), false);
  });

  it('cuts off what a session let apps do also when its own time was over before she pressed', async () => {
    const person = await AccountVisitor.settled(holdfast);
    const other = await person.elsewhere();
    const theirs = await connect(other);
    const uids = await person.sessionUids();
    holdfast.clock.advance(3700);
    assert.equal(await other.isSignedIn(), false);
    await person.signIn();
    for (const session of uids) await person.send('/account/sessions/cut-off', { session });
    assert.equal((await refresh(holdfast.issuer, theirs.refresh, theirs.device)).status, 400);
  });

  it('locks everything: no browser, no token and no refresh token is left', async () => {
    const person = await AccountVisitor.settled(holdfast);
    const other = await person.elsewhere();
    const tokens = await connect(person);
    const locked = await person.send('/account/lock');
    assert.equal(locked.location, `${holdfast.issuer}/account/locked`);
    assert.match((await person.visitor.follow(locked)).text, /Everything is locked/);
    assert.equal((await person.get('/account/locked')).status, 303, 'no link shows this');
    for (const each of [person, other]) assert.equal(await each.isSignedIn(), false);
    assert.equal(await isActive(tokens.access), false);
    assert.equal((await refresh(holdfast.issuer, tokens.refresh, tokens.device)).status, 400);
    await holdfast.mails.waitFor(`${person.login}@example.com`, 'signed_out_everywhere');
    await person.signIn();
    assert.ok((await person.history()).includes('everything_locked'));
  });

  it('gives a person all that it has about her, and no secret', async () => {
    const person = await AccountVisitor.settled(holdfast);
    const tokens = await connect(person);
    const digest = randomBytes(32);
    const accountId = await person.accountId();
    const old = { digest, accountId, resource: 'https://a.models.test/', prefix: 'sk-9f', label: 'laptop' };
    await holdfast.storage.legacyCredentials.import([old], new Date(holdfast.clock.now()));
    const answer = await person.change('/account/export', 'export_data');
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.headers.get('content-disposition') ?? '', /^attachment; filename="account\.json"/);
    const exported = JSON.parse(answer.text) as Record<string, never[] & Record<string, unknown>>;
    assert.equal(exported['profile']?.['email'], `${person.login}@example.com`);
    assert.deepEqual(
      ['passkeys', 'connected_apps', 'signed_in_browsers', 'devices'].map((name) => exported[name]?.length),
      [1, 1, 1, 1],
    );
    const [device] = (exported['devices'] ?? []) as { keys: { kind: string; thumbprint: string }[] }[];
    assert.equal(device?.keys.find(({ kind }) => kind === 'dpop')?.thumbprint, tokens.device.key.jkt);
    const [key] = exported['bearer_credentials'] as unknown as Record<string, unknown>[];
    assert.deepEqual([key?.['prefix'], key?.['label'], key?.['calls']], ['sk-9f', 'laptop', 0]);
    assert.ok((exported['events']?.length ?? 0) > 2);
    const [passkey] = await holdfast.storage.passkeys.listOf(await person.accountId());
    const secrets = [
      tokens.access,
      tokens.refresh,
      person.visitor.cookies.get('holdfast_session')?.value ?? '',
      passkey?.publicKey.toString('base64url') ?? '',
      digest.toString('base64url'),
      digest.toString('hex'),
    ];
    for (const secret of secrets) assert.ok(secret !== '' && !answer.text.includes(secret));
    await holdfast.mails.waitFor(`${person.login}@example.com`, 'data_exported');
  });

  it('deletes an account with everything that hangs on it', async () => {
    const person = await AccountVisitor.settled(holdfast);
    const tokens = await connect(person);
    const { id } = await person.account();
    const gone = await person.change('/account/delete', 'delete_account');
    assert.match((await person.visitor.follow(gone)).text, /Your account is deleted/);
    assert.equal((await person.get('/account/deleted')).status, 303, 'no link shows this');
    assert.equal(await person.isSignedIn(), false);
    assert.equal(await isActive(tokens.access), false);
    assert.equal((await refresh(holdfast.issuer, tokens.refresh, tokens.device)).status, 400);
    assert.equal(await holdfast.storage.accounts.find(id), undefined);
    await holdfast.mails.waitFor(`${person.login}@example.com`, 'account_deleted');
  });

  it('says for as long as it holds that somebody got back in by a recovery code', async () => {
    const person = await AccountVisitor.settled(holdfast);
    const until = new Date(holdfast.clock.now() + 600_000);
    await holdfast.storage.accounts.holdPaidTiers(await person.accountId(), until);
    assert.match((await person.look()).text, /Somebody got back in with a recovery code/);
    holdfast.clock.advance(601);
    assert.doesNotMatch((await person.look()).text, /Somebody got back in with a recovery code/);
  });

  it('speaks Chinese throughout', async () => {
    const person = await AccountVisitor.settled(holdfast);
    await connect(person);
    for (const path of [
      '',
      '/passkeys/new',
      '/email',
      '/recovery-codes',
      '/export',
      '/delete',
      '/activity',
    ]) {
      const page = await person.get(`/account${path}`, { 'accept-language': 'zh-TW' });
      assert.match(page.text, /<html lang="zh-Hant">/, path);
      assert.match(page.text, /帳號/, path);
    }
  });
});
