import assert from 'node:assert/strict';
import { TestLoginService } from '../../../src/accounts/test-login-service.js';
import { systemRandom } from '../../../src/lib/random.js';
import { manualClock } from '../../support/manual-clock.js';
import { MemoryAccounts } from '../../support/memory-accounts.js';
import { refusalOf, valueOf } from '../../support/passkey-desk.js';

function serviceOver({ accounts }: MemoryAccounts, allowed = true): TestLoginService {
  return new TestLoginService({ allowed, accounts, clock: manualClock(), random: systemRandom });
}

describe('the test login', () => {
  it('makes an account of an unknown login and finds it again', async () => {
    const service = serviceOver(new MemoryAccounts());
    const first = valueOf(await service.signIn('Ada', ''));
    const again = valueOf(await service.signIn(' ada ', ''));
    assert.equal(first.accountId, again.accountId);
    assert.deepEqual(first.amr, ['test']);
  });

  it('gives the weakest rung unless another is asked for', async () => {
    const service = serviceOver(new MemoryAccounts());
    assert.equal(valueOf(await service.signIn('ada', '')).acr, 'urn:holdfast:acr:basic');
    assert.equal(valueOf(await service.signIn('ada', 'urn:holdfast:acr:phrh')).acr, 'urn:holdfast:acr:phrh');
  });

  it('refuses what is no login or no rung', async () => {
    const service = serviceOver(new MemoryAccounts());
    for (const login of ['', '  ', 'x'.repeat(255), 'a\0da']) {
      assert.match(refusalOf(await service.signIn(login, '')), /^test_login_refused/);
    }
    for (const acr of ['phr', 'urn:holdfast:acr:best']) {
      assert.match(refusalOf(await service.signIn('ada', acr)), /^test_login_refused/);
    }
  });

  it('refuses everything when it is not allowed, and makes no account', async () => {
    const stores = new MemoryAccounts();
    const service = serviceOver(stores, false);
    assert.match(refusalOf(await service.signIn('ada', '')), /^test_login_refused/);
    assert.equal(await stores.accounts.findByLogin('ada'), undefined);
  });

  it('refuses a disabled account', async () => {
    const stores = new MemoryAccounts();
    const service = serviceOver(stores);
    const { accountId } = valueOf(await service.signIn('ada', ''));
    await stores.accounts.disable(accountId, new Date(0));
    assert.match(refusalOf(await service.signIn('ada', '')), /^account_disabled/);
  });

  it('finds the account that another request made at the same moment', async () => {
    const stores = new MemoryAccounts();
    const service = serviceOver(stores);
    const logins = await Promise.all(Array.from({ length: 10 }, () => service.signIn('ada', '')));
    assert.equal(new Set(logins.map((each) => valueOf(each).accountId)).size, 1);
  });
});
