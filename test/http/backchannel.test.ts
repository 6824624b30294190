import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import { approvalRecord, approvalSubject } from '../support/approvals.js';
import { agents, BackchannelDesk } from '../support/backchannel-desk.js';
import { gatewayA, secretOf } from '../support/clients.js';
import { basic, postForm } from '../support/device.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';

describe('asking a person on another device', () => {
  let holdfast: Holdfast;
  let desk: BackchannelDesk;
  before(async () => {
    holdfast = await startHoldfast(agents);
    desk = await BackchannelDesk.open(holdfast);
  });
  afterEach(() => holdfast.clock.reset());
  after(() => holdfast.close());

  it('is announced in discovery, with what it can and nothing more', async () => {
    const found = await fetch(`${holdfast.issuer}/.well-known/openid-configuration`);
    const metadata = (await found.json()) as Record<string, unknown>;
    assert.equal(metadata['backchannel_authentication_endpoint'], `${holdfast.issuer}/backchannel`);
    assert.deepEqual(metadata['backchannel_token_delivery_modes_supported'], ['poll', 'ping']);
    assert.equal(metadata['backchannel_user_code_parameter_supported'], false);
    assert.equal('backchannel_authentication_request_signing_alg_values_supported' in metadata, false);
    assert.ok((metadata['grant_types_supported'] as string[]).includes('urn:openid:params:grant-type:ciba'));
  });

  it('gives the client what to poll with, and the person what to find it by (CIBA §7.3)', async () => {
    const { email } = await desk.person();
    const { status, body } = await desk.ask({ login_hint: email, requested_expiry: '120' });
    assert.equal(status, 200, JSON.stringify(body));
    assert.match(String(body['auth_req_id']), /^hldf_bc_[0-9A-Za-z]{26}$/);
    assert.match(String(body['matching_number']), /^[1-9][0-9]$/);
    assert.ok(String(body['approval_uri']).startsWith(`${holdfast.issuer}/approve/`));
    assert.deepEqual([body['expires_in'], body['interval']], [120, 5]);
    assert.equal(Object.keys(body).length, 5);
  });

  it('waits, and gives tokens of the strength of the approval, bound to the key, once', async () => {
    const { accountId, email } = await desk.person();
    const asked = await desk.ask({ login_hint: email, acr_values: 'urn:holdfast:acr:phr' });
    const id = asked.body['auth_req_id'];
    assert.deepEqual(await desk.poll(id).then(({ status, body }) => [status, body['error']]), [
      400,
      'authorization_pending',
    ]);
    assert.equal(await desk.approve(asked), 'approved');
    const approvedAt = Math.floor(holdfast.clock.now() / 1000);
    holdfast.clock.advance(7);
    const { status, body } = await desk.poll(id);
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual([body['token_type'], body['scope']], ['DPoP', 'model:call']);
    const claims = decodeJwt(String(body['id_token']));
    assert.equal(claims.sub, accountId);
    assert.deepEqual(
      [claims['acr'], claims['amr'], claims['auth_time']],
      ['urn:holdfast:acr:phr', ['pop', 'user', 'mfa'], approvedAt],
    );
    const token = await postForm({
      url: `${holdfast.issuer}/introspect`,
      form: { token: String(body['access_token']) },
      headers: basic('rs-a', secretOf('rs-a')),
    });
    assert.equal(token.body['active'], true);
    assert.deepEqual(
      [token.body['acr'], token.body['auth_time'], token.body['aud'], token.body['sub']],
      ['urn:holdfast:acr:phr', approvedAt, gatewayA, accountId],
    );
    const again = await desk.poll(id);
    assert.deepEqual([again.status, again.body['error']], [400, 'invalid_grant']);
  });

  it('refreshes what it gave, without renewing the strength', async () => {
    const { email } = await desk.person();
    const asked = await desk.ask({ login_hint: email, scope: 'openid offline_access model:call' });
    await desk.approve(asked);
    const { body } = await desk.poll(asked.body['auth_req_id']);
    const authTime = decodeJwt(String(body['id_token']))['auth_time'];
    holdfast.clock.advance(60);
    const refreshed = await desk.device.post({
      url: `${holdfast.issuer}/token`,
      form: { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) },
      headers: basic('agent', secretOf('agent')),
    });
    assert.equal(refreshed.status, 200, JSON.stringify(refreshed.body));
    assert.equal(decodeJwt(String(refreshed.body['id_token']))['auth_time'], authTime);
  });

  it('gives what she approved with the tokens, carries it on, and gives nothing once she took it back', async () => {
    const frontier = { type: 'model_call', tier: 'frontier', locations: [gatewayA] };
    const details = JSON.stringify([{ ...frontier, spend_limit: { currency: 'USD', amount: '1.50' } }]);
    const granted = async () => {
      const { email } = await desk.person();
      const scope = 'openid offline_access model:call';
      const asked = await desk.ask({ login_hint: email, scope, authorization_details: details });
      const { id, clientId, accountId, jkt, modelCall } = await desk.requestOf(asked);
      assert.ok(accountId && modelCall, JSON.stringify(asked.body));
      const asks = { boundTo: id, clientId, jkt, modelCall };
      const approval = approvalRecord(approvalSubject(accountId, holdfast.clock, asks), holdfast.clock);
      assert.equal(await holdfast.storage.approvals.insert(approval, 0), true);
      assert.equal(await desk.approve(asked, { approvalId: approval.id }), 'approved');
      return { asked, approval, accountId };
    };
    const { asked, approval } = await granted();
    const { status, body } = await desk.poll(asked.body['auth_req_id']);
    assert.equal(status, 200, JSON.stringify(body));
    const [given] = body['authorization_details'] as Record<string, unknown>[];
    assert.deepEqual(
      [given?.['approval_id'], given?.['tier'], given?.['spend_limit']],
      [approval.id, 'frontier', { currency: 'USD', amount: '1.50' }],
    );
    const refreshed = await desk.device.post({
      url: `${holdfast.issuer}/token`,
      form: { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) },
      headers: basic('agent', secretOf('agent')),
    });
    assert.deepEqual(refreshed.body['authorization_details'], [given], JSON.stringify(refreshed.body));
    const other = await granted();
    await holdfast.storage.approvals.revoke(other.accountId, { id: other.approval.id }, new Date(0));
    const { body: refusal } = await desk.poll(other.asked.body['auth_req_id']);
    assert.deepEqual([refusal['error'], refusal['holdfast_code']], ['access_denied', 'approval_changed']);
  });

  it('finds her by login and by account id, and by an ID token of the same client', async () => {
    const { accountId, email } = await desk.person();
    const asked = await desk.ask({ login_hint: email });
    await desk.approve(asked);
    const { body } = await desk.poll(asked.body['auth_req_id']);
    const byToken = await desk.ask({ id_token_hint: String(body['id_token']) });
    assert.equal((await desk.requestOf(byToken)).accountId, accountId);
    await desk.service.deny(await desk.requestOf(byToken));
    const other = await desk.person();
    assert.equal(
      (await desk.requestOf(await desk.ask({ login_hint: other.accountId }))).accountId,
      other.accountId,
    );
    const foreign = await desk.ask({ client_id: 'other-agent', id_token_hint: String(body['id_token']) });
    assert.deepEqual([foreign.status, foreign.body['error']], [400, 'invalid_request']);
  });

  it('asks a public client for nothing but its id where the operator lists it, and takes dpop_jkt for the proof', async () => {
    const { email } = await desk.person();
    const asked = await postForm({
      url: `${holdfast.issuer}/backchannel`,
      form: {
        client_id: 'known-public',
        scope: 'openid offline_access',
        login_hint: email,
        dpop_jkt: desk.device.key.jkt,
      },
    });
    assert.equal(asked.status, 200, JSON.stringify(asked.body));
    await desk.approve(asked);
    const { status, body } = await desk.poll(asked.body['auth_req_id'], { client_id: 'known-public' });
    assert.equal(status, 200, JSON.stringify(body));
    assert.ok(body['refresh_token']);
  });

  it('gives a client without bound tokens identity alone', async () => {
    const { email } = await desk.person();
    const form = { client_id: 'identity-agent', login_hint: email };
    const models = await desk.ask(form);
    assert.deepEqual([models.status, models.body['error']], [400, 'invalid_target']);
    const asked = await desk.ask({ ...form, scope: 'openid email' });
    await desk.approve(asked);
    const { status, body } = await desk.poll(asked.body['auth_req_id'], { client_id: 'identity-agent' });
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body['refresh_token'], undefined);
  });

  const phr = 'urn:holdfast:acr:phr';
  for (const [what, form, error] of [
    ['no hint', {}, 'invalid_request'],
    ['two hints', { login_hint: 'a', id_token_hint: 'b' }, 'invalid_request'],
    ['a login_hint_token', { login_hint_token: 'x' }, 'invalid_request'],
    ['a broken id_token_hint', { id_token_hint: 'x.y.z' }, 'invalid_request'],
    ['a scope without openid', { login_hint: 'a', scope: 'model:call' }, 'invalid_scope'],
    ['a scope that nobody has', { login_hint: 'a', scope: 'openid all' }, 'invalid_scope'],
    ['a resource that is none', { login_hint: 'a', resource: 'https://no.test/' }, 'invalid_target'],
    ['a message of two lines', { login_hint: 'a', binding_message: 'a\nb' }, 'invalid_binding_message'],
    ['a message too long', { login_hint: 'a', binding_message: 'x'.repeat(65) }, 'invalid_binding_message'],
    ['an expiry of nothing', { login_hint: 'a', requested_expiry: '0' }, 'invalid_request'],
    ['a request object', { login_hint: 'a', request: 'x' }, 'request_not_supported'],
    ['two keys', { login_hint: 'a', dpop_jkt: 'A'.repeat(43) }, 'invalid_request'],
    [
      'unknown details',
      { login_hint: 'a', authorization_details: '[{"type":"x"}]' },
      'invalid_authorization_details',
    ],
    ['a ping without its token', { login_hint: 'a', client_id: 'pinged' }, 'invalid_request'],
    [
      'a short ping token',
      { login_hint: 'a', client_id: 'pinged', client_notification_token: 'short' },
      'invalid_request',
    ],
    [
      'a public client that is not listed',
      { login_hint: 'a', client_id: 'unknown-public' },
      'unauthorized_client',
    ],
    ['a client without the grant', { login_hint: 'a', client_id: 'web' }, 'unauthorized_client'],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const { status, body } = await desk.ask({ acr_values: phr, ...form });
      assert.deepEqual([status, body['error']], [400, error], JSON.stringify(body));
    });
  }

  it('lets a browser app of a listed origin ask, and answers its preflight', async () => {
    const preflight = await fetch(`${holdfast.issuer}/backchannel`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.test',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'dpop',
      },
    });
    assert.deepEqual(
      [preflight.status, preflight.headers.get('access-control-allow-methods')],
      [204, 'POST'],
    );
    const { email } = await desk.person();
    const ask = async (origin: string) => {
      const asked = await postForm({
        url: `${holdfast.issuer}/backchannel`,
        form: {
          client_id: 'known-public',
          scope: 'openid',
          login_hint: email,
          dpop_jkt: desk.device.key.jkt,
        },
        headers: { origin },
      });
      return asked.headers.get('access-control-allow-origin');
    };
    assert.equal(await ask('https://app.test'), 'https://app.test');
    assert.equal(await ask('https://elsewhere.test'), null);
  });

  it('refuses a request that names no key', async () => {
    const answer = await postForm({
      url: `${holdfast.issuer}/backchannel`,
      form: { scope: 'openid', login_hint: 'a' },
      headers: basic('agent', secretOf('agent')),
    });
    assert.deepEqual([answer.status, answer.body['error']], [400, 'invalid_request']);
    assert.equal(answer.body['holdfast_code'], 'backchannel_key_missing');
  });

  it('keeps what the client demands and ends at a weaker sign-in, saying so', async () => {
    const { email } = await desk.person();
    // The first is supported only with attestation, so the second is what is demanded.
    const acr_values = 'urn:holdfast:acr:phrh urn:holdfast:acr:phr';
    const asked = await desk.ask({ login_hint: email, acr_values });
    assert.equal(await desk.approve(asked, { acr: 'urn:holdfast:acr:basic' }), 'unmet');
    const { body } = await desk.poll(asked.body['auth_req_id']);
    assert.deepEqual([body['error'], body['holdfast_code']], ['access_denied', 'backchannel_unmet']);
  });
});
