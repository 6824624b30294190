import { strict as assert } from 'node:assert';
import { decodeJwt } from 'jose';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { gatewayA } from '../support/clients.js';
import { introspect, refresh, revoke, signIn } from '../support/login.js';

describe('the whole way of a person and her app', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast();
  });
  after(() => holdfast.close());

  it('gives a token that is bound to the key that asked for it, and introspection tells so', async () => {
    const { issuer } = holdfast;
    const tokens = await signIn({ issuer, login: 'ada@example.test', acr: 'urn:holdfast:acr:phr' });
    assert.match(tokens.accessToken, /^hldf_at_/);
    assert.match(tokens.refreshToken, /^hldf_rt_/);
    const { body } = await introspect(issuer, tokens.accessToken);
    assert.equal(body['active'], true);
    assert.equal(body['aud'], gatewayA);
    assert.equal(body['token_type'], 'DPoP');
    assert.deepEqual(body['cnf'], { jkt: tokens.device.key.jkt });
    assert.equal(body['acr'], 'urn:holdfast:acr:phr');
    assert.equal(body['sub'], decodeJwt(tokens.idToken).sub);
    assert.equal(decodeJwt(tokens.idToken)['acr'], 'urn:holdfast:acr:phr');
  });

  it('refreshes with the same key, keeps what the login was, and revocation ends the family', async () => {
    const { issuer } = holdfast;
    const tokens = await signIn({ issuer });
    const before_ = (await introspect(issuer, tokens.accessToken)).body;
    const refreshed = await refresh(issuer, tokens.refreshToken, tokens.device);
    assert.equal(refreshed.status, 200, JSON.stringify(refreshed.body));
    const now = (await introspect(issuer, refreshed.body['access_token'] as string)).body;
    assert.equal(now['active'], true);
    assert.equal(now['auth_time'], before_['auth_time']);
    assert.equal(now['acr'], before_['acr']);
    assert.equal((await revoke(issuer, refreshed.body['refresh_token'] as string)).status, 200);
    for (const token of [tokens.accessToken, refreshed.body['access_token'] as string]) {
      assert.deepEqual((await introspect(issuer, token)).body, { active: false });
    }
    assert.equal(
      (await refresh(issuer, refreshed.body['refresh_token'] as string, tokens.device)).status,
      400,
    );
  });
});
