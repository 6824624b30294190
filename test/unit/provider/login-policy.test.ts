import assert from 'node:assert/strict';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { asksSamePerson, loginPolicy } from '../../../src/provider/login-policy.js';

const basic = 'urn:holdfast:acr:basic';
const phr = 'urn:holdfast:acr:phr';

describe('the check of a session’s strength', () => {
  const asks = async (oidc: { acr?: string; session?: object; result?: object; claims?: string }) => {
    const { acr, session = { accountId: 'acc_1' }, result, claims } = oidc;
    const ctx = { oidc: { acr, session, result, params: { acr_values: phr, claims } } };
    const check = loginPolicy([basic, phr]).get('login')?.checks.get('acr_unmet');
    return await check?.check(ctx as unknown as KoaContextWithOIDC);
  };
  const unmet = { error: 'unmet_authentication_requirements' };

  it('asks for a login where the session is too weak, and not where it is strong enough', async () => {
    assert.equal(await asks({ acr: basic }), true);
    assert.equal(await asks({ acr: phr }), false);
    assert.equal(await asks({ session: {} }), false);
  });

  it('ends the request where a login was just made and is still too weak, whoever let it through', async () => {
    await assert.rejects(asks({ acr: basic, result: { login: { accountId: 'acc_1' } } }), unmet);
    assert.equal(await asks({ acr: basic, result: { consent: {} } }), true);
  });

  it('ends the request where nothing could meet it, before anybody is asked', async () => {
    const claims = JSON.stringify({ id_token: { acr: { essential: true, value: 'urn:other' } } });
    await assert.rejects(asks({ session: {}, claims }), unmet);
  });
});

describe('a login prompt', () => {
  const prompts = (reasons: string[], accountId: string | undefined = 'acc_1', name = 'login') =>
    asksSamePerson({ prompt: { name, reasons }, accountId });

  it('asks the same person again for time, for strength and at the client’s wish', () => {
    assert.equal(prompts(['login_prompt', 'max_age', 'acr_unmet']), true);
  });

  it('asks for somebody else by a hint, and for anybody where nobody is signed in', () => {
    assert.equal(prompts(['id_token_hint', 'max_age']), false);
    assert.equal(
      asksSamePerson({ prompt: { name: 'login', reasons: ['no_session'] }, accountId: undefined }),
      false,
    );
    assert.equal(prompts(['op_scopes_missing'], 'acc_1', 'consent'), false);
  });
});
