import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AccountVisitor, noHold } from '../support/account-visitor.js';
import { root } from '../support/architecture/repository.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';

/** Every address of the account's pages that takes a post, as the router has it. */
const posts = [
  ...readFileSync(path.join(root, 'src/console/console-routes.ts'), 'utf8').matchAll(
    /router\.post\('([^']+)'/g,
  ),
].map(([, address = '']) => `/account${address.replace(':id', 'some-id')}`);
const json = ['/account/confirm/options', '/account/passkeys/new/options'];

/*
 * Threat 22: another site, or a page of another session, posts the forms of a person's account. Her cookies go along in
 * these tests, as if SameSite did nothing.
 */
describe('threat 22: the forms of an account that somebody else posts', () => {
  let holdfast: Holdfast;
  let person: AccountVisitor;
  before(async () => {
    holdfast = await startHoldfast(noHold);
    person = await AccountVisitor.settled(holdfast);
  });
  // Had one of them been taken, she might be signed out.
  beforeEach(async () => {
    if (!(await person.isSignedIn())) await person.signIn();
  });
  after(() => holdfast.close());

  const send = (address: string, csrf: string | undefined, headers: Record<string, string> = {}) => {
    const fields = { ...(csrf === undefined ? {} : { csrf }), name: 'x', app: 'spa', action: 'export_data' };
    return json.includes(address)
      ? person.postJson(address, fields, headers)
      : person.post(address, fields, headers);
  };

  it('are all of them', () => assert.ok(posts.length > 10 && json.every((each) => posts.includes(each))));

  const foreign: Record<string, Record<string, string>> = {
    'by its Origin': { origin: 'https://evil.test' },
    'by a null Origin': { origin: 'null' },
    'by Sec-Fetch-Site cross-site': { 'sec-fetch-site': 'cross-site' },
    'by Sec-Fetch-Site same-site': { 'sec-fetch-site': 'same-site', origin: 'http://app.localhost' },
  };

  for (const address of posts) {
    for (const [name, headers] of Object.entries(foreign)) {
      it(`${address} refuses a post that is foreign ${name}`, async () => {
        const answer = await send(address, await person.csrf(), headers);
        assert.equal(answer.status, 403, answer.text);
        assert.match(answer.text, /cross_site_form/);
      });
    }

    it(`${address} refuses a post without the token of its own session`, async () => {
      const stranger = await AccountVisitor.signedIn(holdfast);
      const elsewhere = await person.elsewhere();
      for (const csrf of [undefined, '', await stranger.csrf(), await elsewhere.csrf()]) {
        const answer = await send(address, csrf);
        assert.equal(answer.status, 403, `${csrf} ${answer.text}`);
        assert.match(answer.text, /cross_site_form/);
      }
    });

    it(`${address} does nothing at a GET`, async () => {
      const answer = await person.get(`${address}?csrf=${await person.csrf()}&app=spa&name=x`);
      assert.ok([200, 303, 404, 405].includes(answer.status), String(answer.status));
      assert.equal(await person.isSignedIn(), true);
    });
  }

  it('changed nothing at all', async () => {
    const { email } = await person.account();
    assert.equal(email, `${person.login}@example.com`);
    assert.equal((await person.passkeyIds()).length, 1);
    const changes = (await person.history()).filter((kind) => kind !== 'signed_in');
    assert.deepEqual(changes, ['passkey_added']);
  });

  it('show a message that only a change leaves: none comes by a link or a cookie of somebody else’s making', async () => {
    const until = Math.floor(holdfast.clock.now() / 1000) + 60;
    for (const value of [`done.passkey_removed.${until}.AAAA`, `done.passkey_removed.${until}.`, 'x']) {
      person.visitor.cookies.set('holdfast_account_status', { value, path: '/account' });
      const page = await person.look('/account?status=done.passkey_removed');
      assert.doesNotMatch(page.text, /class="notice/);
    }
  });
});
