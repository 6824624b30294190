import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { sha256 } from '../../src/lib/hashing.js';
import { adminDesk } from '../support/admin-desk.js';
import { askCall, outcomeOf } from '../support/calls.js';
import { gatewayA, gatewayB, testResources } from '../support/clients.js';
import type { Answer } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { introspect } from '../support/login.js';
import { generateProofKey } from '../../src/proof/create-proof.js';
import { mintToken, storeCaller } from '../support/model-caller.js';
import { bearerAllowed, observing } from '../support/observing.js';
import type { Family } from '../support/records.js';
import { eventsDuring } from '../support/security-events.js';
import { TwoWayGateway } from '../support/two-way-gateway.js';

const day = 86_400;

/* Threat 1 for the credentials that have no key: what one that was copied is good for, and for how long. */
describe('threat 1: a bearer credential of before', () => {
  let holdfast: Holdfast;
  let family: Family;

  before(async () => {
    holdfast = await startHoldfast({
      resources: testResources.map((resource) =>
        resource.identifier === gatewayA
          ? { ...resource, ...observing, dangerously_allow_bearer: bearerAllowed }
          : resource,
      ),
    });
    family = await storeCaller(holdfast);
  });
  afterEach(() => holdfast.clock.reset());
  after(() => holdfast.close());

  const newKey = () => `sk-${randomBytes(24).toString('base64url')}`;
  async function imported(of: Family = family): Promise<string> {
    const key = newKey();
    const digest = sha256(key).toString('hex');
    const outcome = await adminDesk(holdfast).run('legacy import', {
      resource: gatewayA,
      credentials: [{ digest, account: of.accountId, label: 'laptop' }],
    });
    assert.ok(outcome.ok, JSON.stringify(outcome));
    assert.deepEqual(outcome.result, { imported: 1, left_out: [] });
    return key;
  }
  const ask = (token: string, changes: object = {}, as?: string) =>
    askCall(holdfast.issuer, { token, bearer: true, model: 'echo', max_cost: 1, ...changes }, as);
  const outcome = async (token: string, changes: object = {}, as?: string) =>
    outcomeOf(await ask(token, changes, as));

  it('calls the cheapest tier, names whose it is, and is told to be refused one day', async () => {
    const { body } = await ask(await imported(), { scope: 'model:call' });
    assert.equal(body['decision'], 'allow', JSON.stringify(body));
    assert.deepEqual(body['introspection'], { active: false });
    assert.equal((body['legacy'] as { sub: string }).sub, family.accountId);
    assert.deepEqual(body['would_refuse'], {
      code: 'token_presented_as_bearer',
      decision: 'deny',
      status: 401,
    });
  });

  it('calls no dearer tier, gets no scope of nobody, and is helped by nothing that is observed', async () => {
    const key = await imported();
    const told = await eventsDuring(holdfast, 'call_denied', async () => {
      for (const model of ['echo-large', 'echo-frontier', ' Echo-LARGE']) {
        assert.equal(await outcome(key, { model }), 'bearer_tier', model);
      }
    });
    assert.deepEqual(
      told.map(({ refusal }) => refusal),
      ['bearer_tier', 'bearer_tier', 'bearer_tier'],
    );
    assert.equal(await outcome(key, { scope: 'model:call admin' }), 'scope_insufficient');
    assert.equal(await outcome(key), 'allow');
  });

  it('is spent to its cap and no further', async () => {
    const key = await imported();
    assert.equal(await outcome(key, { max_cost: 50_000 }), 'allow');
    assert.equal(await outcome(key), 'bearer_cap_reached');
    assert.equal((await ask(key, { max_cost: undefined })).status, 400, 'nobody names its cost');
  });

  it('is nothing anywhere else: a foreign gateway, introspection, a proof, an endpoint without a model', async () => {
    const key = await imported();
    const { jkt } = await generateProofKey();
    assert.equal(await outcome(key, {}, 'rs-b'), 'token_inactive');
    assert.equal(await outcome(key, { model: null }), 'token_inactive');
    assert.equal(await outcome(key, { bearer: undefined, jkt }), 'token_inactive');
    const answer = await introspect(holdfast.issuer, key);
    assert.deepEqual(answer.body, { active: false });
    const userinfo = await fetch(`${holdfast.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${key}` },
    });
    assert.equal(userinfo.status, 401);
  });

  it('of a stranger, revoked, ended or foreign gets the same bytes', async () => {
    const [revoked, retired, ofRevoked] = [await imported(), await imported(), await storeCaller(holdfast)];
    const orphan = await imported(ofRevoked);
    const desk = adminDesk(holdfast);
    await desk.run('legacy revoke', { by: 'digest', name: sha256(revoked).toString('hex') });
    await holdfast.storage.accounts.revoke(ofRevoked.accountId);
    const bound = await mintToken(holdfast, family);
    const alive = await imported();
    const answers: Answer[] = [
      await ask(newKey(), { model: 'echo-frontier' }),
      await ask(newKey()),
      await ask(revoked),
      await ask(revoked, { model: 'echo-large', scope: 'nothing' }),
      await ask(orphan),
      await ask(bound),
      await ask(alive, {}, 'rs-b'),
    ];
    const told = answers.map(({ status, body }) => JSON.stringify([status, { ...body, call_id: '' }]));
    assert.equal(new Set(told).size, 1, told.join('\n'));
    assert.equal(outcomeOf(answers[0] as Answer), 'token_inactive');
    assert.equal(await outcome(retired), 'allow');
  });

  it('dies by its account’s revocation, by that of all of hers, and on the day', async () => {
    const hers = await storeCaller(holdfast);
    const keys = [await imported(hers), await imported(hers)];
    const other = await imported();
    await adminDesk(holdfast).run('legacy revoke', { by: 'account', name: hers.accountId });
    for (const key of keys) assert.equal(await outcome(key), 'token_inactive');
    assert.equal(await outcome(other), 'allow');
    holdfast.clock.advance(31 * day);
    assert.equal(await outcome(other), 'token_inactive');
    const late = await adminDesk(holdfast).run('legacy import', {
      resource: gatewayA,
      credentials: [{ digest: sha256(newKey()).toString('hex'), account: hers.accountId }],
    });
    assert.equal(!late.ok && late.error, 'bearer_not_allowed');
    const elsewhere = await adminDesk(holdfast).run('legacy import', {
      resource: gatewayB,
      credentials: [{ digest: sha256(newKey()).toString('hex'), account: hers.accountId }],
    });
    assert.equal(!elsewhere.ok && elsewhere.error, 'bearer_not_allowed');
  });

  for (const mode of ['remote', 'local'] as const) {
    it(`passes a guard in ${mode} mode for calls alone, and only where its operator said so`, async () => {
      const key = await imported();
      const { issuer, clock } = holdfast;
      const open = await TwoWayGateway.start({ issuer, mode, clock, dangerouslyAllowBearer: true });
      const shut = await TwoWayGateway.start({ issuer, mode, clock });
      try {
        const bearer = { authorization: `Bearer ${key}` };
        const served = await open.send('call', bearer);
        assert.deepEqual(
          [served.status, served.headers.get('holdfast-would-refuse')],
          [200, 'token_presented_as_bearer'],
          JSON.stringify(served.body),
        );
        const token = await mintToken(holdfast, family, { jkt: (await generateProofKey()).jkt });
        for (const [gateway, way, authorization] of [
          [open, 'list', `Bearer ${key}`],
          [shut, 'call', `Bearer ${key}`],
          [open, 'call', `Bearer ${newKey()}`],
          [open, 'call', `Bearer ${token}`],
          [open, 'call', `DPoP ${key}`],
        ] as const) {
          const refused = await gateway.send(way, { authorization });
          assert.equal(refused.status, 401, `${way} ${authorization}`);
          assert.match(refused.headers.get('www-authenticate') ?? '', /^DPoP /);
        }
      } finally {
        await open.close();
        await shut.close();
      }
    });
  }

  it('leaves neither the log nor the database anything that could be used', async () => {
    const key = await imported();
    await ask(key);
    await ask(key, { model: 'echo-frontier' });
    const logged = holdfast.log.join('\n');
    assert.match(logged, /"event":"call_observed"/);
    assert.equal(logged.includes(key), false);
    const found = await holdfast.storage.legacyCredentials.find(sha256(key), new Date(holdfast.clock.now()));
    assert.equal(found?.alive, true, 'by its digest');
    assert.equal(JSON.stringify(found).includes(key), false);
  });
});
