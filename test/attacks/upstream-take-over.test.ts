import assert from 'node:assert/strict';
import { SoftwareAuthenticator } from '../../examples/support/software-authenticator.js';
import type { AccountId } from '../../src/accounts/account.js';
import { FakeUpstream, someone } from '../support/fake-upstream.js';
import type { Holdfast } from '../support/harness.js';
import { atOnce } from '../support/parallel.js';
import { jsonOf, PasskeyVisitor } from '../support/passkey-visitor.js';
import { unique } from '../support/records.js';
import {
  accountWith,
  createForm,
  holdfastWith,
  ownerWith,
  UpstreamVisitor,
} from '../support/upstream-visitor.js';
import type { Visit } from '../support/visitor.js';

/*
 * Who gets hold of his victim's address at a provider (a mail account that was given up and taken by somebody else, an
 * administrator of the domain, a provider that lies) wants her account here. An address finds an account but opens none.
 */
describe('taking over an account by linking an identity to it', () => {
  let upstream: FakeUpstream;
  let holdfast: Holdfast;
  before(async () => {
    upstream = await FakeUpstream.open();
    holdfast = await holdfastWith(upstream);
  });
  after(async () => {
    await holdfast.close();
    await upstream.close();
  });

  const visitor = () => new UpstreamVisitor(holdfast.issuer);
  const linked = async ({ sub }: Readonly<Record<string, unknown>>) =>
    (await holdfast.storage.upstreamIdentities.find({ issuer: upstream.issuer, subject: String(sub) }))
      ?.accountId;
  const address = () => `${unique('victim')}@example.test`;

  /** The attacker at the page that offers to connect, with a verified address at the provider that is his victim's here. */
  async function attack(email: string) {
    const attacker = visitor();
    const claims = someone(unique('mallory'), { email });
    return { attacker, claims, page: await attacker.goThrough(upstream, claims) };
  }

  async function nothingCame(
    attacker: UpstreamVisitor,
    claims: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    assert.equal(await linked(claims), undefined);
    assert.equal(attacker.signedIn, false);
  }

  it('gets nowhere with an address that the provider does not vouch for', async () => {
    const email = address();
    const { accountId } = await ownerWith(holdfast, email);
    const attacker = visitor();
    const claims = someone(unique('mallory'), { email, email_verified: false });
    const page = await attacker.goThrough(upstream, claims);
    assert.equal(page.status, 403);
    assert.ok(!/already have an account/.test(page.text), 'a stranger learns nothing');
    await nothingCame(attacker, claims);
    assert.deepEqual(await holdfast.storage.upstreamIdentities.listOf(accountId), []);
  });

  it('gets nowhere with a verified one: nothing is merged, and no form makes an account beside it', async () => {
    for (const change of [(email: string) => email, (email: string) => email.toUpperCase()]) {
      const email = address();
      await ownerWith(holdfast, email);
      const { attacker, claims, page } = await attack(change(email));
      assert.match(page.text, /You already have an account/);
      const form = { action: `${page.url}/create`, csrf: /data-csrf="([^"]+)"/.exec(page.text)?.[1] ?? '' };
      const forced = await attacker.visitor.follow(
        await attacker.visitor.post(form.action, { csrf: form.csrf }),
      );
      assert.match(forced.text, /You already have an account/);
      await nothingCame(attacker, claims);
    }
  });

  it('gets nowhere with a passkey of his own', async () => {
    const email = address();
    await ownerWith(holdfast, email);
    const { person: mallory } = await ownerWith(holdfast, address());
    const { attacker, claims, page } = await attack(email);
    const answer = await attacker.connect(page, mallory.authenticator);
    assert.equal(answer.status, 400, answer.text);
    await nothingCame(attacker, claims);
  });

  it('gets nowhere with an assertion that his victim gave for something else', async () => {
    const email = address();
    const { person: owner } = await ownerWith(holdfast, email);
    const { attacker, claims, page } = await attack(email);
    // Her sign-in at the same moment: relayed, and the other way round.
    const signIn = jsonOf(await owner.post(await owner.arrive({ prompt: 'login' }), 'sign-in/options', {}));
    const relayed = owner.authenticator.assert(signIn as never);
    assert.equal((await attacker.connectStep(page, 'result', { response: relayed })).status, 400);
    // Another identity, in another interaction.
    const other = await attack(email);
    const options = jsonOf(await other.attacker.connectStep(other.page, 'options', {}));
    const response = owner.authenticator.assert(options as never);
    assert.equal((await attacker.connectStep(page, 'result', { response })).status, 400);
    await nothingCame(attacker, claims);
    await nothingCame(other.attacker, other.claims);
  });

  it('gets no sign-in out of the assertion for a link', async () => {
    const email = address();
    const { person: owner } = await ownerWith(holdfast, email);
    const { attacker, page } = await attack(email);
    const options = jsonOf(await attacker.connectStep(page, 'options', {}));
    const response = owner.authenticator.assert(options as never);
    const login = await attacker.visitor.get(page.url.replace('/identity', ''));
    const csrf = /data-csrf="([^"]+)"/.exec(login.text)?.[1];
    const address_ = `${login.url}/passkey/sign-in/result`;
    assert.equal((await attacker.visitor.postJson(address_, { csrf, response })).status, 400);
    assert.equal(attacker.signedIn, false);
  });

  it('links one identity once, of 25 answers to one challenge', async () => {
    const email = address();
    const { person: owner, accountId } = await ownerWith(holdfast, email);
    const person = visitor();
    const claims = someone(unique('own'), { email });
    const page = await person.goThrough(upstream, claims);
    const options = jsonOf(await person.connectStep(page, 'options', {}));
    const response = owner.authenticator.assert(options as never, { signCount: 0 });
    const answers = await atOnce(25, () => person.connectStep(page, 'result', { response }));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    assert.equal((await holdfast.storage.upstreamIdentities.listOf(accountId)).length, 1);
  });

  it('is told nothing of the account: not its name, its passkeys, nor whether it has any', async () => {
    const [withPasskey, without] = [address(), address()];
    const { person: owner } = await ownerWith(holdfast, withPasskey);
    await accountWith(holdfast, without);
    const shape = async (email: string) => {
      const { attacker, page } = await attack(email);
      assert.ok(!page.text.includes('The owner'));
      const options = jsonOf(await attacker.connectStep(page, 'options', {}));
      assert.match(String(options['challenge']), /^[\w-]{43}$/);
      return { options: { ...options, challenge: '' }, words: wordsOf(page, email) };
    };
    const one = await shape(withPasskey);
    assert.deepEqual(one, await shape(without));
    const id = owner.authenticator.passkeys[0]?.credentialId.toString('base64url') ?? '';
    assert.ok(id && !JSON.stringify(one).includes(id));
  });

  it('does not follow an address from one person at the provider to the next', async () => {
    const first = someone(unique('first'));
    const owner = visitor();
    await owner.create(await owner.goThrough(upstream, first));
    // The provider gave her address to somebody else, under a subject of his own.
    const { attacker, claims, page } = await attack(String(first['email']));
    assert.match(page.text, /You already have an account/);
    await nothingCame(attacker, claims);
    // And whoever is known by subject stays who he is, whatever address he has now.
    const victim = address();
    const { accountId } = await ownerWith(holdfast, victim);
    const moved = visitor();
    await moved.goThrough(upstream, { ...first, email: victim });
    assert.ok(moved.signedIn);
    assert.notEqual(await linked(first), accountId);
  });

  it('is not prepared beforehand by signing up with an address that is not verified', async () => {
    const email = address();
    const mallory = new PasskeyVisitor(holdfast.issuer, new SoftwareAuthenticator(holdfast.issuer));
    // He gets no code: it is mailed to the victim.
    const claimed = await mallory.beginSignUp(await mallory.arrive(), 'Mallory', { email });
    assert.match(claimed.text, /Check your mail/);
    const claims = someone(unique('victim'), { email });
    const victim = visitor();
    const page = await victim.goThrough(upstream, claims);
    await victim.create(page);
    const account = await holdfast.storage.accounts.find((await linked(claims)) as AccountId);
    assert.equal(account?.email, email);
    const passkeys = await holdfast.storage.passkeys.listOf(account.id);
    assert.deepEqual(passkeys, [], 'nobody else has a key to her account');
    assert.ok(createForm(page));
  });

  it('lets nobody into an account that is disabled', async () => {
    const claims = someone(unique('disabled'));
    const person = visitor();
    await person.create(await person.goThrough(upstream, claims));
    await holdfast.storage.accounts.disable(
      (await linked(claims)) as AccountId,
      new Date(holdfast.clock.now()),
    );
    const again = visitor();
    const page = await again.goThrough(upstream, claims);
    assert.equal(page.status, 403);
    assert.equal(again.signedIn, false);
  });

  function wordsOf({ text }: Visit, email: string): string {
    return text
      .replaceAll('<wbr/>', '')
      .replace(/interaction\/[\w-]+/g, '')
      .replace(/data-csrf="[^"]+"/, '')
      .replaceAll(email, '');
  }
});
