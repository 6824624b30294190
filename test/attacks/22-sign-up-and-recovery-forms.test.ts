import assert from 'node:assert/strict';
import { AppLogin, recoverAs, signUpOwner } from '../support/account-owner.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { addressOf } from '../support/passkey-visitor.js';
import type { Visitor } from '../support/visitor.js';

/** Threat 22 at a sign-up and at a recovery: her cookies go along, as if SameSite did nothing. */
describe('threat 22: a form of a sign-up or a recovery that another site posts', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast();
  });
  after(() => holdfast.close());

  const forms: Record<string, Record<string, string>> = {
    '/sign-up': { display_name: 'Eve', email: '' },
    '/sign-up/code': { code: '123456' },
    '/sign-up/code/again': {},
    '/sign-up/recovery-codes': { codes: 'later' },
    '/recovery': { email: 'eve@example.test' },
    '/recovery/code': { code: '123456' },
    '/recovery/code/again': {},
    '/recovery/recovery-code': { recovery_code: '7QK4-M2XD-91FA-HT3C' },
    '/recovery/done': { answer: 'undo' },
  };
  const attempts: Record<
    string,
    (csrf: string) => readonly [Record<string, string>, Record<string, string>]
  > = {
    'by its Origin': (csrf) => [{ csrf }, { origin: 'https://evil.test' }],
    'by Sec-Fetch-Site': (csrf) => [{ csrf }, { 'sec-fetch-site': 'cross-site' }],
    'by a missing token': () => [{}, {}],
    'by a made-up token': () => [{ csrf: 'A'.repeat(43) }, {}],
  };
  const begun = async (): Promise<{ visitor: Visitor; base: string; csrf: string }> => {
    const login = new AppLogin(holdfast);
    const { base, csrf } = addressOf(await login.begin());
    return { visitor: login.visitor, base: `${holdfast.issuer}${base}`, csrf };
  };

  for (const [how, attempt] of Object.entries(attempts)) {
    it(`is refused ${how}`, async () => {
      const { visitor, base, csrf } = await begun();
      for (const [path, fields] of Object.entries(forms)) {
        const [token, headers] = attempt(csrf);
        const answer = await visitor.post(`${base}${path}`, { ...fields, ...token }, headers);
        assert.equal(answer.status, 403, path);
      }
    });
  }

  it('is refused at both steps of a new passkey', async () => {
    const { visitor, base, csrf } = await begun();
    for (const step of ['options', 'result']) {
      const url = `${base}/passkey/recovery/${step}`;
      assert.equal((await visitor.postJson(url, { csrf }, { origin: 'https://evil.test' })).status, 403);
      assert.equal((await visitor.postJson(url, { csrf: '' })).status, 403);
    }
  });

  it('does nothing as a GET', async () => {
    const owner = await signUpOwner(holdfast);
    const { login, done } = await recoverAs(holdfast, owner);
    const generation = async () => (await holdfast.storage.accounts.find(owner.accountId))?.generation;
    const before = await generation();
    for (const query of ['?answer=undo', '?answer=continue']) {
      assert.equal((await login.visitor.get(`${done.url}${query}`)).status, 200);
    }
    const { visitor, base } = await begun();
    for (const [path, fields] of Object.entries(forms)) {
      const query = new URLSearchParams(fields).toString();
      assert.ok([200, 303, 404, 405].includes((await visitor.get(`${base}${path}?${query}`)).status), path);
    }
    assert.equal(await generation(), before);
    assert.equal(await holdfast.storage.recoveryCodes.countLeft(owner.accountId), 9);
    const received = await holdfast.mails.received();
    assert.ok(!received.some(({ to }) => to === 'eve@example.test'));
  });
});
