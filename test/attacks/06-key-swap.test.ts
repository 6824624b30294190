import assert from 'node:assert/strict';
import { callback, secretOf } from '../support/clients.js';
import { basic, Device, postForm, type Answer } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { authorizeUrl, goThrough, introspect, pkce, redeem, type Login } from '../support/login.js';
import { Visitor } from '../support/visitor.js';

/** A thief who gets hold of a request or of its code, and brings a key of his own. RFC 9449 §10. */
describe('threat 6: another key for a code or a pushed request', () => {
  let holdfast: Holdfast;
  let issuer: string;
  let owner: Device;
  let thief: Device;

  before(async () => {
    holdfast = await startHoldfast();
    ({ issuer } = holdfast);
    [owner, thief] = [await Device.create(), await Device.create()];
    for (const device of [owner, thief]) await device.post({ url: `${issuer}/token`, form: {} });
  });
  after(() => holdfast.close());

  const push = async (device: Device | undefined, more: Record<string, string>): Promise<Answer> => {
    const { searchParams } = new URL(authorizeUrl({ issuer, clientId: 'web' }, challenge));
    const request = {
      url: `${issuer}/par`,
      form: { ...Object.fromEntries(searchParams), ...more },
      headers: basic('web', secretOf('web')),
    };
    return device ? device.post(request) : postForm(request);
  };
  const { verifier, challenge } = pkce();

  async function login(url: string, clientId: string): Promise<Login> {
    const visitor = new Visitor();
    const end = await goThrough(visitor, url, 'ada');
    const response = new URL(end.location ?? 'none:').searchParams;
    const code = response.get('code') ?? '';
    return { visitor, code, verifier, clientId, redirectUri: callback, response };
  }

  const pushedLogin = (answer: Answer, more = '') => {
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    const requestUri = encodeURIComponent(String(answer.body['request_uri']));
    return login(`${issuer}/authorize?client_id=web&request_uri=${requestUri}${more}`, 'web');
  };
  const boundLogin = (clientId: string, key: Device) => {
    const parameters = { dpop_jkt: key.key.jkt };
    return login(authorizeUrl({ issuer, clientId, parameters }, challenge), clientId);
  };

  function refused(answer: Answer, error = 'invalid_grant'): void {
    assert.deepEqual([answer.status, answer.body['error']], [400, error], JSON.stringify(answer.body));
    assert.equal(answer.body['access_token'], undefined);
  }

  /** The thief fails, and that costs the owner nothing: the code still works with her key. */
  async function onlyTheOwnerRedeems(code: Login): Promise<void> {
    refused(await redeem(issuer, code, thief));
    const answer = await redeem(issuer, code, owner);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    const { body } = await introspect(issuer, String(answer.body['access_token']));
    assert.deepEqual(body['cnf'], { jkt: owner.key.jkt });
  }

  it('is refused at PAR when the proof is not of the key that dpop_jkt names', async () => {
    refused(await push(thief, { dpop_jkt: owner.key.jkt }), 'invalid_request');
    refused(await push(owner, { dpop_jkt: thief.key.jkt }), 'invalid_request');
    assert.equal((await push(owner, { dpop_jkt: owner.key.jkt })).status, 201);
  });

  it('is refused at the token endpoint for a request that was pushed with a proof', async () => {
    await onlyTheOwnerRedeems(await pushedLogin(await push(owner, {})));
  });

  it('is refused at the token endpoint for a request that was pushed with dpop_jkt alone', async () => {
    await onlyTheOwnerRedeems(await pushedLogin(await push(undefined, { dpop_jkt: owner.key.jkt })));
  });

  for (const clientId of ['spa', 'web']) {
    it(`is refused at the token endpoint for dpop_jkt at authorize (${clientId})`, async () => {
      await onlyTheOwnerRedeems(await boundLogin(clientId, owner));
    });
  }

  it('cannot be slipped beside a pushed request at authorize', async () => {
    const pushed = await push(owner, {});
    await onlyTheOwnerRedeems(await pushedLogin(pushed, `&dpop_jkt=${thief.key.jkt}`));
  });

  it('is refused when no proof comes at all, also to a client without bound tokens', async () => {
    const parameters = { dpop_jkt: owner.key.jkt };
    const wish = { issuer, clientId: 'bearer-only', scope: 'openid', resource: undefined, parameters };
    for (const code of [
      await boundLogin('web', owner),
      await login(authorizeUrl(wish, challenge), wish.clientId),
    ]) {
      const form = { grant_type: 'authorization_code', code: code.code, code_verifier: verifier };
      const headers = basic(code.clientId, secretOf(code.clientId));
      refused(await postForm({ url: `${issuer}/token`, form: { ...form, redirect_uri: callback }, headers }));
    }
  });
});
