import { strict as assert } from 'node:assert';
import * as client from 'openid-client';
import { accountWithPasskey } from '../support/account-with-passkey.js';
import { ApproveVisitor } from '../support/approve-visitor.js';
import { approve } from '../support/approver.js';
import { agents, BackchannelDesk } from '../support/backchannel-desk.js';
import { callback, gatewayA, secretOf } from '../support/clients.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { PasskeyVisitor } from '../support/passkey-visitor.js';

const phr = 'urn:holdfast:acr:phr';

describe('openid-client, unmodified, asks people', function () {
  this.timeout(60_000);
  let holdfast: Holdfast;
  let desk: BackchannelDesk;
  let config: client.Configuration;
  let DPoP: client.DPoPHandle;
  before(async () => {
    // The library waits for the interval before its first question.
    holdfast = await startHoldfast({ ...agents, backchannel: { ...agents.backchannel, interval: 1 } });
    desk = await BackchannelDesk.open(holdfast);
    config = await configOf('agent');
    DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
  });
  after(() => holdfast.close());
  afterEach(() => holdfast.clock.reset());

  function configOf(clientId: string): Promise<client.Configuration> {
    const secret = client.ClientSecretBasic(secretOf(clientId));
    const insecure = { execute: [client.allowInsecureRequests] };
    return client.discovery(new URL(holdfast.issuer), clientId, undefined, secret, insecure);
  }

  /** It sends no proof at the beginning, so it names the key by dpop_jkt (RFC 9449 §10). */
  async function ask(parameters: Record<string, string> = {}) {
    const { accountId, email } = await desk.person();
    const pending = await client.initiateBackchannelAuthentication(config, {
      scope: 'openid offline_access model:call',
      login_hint: email,
      dpop_jkt: await DPoP.calculateThumbprint(),
      ...parameters,
    });
    return { accountId, pending, asked: { body: pending } as never };
  }

  it('on another device: initiates, polls with its key, and gets bound tokens of the strength it asked for', async () => {
    const { accountId, pending, asked } = await ask({ acr_values: phr, binding_message: 'Job 7 on build-3' });
    const { matching_number: number, approval_uri: link } = pending;
    assert.ok(typeof number === 'string' && /^[1-9][0-9]$/.test(number));
    assert.ok(typeof link === 'string' && link.startsWith(`${holdfast.issuer}/approve/`));
    const polling = client.pollBackchannelAuthenticationGrant(config, pending, {}, { DPoP });
    assert.equal(await desk.approve(asked), 'approved');
    const tokens = await polling;
    assert.equal(tokens.token_type, 'dpop');
    assert.equal(tokens.claims()?.sub, accountId);
    assert.equal(tokens.claims()?.['acr'], phr);

    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP });
    assert.equal(refreshed.claims()?.auth_time, tokens.claims()?.auth_time);
  });

  it('on another device: is told when she denies, and when nobody answers', async () => {
    const denied = await ask();
    const polling = client.pollBackchannelAuthenticationGrant(config, denied.pending, {}, { DPoP });
    await desk.service.deny(await desk.requestOf(denied.asked));
    await assert.rejects(polling, (error: client.ResponseBodyError) => error.error === 'access_denied');

    const { pending } = await ask();
    const late = client.pollBackchannelAuthenticationGrant(config, pending, {}, { DPoP });
    holdfast.clock.advance(pending.expires_in + 1);
    await assert.rejects(late, (error: client.ResponseBodyError) => error.error === 'expired_token');
  });

  it('on another device: gets nothing by another key than the one that it named', async () => {
    const { pending, asked } = await ask();
    await desk.approve(asked);
    const other = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
    await assert.rejects(
      client.pollBackchannelAuthenticationGrant(config, pending, {}, { DPoP: other }),
      (error: client.ResponseBodyError) => error.error === 'invalid_grant',
    );
  });

  it('on another device, for calls: polls until her passkey has approved them, and keeps them at refresh', async () => {
    const { login, person } = await accountWithPasskey(holdfast);
    const limit = { currency: 'USD', amount: '0.75' };
    const detail = { type: 'model_call', tier: 'frontier', spend_limit: limit, locations: [gatewayA] };
    const { pending } = await ask({ login_hint: login, authorization_details: JSON.stringify([detail]) });
    const { matching_number: number, approval_uri: link } = pending;
    assert.ok(typeof number === 'string' && typeof link === 'string');
    const polling = client.pollBackchannelAuthenticationGrant(config, pending, {}, { DPoP });
    const phone = new ApproveVisitor(holdfast.issuer);
    await phone.approve({ path: new URL(link).pathname, number }, person.authenticator);
    const tokens = await polling;
    const [granted] = tokens.authorization_details ?? [];
    assert.ok(granted);
    const { approval_id: id, expires_at: end, ...told } = granted;
    assert.ok(typeof id === 'string' && typeof end === 'number');
    assert.deepEqual(told, detail);
    const kept = await client.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP });
    assert.deepEqual(kept.authorization_details, [granted]);
  });

  it('by authorization_details: pushes them, gets what was granted, and keeps and narrows it at refresh', async () => {
    const web = await configOf('web');
    const handle = client.getDPoPHandle(web, await client.randomDPoPKeyPair('ES256'));
    const verifier = client.randomPKCECodeVerifier();
    const limit = { currency: 'USD', amount: '1.50' };
    const tier = { type: 'model_call', tier: 'frontier', locations: [gatewayA] };
    const asked = { ...tier, spend_limit: limit, count: 5, purpose: 'Sums' };
    const url = await client.buildAuthorizationUrlWithPAR(
      web,
      {
        redirect_uri: callback,
        scope: 'openid offline_access model:call',
        prompt: 'consent',
        authorization_details: JSON.stringify([asked]),
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      },
      { DPoP: handle },
    );
    const person = new PasskeyVisitor(holdfast.issuer);
    const login = await person.visitor.follow(await person.visitor.get(url.href));
    const end = await approve(person, await person.signUp(login));
    const tokens = await client.authorizationCodeGrant(
      web,
      new URL(end.location ?? ''),
      { pkceCodeVerifier: verifier },
      undefined,
      { DPoP: handle },
    );
    const [granted] = tokens.authorization_details ?? [];
    assert.ok(granted);
    const { approval_id: id, expires_at: end_at, ...told } = granted;
    assert.ok(typeof id === 'string' && typeof end_at === 'number');
    assert.deepEqual(told, asked);

    const resourceServer = await configOf('rs-a');
    const seen = await client.tokenIntrospection(resourceServer, tokens.access_token);
    assert.deepEqual(seen.authorization_details, [granted]);

    const kept = await client.refreshTokenGrant(web, tokens.refresh_token ?? '', undefined, { DPoP: handle });
    assert.deepEqual(kept.authorization_details, [granted]);
    const less = [{ ...granted, count: 1 }];
    const narrowed = await client.refreshTokenGrant(
      web,
      kept.refresh_token ?? '',
      { authorization_details: JSON.stringify(less) },
      { DPoP: handle },
    );
    assert.deepEqual(narrowed.authorization_details, less);
    await assert.rejects(
      client.refreshTokenGrant(
        web,
        narrowed.refresh_token ?? '',
        { authorization_details: JSON.stringify([{ ...granted, count: 50 }]) },
        { DPoP: handle },
      ),
      (error: client.ResponseBodyError) => error.error === 'invalid_authorization_details',
    );
  });
});
