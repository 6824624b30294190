import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { AppLogin, signUpOwner } from '../support/account-owner.js';
import { type Holdfast, sharedStorage, startHoldfast } from '../support/harness.js';
import { addressOf } from '../support/passkey-visitor.js';
import { formWith, type Visit } from '../support/visitor.js';
import { watchStorage, type StoreCall } from '../support/watched-storage.js';

/* Threat 26, law 6: whether an address has an account is told to its owner alone. */
describe('threat 26: a stranger who tries addresses', () => {
  let holdfast: Holdfast;
  let calls: StoreCall[];
  before(async () => {
    const watched = watchStorage(await sharedStorage());
    ({ calls } = watched);
    holdfast = await startHoldfast({}, { storage: watched.storage });
  });
  after(() => holdfast.close());

  const address = () => `nobody.${randomBytes(6).toString('hex')}@example.test`;

  /** What a stranger sees of a page: all but what differs with the sign-in and with what he typed himself. */
  function seen({ status, text, url }: Visit, email: string) {
    const plain = text
      .replaceAll('<wbr/>', '')
      .replaceAll(email, 'ADDRESS')
      .replace(/interaction\/[\w-]{20,}/g, 'interaction/UID')
      .replace(/value="[\w-]{43}"/g, 'value="CSRF"');
    return { status, plain, path: new URL(url).pathname.replace(/interaction\/[\w-]+/, '') };
  }

  /** Everything that he does with one address, step by step, and what the database is asked for it. */
  async function tryAddress(kind: 'sign-up' | 'recovery', email: string) {
    const login = new AppLogin(holdfast);
    const { visitor } = login;
    const { base } = addressOf(await login.begin());
    const step = `${holdfast.issuer}${base}/${kind}`;
    const story: { page: ReturnType<typeof seen>; asked: string[] }[] = [];
    const does = async (what: () => Promise<Visit>): Promise<Visit> => {
      calls.length = 0;
      const page = await visitor.follow(await what());
      // The postman works in the background, and nobody waits for him.
      const asked = calls.map(({ name }) => name).filter((name) => !/^outbox\.(?!put)/.test(name));
      story.push({ page: seen(page, email), asked });
      return page;
    };
    const first = formWith(await visitor.get(step), 'email');
    const fields = { ...first.fields, email, ...(kind === 'sign-up' ? { display_name: 'Eve' } : {}) };
    let page = await does(() => visitor.post(first.action, fields));
    const { csrf = '' } = first.fields;
    page = await does(() => visitor.post(`${step}/code`, { csrf, code: '123456' }));
    page = await does(() => visitor.post(`${step}/code/again`, { csrf }));
    await does(() => visitor.get(page.url));
    return story;
  }

  for (const kind of ['sign-up', 'recovery'] as const) {
    it(`gets the same bytes by the same statements at a ${kind}`, async () => {
      const { email } = await signUpOwner(holdfast);
      const [known, unknown] = [await tryAddress(kind, email), await tryAddress(kind, address())];
      assert.deepEqual(known, unknown);
      assert.equal(known.length, 4);
      assert.ok(known[0]?.asked.includes('accounts.findByEmail'), 'the watch works');
      assert.match(known[1]?.page.plain ?? '', /That code is not right/);
    });
  }

  it('has no code that works for an address that has an account, at a sign-up', async () => {
    const { email } = await signUpOwner(holdfast);
    const story = await tryAddress('sign-up', email);
    assert.match(story[0]?.page.plain ?? '', /We sent a code to/);
    const told = await holdfast.mails.waitFor(email, 'sign_up_address_taken');
    assert.equal(told.code, undefined);
    const codes = (await holdfast.mails.received()).filter(
      ({ to, kind }) => to === email && kind === 'sign_up_code',
    );
    assert.equal(codes.length, 1, 'the one of her own sign-up');
  });

  it('makes no mail go to an address that has no account, at a recovery', async () => {
    const email = address();
    await tryAddress('recovery', email);
    const { email: known } = await signUpOwner(holdfast);
    await tryAddress('recovery', known);
    // Hers came after his would have.
    await holdfast.mails.waitFor(known, 'recovery_code_mail');
    assert.ok(!(await holdfast.mails.received()).some(({ to }) => to === email));
  });

  it('finds the account by the address in any case, and writes to the stored one', async () => {
    const { email } = await signUpOwner(holdfast);
    await tryAddress('recovery', email.toUpperCase());
    assert.ok((await holdfast.mails.waitFor(email, 'recovery_code_mail')).code);
  });
});
