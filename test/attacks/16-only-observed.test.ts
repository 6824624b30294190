import assert from 'node:assert/strict';
import { newAccessToken } from '../../src/lib/opaque-token.js';
import { systemRandom } from '../../src/lib/random.js';
import { askCall, outcomeOf, ProvenCaller } from '../support/calls.js';
import { gatewayA, gatewayB, testResources } from '../support/clients.js';
import { Device } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { mintToken, storeCaller } from '../support/model-caller.js';
import { observing } from '../support/observing.js';
import type { Family } from '../support/records.js';

const day = 86_400;

/* What a thief tries while the operator only looks: whatever has no right at all is refused from the first day. */
describe('threat 16: a resource that is only observed', () => {
  let holdfast: Holdfast;
  let family: Family;
  let device: Device;

  before(async () => {
    holdfast = await startHoldfast({
      resources: testResources.map((resource) =>
        resource.identifier === gatewayA ? { ...resource, ...observing } : resource,
      ),
    });
    family = await storeCaller(holdfast);
    device = await Device.create();
  });
  afterEach(() => holdfast.clock.reset());
  after(() => holdfast.close());

  type Facts = NonNullable<Parameters<typeof mintToken>[2]>;
  const mint = (facts: Facts = {}, of = family) => mintToken(holdfast, of, { jkt: device.key.jkt, ...facts });
  const ask = (token: string, changes: object = {}, as?: string) =>
    askCall(
      holdfast.issuer,
      { token, jkt: device.key.jkt, model: 'echo-frontier', max_cost: 5, ...changes },
      as,
    );
  const outcome = async (token: string, changes: object = {}, as?: string) =>
    outcomeOf(await ask(token, changes, as));

  it('lets pass what a tier would refuse, and says so', async () => {
    const token = await mint({ acr: 'urn:holdfast:acr:basic' });
    const { body } = await ask(token);
    assert.equal(body['decision'], 'allow', JSON.stringify(body));
    assert.deepEqual(body['would_refuse'], { code: 'step_up_required', decision: 'challenge', status: 401 });
    assert.equal('would_refuse' in (await ask(token, { model: 'echo' })).body, false);
  });

  it('lets no token pass that is unknown, expired, revoked or of another resource', async () => {
    const revoked = await mint();
    await holdfast.storage.grants.revoke(family.grantId, new Date(holdfast.clock.now()));
    const seconds = Math.floor(holdfast.clock.now() / 1000);
    const fresh = await storeCaller(holdfast);
    const tokens = {
      revoked,
      unknown: newAccessToken(systemRandom, seconds + 100),
      expired: await mint({ expiresAt: seconds }, fresh),
      foreign: await mint({ audience: gatewayB }, fresh),
      unbound: await mint({ jkt: undefined }, fresh),
    };
    for (const [name, token] of Object.entries(tokens)) {
      for (const model of ['echo', 'echo-frontier', null]) {
        assert.equal(await outcome(token, { model }), 'token_inactive', name);
      }
    }
    const good = await mint({}, fresh);
    assert.equal(await outcome(good, {}, 'rs-b'), 'token_inactive');
    assert.equal(await outcome(good), 'allow');
    family = fresh;
  });

  it('lets nobody pass without the token’s key, nor with a proof that is wrong or was used', async () => {
    const accessToken = await mint();
    const caller = new ProvenCaller(holdfast.issuer, { device, accessToken });
    assert.equal(outcomeOf(await caller.ask(await caller.prove())), 'nonce_required');
    const proof = await caller.prove();
    assert.equal(outcomeOf(await caller.ask(proof, { model: 'echo-frontier', max_cost: 5 })), 'allow');
    assert.equal(outcomeOf(await caller.ask(proof)), 'proof_replayed');
    assert.equal(outcomeOf(await caller.ask(await caller.prove({ method: 'GET' }))), 'proof_invalid');
    assert.equal(outcomeOf(await caller.ask('a.b.c')), 'proof_malformed');
    assert.equal(await outcome(accessToken, { jkt: 'x'.repeat(43) }), 'token_wrong_key');
    assert.equal(await outcome(accessToken, { jkt: undefined, bearer: true }), 'token_inactive');
  });

  it('grants no scope, opens no account that is held, and counts no call whose cost nobody names', async () => {
    const token = await mint({ acr: undefined });
    assert.equal(await outcome(token, { scope: 'model:read' }), 'scope_insufficient');
    assert.equal((await ask(token, { max_cost: undefined })).status, 400);
    const held = await storeCaller(holdfast);
    await holdfast.storage.accounts.holdPaidTiers(held.accountId, new Date(holdfast.clock.now() + 60_000));
    assert.equal(await outcome(await mint({}, held)), 'account_held');
  });

  it('enforces by itself when its day begins', async () => {
    const weak = { acr: 'urn:holdfast:acr:basic' };
    holdfast.clock.advance(28 * day);
    assert.equal(await outcome(await mint(weak, await storeCaller(holdfast))), 'allow');
    holdfast.clock.advance(2 * day + 120);
    assert.equal(await outcome(await mint(weak, await storeCaller(holdfast))), 'step_up_required');
  });
});
