import assert from 'node:assert/strict';
import { Device } from '../support/device.js';
import { exchange, holdfastTrusting, tellLogout } from '../support/exchange-desk.js';
import { FakeIssuer } from '../support/fake-issuer.js';
import type { Holdfast } from '../support/harness.js';
import { introspect, logIn } from '../support/login.js';
import { unique } from '../support/records.js';

/* Threats 16 and 32: an exchanged token never steps up, and what was revoked does not come back with one that lay ready. */
describe('what was exchanged', () => {
  let source: FakeIssuer;
  let holdfast: Holdfast;
  let device: Device;
  before(async () => {
    source = await FakeIssuer.open();
    holdfast = await holdfastTrusting([source.entry({ refresh_tokens: true })]);
    device = await Device.create(holdfast.clock);
  });
  after(async () => {
    await holdfast.close();
    await source.close();
  });

  const send = (token: string, owner = device) => exchange(holdfast.issuer, owner, token);
  const told = async (token: unknown) => (await introspect(holdfast.issuer, token as string, 'rs-a')).body;
  const at = () => new Date(holdfast.clock.now());

  async function exchanged() {
    const sub = unique('sub');
    const ready = await source.sign({ sub });
    const token = await source.sign({ sub });
    const { status, body } = await send(token);
    assert.equal(status, 200, JSON.stringify(body));
    const seen = await told(body['access_token']);
    return { sub, ready, token, access: body['access_token'], account: seen['sub'] as string };
  }

  it('ends with the connected app, and no token from before brings it back', async () => {
    const { sub, ready, token, access, account } = await exchanged();
    assert.equal(await holdfast.storage.grants.revokeOf(account, 'exchanger', at()), true);
    assert.equal((await told(access))['active'], false);
    for (const each of [token, ready]) {
      assert.equal((await send(each)).body['holdfast_code'], 'subject_token_outdated');
    }
    const thief = await Device.create(holdfast.clock);
    assert.equal((await send(ready, thief)).body['holdfast_code'], 'subject_token_outdated');
    const iat = Math.floor(holdfast.clock.now() / 1000) + 2;
    assert.equal((await send(await source.sign({ sub, iat }))).status, 200, 'a new sign-in does');
  });

  it('ends with its account', async () => {
    const { ready, access, account } = await exchanged();
    await holdfast.storage.accounts.revoke(account as never);
    assert.equal((await told(access))['active'], false);
    assert.equal((await send(ready)).body['holdfast_code'], 'subject_token_outdated');
    await holdfast.storage.accounts.disable(account as never, at());
    assert.equal((await send(ready)).body['holdfast_code'], 'subject_disabled');
  });

  it('is nothing of a session that ended before, also from a token that names none', async () => {
    const sub = unique('sub');
    const [ready, other] = [await source.sign({ sub }), await source.sign({ sub, sid: unique('sid') })];
    const logout = await source.logout({ sub, sid: unique('sid') });
    assert.equal((await tellLogout(holdfast.issuer, logout)).status, 200);
    assert.equal(
      (await send(ready)).body['holdfast_code'],
      'subject_token_outdated',
      'it may be of that one',
    );
    assert.equal((await send(other)).status, 200, 'another session goes on');
  });

  it('is as weak as a login elsewhere, whatever the issuer says of itself', async () => {
    const strong = { acr: 'urn:holdfast:acr:phrh', amr: ['hwk', 'pop', 'user', 'mfa'] };
    const { body } = await send(await source.sign({ sub: unique('sub'), ...strong }));
    const seen = await told(body['access_token']);
    assert.deepEqual([seen['acr'], seen['amr']], ['urn:holdfast:acr:basic', ['fed']]);
  });

  it('belongs to nobody who only has the same address', async () => {
    const email = `${unique('owner')}@example.test`;
    await logIn({ issuer: holdfast.issuer, login: unique('owner') });
    const owner = await exchanged();
    await holdfast.storage.accounts.setEmail(owner.account as never, email);
    const { body } = await send(await source.sign({ sub: unique('sub'), email, email_verified: true }));
    assert.notEqual((await told(body['access_token']))['sub'], owner.account);
  });
});
