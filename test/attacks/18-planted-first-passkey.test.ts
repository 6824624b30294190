import assert from 'node:assert/strict';
import { SoftwareAuthenticator } from '../../examples/support/software-authenticator.js';
import { AccountVisitor, noticeOf } from '../support/account-visitor.js';
import { FakeUpstream, someone } from '../support/fake-upstream.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { unique } from '../support/records.js';
import { UpstreamVisitor } from '../support/upstream-visitor.js';
import { formWith } from '../support/visitor.js';

const hold = 1800;

/*
 * Threat 18: a new passkey must be revocable. In an account that has no other, nothing could confirm the removal of one that
 * a thief put in with a fresh session of hers (stolen, or by a relay before an upstream provider): so a held one needs none.
 */
describe('threat 18: a passkey that a thief put into an account without any', () => {
  let upstream: FakeUpstream;
  let holdfast: Holdfast;
  before(async () => {
    upstream = await FakeUpstream.open();
    holdfast = await startHoldfast({
      upstream_providers: [upstream.entry],
      dangerously_allow_private_network_fetch: true,
      accounts: { new_passkey_hold: hold },
    });
  });
  afterEach(() => holdfast.clock.reset());
  after(async () => {
    await holdfast.close();
    await upstream.close();
  });

  /** Signed in by the provider, in a new browser. */
  const signedIn = async (claims: ReturnType<typeof someone>, isNew = false) => {
    const person = new UpstreamVisitor(holdfast.issuer);
    const page = await person.goThrough(upstream, claims);
    if (isNew) await person.create(page);
    const account = new AccountVisitor(holdfast);
    for (const [name, cookie] of person.visitor.cookies) account.visitor.cookies.set(name, cookie);
    assert.equal(await account.isSignedIn(), true);
    return account;
  };
  const addFirst = async (account: AccountVisitor) => {
    await account.addFirstPasskey();
    const [passkey] = account.authenticator.passkeys;
    assert.ok(passkey);
    return passkey.credentialId;
  };
  const remove = async (account: AccountVisitor, credentialId: Buffer) =>
    account.visitor.follow(
      await account.send(`/account/passkeys/${credentialId.toString('base64url')}/remove`),
    );
  const isThere = async (credentialId: Buffer) =>
    (await holdfast.storage.passkeys.find(credentialId))?.removedAt === undefined;

  it('is removed by the owner as long as it is held, without script and without any passkey', async () => {
    const claims = someone(unique('victim'));
    const thief = await signedIn(claims, true);
    const planted = await addFirst(thief);
    const owner = await signedIn(claims);
    const page = await owner.get(`/account/passkeys/${planted.toString('base64url')}`);
    const remover = [...page.text.matchAll(/<form[^>]*action="([^"]+)"/g)].map(([, action]) => action);
    assert.ok(remover.includes(`/account/passkeys/${planted.toString('base64url')}/remove`));
    assert.doesNotMatch(page.text, /data-confirm="remove_passkey"/);
    await remove(owner, planted);
    assert.equal(await isThere(planted), false);
    assert.ok(formWith(await owner.get('/account'), 'csrf'));
  });

  it('is removed by nobody else, and by no session once it may confirm', async () => {
    const claims = someone(unique('victim'));
    const owner = await signedIn(claims, true);
    const passkey = await addFirst(owner);
    await remove(await signedIn(someone(unique('other')), true), passkey);
    assert.equal(await isThere(passkey), true);
    holdfast.clock.advance(hold + 1);
    const thief = await signedIn(claims);
    assert.match(noticeOf(await remove(thief, passkey)) ?? '', /passkey/);
    assert.equal(await isThere(passkey), true);
  });

  it('stays where it is the only way in', async () => {
    const person = await AccountVisitor.signedIn(holdfast);
    const passkey = await addFirst(person);
    await remove(person, passkey);
    assert.equal(await isThere(passkey), true);
  });

  it('goes, and another stays: of two that are held one is left, however they are removed', async () => {
    const person = await AccountVisitor.signedIn(holdfast);
    await addFirst(person);
    holdfast.clock.advance(hold + 1);
    await person.addPasskey(new SoftwareAuthenticator(holdfast.issuer));
    const ids = (await person.passkeyIds()).map((id) => Buffer.from(id, 'base64url'));
    const confirmation = await person.confirm('remove_passkey', ids[0]?.toString('base64url'));
    const csrf = await person.csrf();
    const path = (id: Buffer | undefined) => `/account/passkeys/${id?.toString('base64url')}/remove`;
    await Promise.all([
      person.post(path(ids[0]), { csrf, confirmation }),
      person.post(path(ids[1]), { csrf }),
    ]);
    assert.equal((await person.passkeyIds()).length, 1);
  });
});
