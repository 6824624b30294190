import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { readChallenge } from '../../src/client/challenge.js';
import { epochSeconds } from '../../src/lib/clock.js';
import { generateProofKey, type ProofKey } from '../../src/proof/create-proof.js';
import { askCall } from '../support/calls.js';
import { gatewayA, testResources } from '../support/clients.js';
import { Device, type Answer } from '../support/device.js';
import { GuardedServer } from '../support/guarded-server.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { clientCredentials, introspect, refresh, signIn } from '../support/login.js';
import { asResponse, giveApproval, mintToken, ModelGateway, storeCaller } from '../support/model-caller.js';
import { bearerAllowed } from '../support/observing.js';
import type { Family } from '../support/records.js';
import { eventsDuring } from '../support/security-events.js';

const phr = 'urn:holdfast:acr:phr';
const basic = 'urn:holdfast:acr:basic';

/* What a thief tries at a dear model: with what is weak, old, spent, copied, or somebody else's. */
describe('threat 16: step-up at the gateway', () => {
  let holdfast: Holdfast;
  let gateway: ModelGateway;
  let family: Family;
  let key: ProofKey;

  before(async () => {
    holdfast = await startHoldfast({
      resources: testResources.map((resource) =>
        resource.identifier === gatewayA
          ? { ...resource, dangerously_allow_bearer: bearerAllowed }
          : resource,
      ),
    });
    gateway = await ModelGateway.start(holdfast);
    family = await storeCaller(holdfast);
    key = await generateProofKey();
  });
  afterEach(() => holdfast.clock.reset());
  after(async () => {
    await gateway.close();
    await holdfast.close();
  });

  type Facts = NonNullable<Parameters<typeof mintToken>[2]>;
  const token = (facts: Facts = {}, of = family) => mintToken(holdfast, of, { jkt: key.jkt, ...facts });
  const approve = (
    limits: Parameters<typeof giveApproval>[2] = {},
    changes: Parameters<typeof giveApproval>[3] = {},
    of: Pick<Family, 'accountId' | 'clientId'> = family,
  ) => giveApproval(holdfast, of, limits, { jkt: key.jkt, ...changes });
  const call = async (model: string, facts: Facts = {}, more: object = {}, of = family) =>
    gateway.call({ key, token: await token(facts, of) }, { model, ...more });

  /** That the answer is this refusal, and that no model was reached. */
  async function refused(asked: Promise<Answer>, status: number, error: string): Promise<Answer> {
    const before = gateway.served;
    const answer = await asked;
    assert.equal(answer.status, status, JSON.stringify(answer.body));
    const header = answer.headers.get('www-authenticate') ?? '';
    assert.match(header, new RegExp(`^DPoP error="${error}"`));
    assert.match(
      header,
      /resource_metadata="https:\/\/a\.models\.test\/\.well-known\/oauth-protected-resource"/,
    );
    assert.equal(gateway.served, before, 'nothing reached the model');
    return answer;
  }
  const challenged = async (asked: Promise<Answer>, status: number, error: string) =>
    readChallenge(asResponse(await refused(asked, status, error)));

  it('a login that is weak, or whose age nobody knows, calls no dear model', async () => {
    for (const facts of [
      { acr: basic },
      { acr: undefined },
      { acr: 'phr' },
      { acr: `${phr} ${phr}h` },
      { authTime: undefined },
      { authTime: epochSeconds(holdfast.clock) + 60 },
    ]) {
      const challenge = await challenged(call('echo-large', facts), 401, 'insufficient_user_authentication');
      assert.deepEqual(challenge, { kind: 'step_up', acrValues: [phr], maxAge: 3600 }, JSON.stringify(facts));
    }
    assert.equal((await call('echo-large')).status, 200);
    assert.equal((await call('echo', { acr: basic })).status, 200);
  });

  it('an old login calls no dear model, and refreshing makes it no younger', async () => {
    const device = await Device.create(holdfast.clock);
    const wish = { issuer: holdfast.issuer, acr: phr };
    const { accessToken, refreshToken } = await signIn(wish, device);
    const echo = (value: string) => gateway.call({ key: device.key, token: value }, { model: 'echo-large' });
    assert.equal((await echo(accessToken)).status, 200);
    holdfast.clock.advance(3601);
    const renewed = await refresh(holdfast.issuer, refreshToken, device);
    assert.equal(renewed.status, 200, JSON.stringify(renewed.body));
    const fresh = renewed.body['access_token'] as string;
    await refused(echo(fresh), 401, 'insufficient_user_authentication');
    const again = await signIn(wish, device);
    assert.equal((await echo(again.accessToken)).status, 200);
    await refused(echo(fresh), 401, 'insufficient_user_authentication');
  });

  it('the approval of another client, key, person or resource pays for nothing', async () => {
    const other = await storeCaller(holdfast, 'cli');
    for (const [name, theirs] of Object.entries({
      client: await approve({}, { clientId: other.clientId }),
      key: await approve({}, { jkt: (await generateProofKey()).jkt }),
      person: await approve({}, {}, { ...family, accountId: other.accountId }),
      resource: await approve({ resource: 'https://b.models.test/' }),
    })) {
      const facts = { approvals: [theirs.granted] };
      const challenge = await challenged(
        call('echo-frontier', facts),
        403,
        'insufficient_authorization_details',
      );
      assert.equal(challenge?.kind, 'approval', name);
      const kept = await holdfast.storage.approvals.find(theirs.approval.id);
      assert.deepEqual([kept?.spent, kept?.calls], [0, 0], name);
    }
    const hers = await approve();
    assert.equal((await call('echo-frontier', { approvals: [hers.granted] })).status, 200);
  });

  it('an approval pays as far as it goes, and the next call is challenged for what it takes', async () => {
    const { granted, approval } = await approve({ spendLimit: 700_000 });
    const approvals = [granted];
    const known = await token({ approvals });
    const dear = () => gateway.call({ key, token: known }, { model: 'echo-frontier' });
    assert.deepEqual([(await dear()).status, (await dear()).status], [200, 200]);
    const challenge = await challenged(dear(), 403, 'insufficient_authorization_details');
    assert.deepEqual(challenge, {
      kind: 'approval',
      authorizationDetails: [
        {
          type: 'model_call',
          tier: 'frontier',
          expires_in: 300,
          spend_limit: { currency: 'USD', amount: '2.00' },
          locations: [gatewayA],
        },
      ],
      acrValues: [phr],
      maxAge: 300,
    });
    const kept = await holdfast.storage.approvals.find(approval.id);
    assert.deepEqual([kept?.spent, kept?.calls], [2 * (2 * 60 + 1024 * 300), 2]);
    await holdfast.storage.approvals.revoke(family.accountId, {}, new Date(holdfast.clock.now()));
    const small = gateway.call({ key, token: known }, { model: 'echo-frontier', max_tokens: 1 });
    await refused(small, 403, 'insufficient_authorization_details');
  });

  it('a token that says more than its approval allows gets no more than that', async () => {
    const { granted } = await approve({ spendLimit: 350_000, count: 1 });
    const forged = {
      ...granted,
      spend_limit: { currency: 'USD', amount: '2.00' },
      count: 50,
      expires_at: granted.expires_at + 10_000,
    };
    const known = await token({ approvals: [forged] });
    const dear = () => gateway.call({ key, token: known }, { model: 'echo-frontier' });
    assert.equal((await dear()).status, 200);
    await refused(dear(), 403, 'insufficient_authorization_details');
  });

  it('a token that names another tier than she signed pays for nothing there', async () => {
    const { granted } = await approve({ tier: 'premium' });
    const known = await token({ approvals: [{ ...granted, tier: 'frontier' }] });
    const dear = gateway.call({ key, token: known }, { model: 'echo-frontier', max_tokens: 1 });
    await refused(dear, 403, 'insufficient_authorization_details');
  });

  it('another spelling of a dear model leads to no cheaper tier', async () => {
    const known = { token: await token({ acr: basic }), jkt: key.jkt, max_cost: 5 };
    for (const [model, decision] of [
      ['ECHO-FRONTIER', 'challenge'],
      [' echo-frontier ', 'challenge'],
      ['\uff45cho-frontier', 'challenge'],
      ['e\u200bcho-frontier', 'deny'],
      ['echo-frontier\n', 'deny'],
    ]) {
      const { body } = await askCall(holdfast.issuer, { ...known, model });
      assert.equal(body['decision'], decision, JSON.stringify(model));
    }
  });

  it('a call dearer than any approval is denied, so that no client asks in circles', async () => {
    const { granted } = await approve();
    const facts = { approvals: [granted] };
    const dear = call('echo-frontier', facts, { max_tokens: 8192 });
    const denied = await refused(dear, 403, 'access_denied');
    assert.equal(await readChallenge(asResponse(denied)), undefined);
    assert.equal((await call('echo-frontier', facts, { max_tokens: 100 })).status, 200);
  });

  it('a highest cost that is negative, fractional, too large or missing spends and gives back nothing', async () => {
    const { granted, approval } = await approve();
    const known = { token: await token({ approvals: [granted] }), jkt: key.jkt, model: 'echo-frontier' };
    for (const cost of [undefined, -1, -2_000_000, 0.5, 2 ** 53, 1e300, '1', null]) {
      const { status, body } = await askCall(holdfast.issuer, { ...known, max_cost: cost });
      assert.deepEqual([status, body['error']], [400, 'invalid_request'], String(cost));
    }
    const { status } = await askCall(holdfast.issuer, { ...known, max_cost: 2 ** 53 - 1 });
    assert.equal(status, 200);
    assert.equal((await holdfast.storage.approvals.find(approval.id))?.spent, 0);
  });

  it('a client that acts for itself calls no model that wants a person', async () => {
    const device = await Device.create(holdfast.clock);
    const own = (await clientCredentials(holdfast.issuer, device)).body['access_token'] as string;
    const echo = (model: string) => gateway.call({ key: device.key, token: own }, { model });
    assert.equal((await echo('echo')).status, 200);
    for (const model of ['echo-large', 'echo-frontier']) {
      const answer = await refused(echo(model), 403, 'access_denied');
      assert.equal(await readChallenge(asResponse(answer)), undefined);
    }
  });

  it('an account that was recovered calls no paid model until its time has come, and is not sent round', async () => {
    const { accessToken, device } = await signIn({ issuer: holdfast.issuer, login: 'recovered', acr: phr });
    const about = await introspect(holdfast.issuer, accessToken);
    const until = new Date(holdfast.clock.now() + 120_000);
    await holdfast.storage.accounts.holdPaidTiers(about.body['sub'] as never, until);
    const echo = (model: string) => gateway.call({ key: device.key, token: accessToken }, { model });
    for (const model of ['echo-large', 'echo-frontier']) {
      const answer = await refused(echo(model), 403, 'access_denied');
      assert.equal(await readChallenge(asResponse(answer)), undefined);
    }
    assert.equal((await echo('echo')).status, 200);
    holdfast.clock.advance(121);
    assert.equal((await echo('echo-large')).status, 200);
  });

  it('a token without its key, or with another one, is worth nothing at /calls, and the attempt is told', async () => {
    const stolen = await token();
    const thief = await generateProofKey();
    const events = await eventsDuring(holdfast, 'token_misuse', async () => {
      const { body } = await askCall(holdfast.issuer, { token: stolen, jkt: thief.jkt, model: 'echo' });
      assert.deepEqual([body['decision'], body['status'], body['code']], ['deny', 401, 'token_wrong_key']);
    });
    assert.deepEqual([events.length, events[0]?.['grantId']], [1, family.grantId]);
    const unbound = { token: await token({ jkt: undefined }), jkt: thief.jkt, model: 'echo' };
    const { body } = await askCall(holdfast.issuer, unbound);
    assert.deepEqual([body['decision'], body['code']], ['deny', 'token_inactive']);
  });

  it('a body that names two models reaches the upstream as it was judged', async () => {
    const bodies: string[] = [];
    const upstream = createServer((request, response) => {
      void text(request).then((body) => {
        bodies.push(body);
        response.end('{}');
      });
    });
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    const baseUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`;
    const passing = await ModelGateway.start(holdfast, { baseUrl, price: { input: 1, output: 1 } });
    try {
      const rest = '"max_tokens":5,"messages":[{"role":"user","content":"hi"}]';
      const caller = { key, token: await token({ acr: basic }) };
      const body = `{"model":"echo-frontier","model":"echo",${rest}}`;
      assert.equal((await passing.call(caller, { model: '' }, { body })).status, 200);
      assert.deepEqual(bodies, [`{"model":"echo",${rest}}`]);
      const turned = `{"model":"echo","model":"echo-frontier",${rest}}`;
      assert.equal((await passing.call(caller, { model: '' }, { body: turned })).status, 401);
      assert.equal(bodies.length, 1);
    } finally {
      await passing.close();
      upstream.closeAllConnections();
      await new Promise((resolve) => upstream.close(resolve));
    }
  });
});

describe('threat 16: a gateway that asks about calls', () => {
  let gateway: GuardedServer;
  beforeEach(async () => {
    gateway = await GuardedServer.start();
  });
  afterEach(() => gateway.close());

  const echo = { model: 'echo', maxCost: 12, scope: ['models:call'] };

  it('reads no body, and asks nobody, before token and proof are in order', async () => {
    const nonce = await gateway.nonce();
    const thief = await generateProofKey();
    const bearer = { authorization: `Bearer ${gateway.token}` };
    for (const [proof, headers] of [
      [undefined, bearer],
      ['no-proof', {}],
      [await gateway.proof(nonce), {}],
      [await gateway.callProof('made-up'), {}],
    ] as const) {
      assert.equal((await gateway.callModel(echo, proof, headers)).status, 401);
    }
    assert.deepEqual([gateway.bodiesRead, gateway.provider.calls.length], [0, 0]);
    assert.equal((await gateway.callModel(echo, await gateway.callProof(nonce, thief))).status, 401);
    assert.equal(gateway.bodiesRead, 1, 'the thief’s proof is in order, but not of the token’s key');
  });

  it('asks once for a proof, however often it is copied, so that a copy spends nothing', async () => {
    const proof = await gateway.callProof(await gateway.nonce());
    const replies = await Promise.all(Array.from({ length: 25 }, () => gateway.callModel(echo, proof)));
    assert.equal(replies.filter(({ status }) => status === 200).length, 1);
    assert.equal(gateway.provider.calls.length, 1);
  });

  it('asks once for a call, also when the connection breaks, because the approval may be spent', async () => {
    assert.equal((await gateway.callModel(echo)).status, 200);
    gateway.provider.answerCall = (response) => response.destroy();
    assert.equal((await gateway.callModel(echo)).status, 503);
    assert.equal(gateway.provider.calls.length, 2);
  });

  it('keeps strangers from filling its memory of proofs', async () => {
    await gateway.restart({ replayCapacity: 1 });
    gateway.authorizesAs({
      decision: 'deny',
      introspection: { active: false },
      code: 'token_inactive',
      status: 401,
      www_authenticate: 'DPoP error="invalid_token"',
      body: { error: 'invalid_token' },
    });
    for (let count = 0; count < 3; count += 1) assert.equal((await gateway.callModel(echo)).status, 401);
    gateway.introspectsAs({});
    assert.equal((await gateway.callModel(echo)).status, 200);
  });
});
