import { strict as assert } from 'node:assert';
import * as client from 'openid-client';
import { agents, BackchannelDesk } from '../support/backchannel-desk.js';
import { secretOf } from '../support/clients.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';

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
    config = await client.discovery(
      new URL(holdfast.issuer),
      'agent',
      undefined,
      client.ClientSecretBasic(secretOf('agent')),
      { execute: [client.allowInsecureRequests] },
    );
    DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
  });
  after(() => holdfast.close());
  afterEach(() => holdfast.clock.reset());

  /** It sends no proof at the beginning, so it names the key by dpop_jkt (RFC 9449 §10). */
  async function ask(parameters: Record<string, string> = {}) {
    const { accountId, email } = await desk.person();
    const pending = await client.initiateBackchannelAuthentication(config, {
      scope: 'openid model:call',
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
});
