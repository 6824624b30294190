import assert from 'node:assert/strict';
import { newAccessToken } from '../../src/lib/opaque-token.js';
import { systemRandom } from '../../src/lib/random.js';
import { assertionClient } from '../support/assertion-client.js';
import { askCall, outcomeOf, ProvenCaller } from '../support/calls.js';
import { gatewayA, secretOf, testClients, testResources } from '../support/clients.js';
import { basic, postForm, type Answer } from '../support/device.js';
import { failing } from '../support/failing.js';
import { sharedStorage, startHoldfast, type Holdfast } from '../support/harness.js';
import { revoke, signIn, type Tokens } from '../support/login.js';
import { sendAsIs } from '../support/raw-request.js';

const phr = 'urn:holdfast:acr:phr';
/** The lane knows no such spelling. */
const longWay = { 'content-type': 'application/json; Charset="utf-8"' };

describe('POST /calls', () => {
  let holdfast: Holdfast;
  let signed: Awaited<ReturnType<typeof assertionClient>>;
  let strong: Tokens;

  before(async () => {
    signed = await assertionClient('signed-gateway');
    holdfast = await startHoldfast({
      clients: [...testClients, { ...signed.metadata, client_id: 'signed-gateway' }],
      resources: testResources.map((resource) =>
        resource.identifier === gatewayA
          ? { ...resource, resource_servers: ['rs-a', 'signed-gateway'] }
          : resource,
      ),
    });
    strong = await signIn({ issuer: holdfast.issuer, acr: phr });
  });
  after(() => holdfast.close());

  const call = (changes: object = {}) => ({
    token: strong.accessToken,
    jkt: strong.device.key.jkt,
    model: 'echo',
    ...changes,
  });
  const ask = (changes: object = {}, as?: string) => askCall(holdfast.issuer, call(changes), as);

  it('takes no byte order mark before the question, on either way', async () => {
    for (const headers of [{}, longWay]) {
      const { status } = await sendAsIs(`${holdfast.issuer}/calls`, {
        method: 'POST',
        headers: { ...basic('rs-a', secretOf('rs-a')), 'content-type': 'application/json', ...headers },
        body: `\ufeff${JSON.stringify(call())}`,
      });
      assert.equal(status, 400);
    }
  });

  it('gives the same bytes on the short way and on the long one', async () => {
    const { issuer, clock } = holdfast;
    const proven = new ProvenCaller(issuer, strong);
    await proven.greet();
    const weak = await signIn({ issuer });
    const keyOf = ({ accessToken, device }: Tokens) => ({ token: accessToken, jkt: device.key.jkt });
    const questions: readonly (() => object | Promise<object>)[] = [
      () => call(),
      () => call({ model: 'echo-large', scope: 'model:call', caller_address: '192.0.2.7' }),
      () => call({ ...keyOf(weak), model: 'echo-large' }),
      () => call({ model: 'echo-frontier', max_cost: 5 }),
      () => call({ model: 'echo-frontier' }),
      () => call({ model: 'nobody-has-it' }),
      () => call({ model: null }),
      () => call({ jkt: 'x'.repeat(43) }),
      () => call({ scope: 'admin' }),
      () => call({ token: newAccessToken(systemRandom, Math.floor(clock.now() / 1000) + 100) }),
      () => call({ highest: 1 }),
      async () => proven.question(await proven.prove({}, clock)),
      async () => proven.question(await proven.prove({ nonce: 'old' }, clock)),
      async () => proven.question(await proven.prove({ method: 'GET' }, clock)),
      async () =>
        proven.question('', {
          proof: { dpop: await proven.prove(), method: 'POST', url: 'https://b.test/' },
        }),
      async () => ({
        calls: [call(), proven.question(await proven.prove({}, clock)), call({ model: 'echo-frontier' })],
      }),
    ];
    const variable = /"(?:call_id|request_id)":"[^"]*"/g;
    for (const question of questions) {
      const [short, long] = [
        await askCall(issuer, await question()),
        await askCall(issuer, await question(), 'rs-a', longWay),
      ].map(({ status, headers, body }) => {
        const kept = [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
        return { status, kept, body: JSON.stringify(body).replace(variable, '') };
      });
      assert.deepEqual(short, long);
    }
  });

  it('uses nothing up where the resource server has asked wrongly', async () => {
    const proven = new ProvenCaller(holdfast.issuer, strong);
    await proven.greet();
    const proof = await proven.prove({}, holdfast.clock);
    assert.equal((await proven.ask(proof, { model: 'echo-frontier' })).status, 400);
    assert.equal(
      (await proven.ask(proof, { proof: { dpop: proof, method: 'POST', url: 'https://b.test/' } })).status,
      400,
    );
    assert.equal(outcomeOf(await proven.ask(proof)), 'allow');
    assert.equal(outcomeOf(await proven.ask(proof)), 'proof_replayed');
  });

  it('is named by discovery', async () => {
    const metadata = await sendAsIs(`${holdfast.issuer}/.well-known/openid-configuration`);
    assert.equal(metadata.body['call_authorization_endpoint'], `${holdfast.issuer}/calls`);
  });

  it('allows, challenges and denies, each with an id, and counts them by tier', async () => {
    const allowed = await ask({ model: 'echo-large' });
    assert.deepEqual(
      [allowed.status, allowed.body['decision']],
      [200, 'allow'],
      JSON.stringify(allowed.body),
    );
    assert.equal(allowed.headers.get('cache-control'), 'no-store');
    assert.match(String(allowed.body['call_id']), /^call_[0-9A-Za-z]{22}$/);
    const introspection = allowed.body['introspection'] as Record<string, unknown>;
    assert.deepEqual([introspection['active'], introspection['acr']], [true, phr]);

    const weak = await signIn({ issuer: holdfast.issuer });
    const challenged = await ask({
      token: weak.accessToken,
      jkt: weak.device.key.jkt,
      model: 'ECHO-large ',
    });
    assert.deepEqual([challenged.body['decision'], challenged.body['status']], ['challenge', 401]);
    assert.match(String(challenged.body['www_authenticate']), /insufficient_user_authentication/);

    const dear = await ask({ model: 'echo-frontier', max_cost: 2_000_001 });
    assert.deepEqual([dear.body['decision'], dear.body['code']], ['deny', 'call_too_dear']);

    const metrics = await holdfast.app.metrics();
    for (const [decision, tier] of [
      ['allow', 'premium'],
      ['challenge', 'premium'],
      ['deny', 'frontier'],
    ]) {
      const labels = `(?=[^}]*decision="${decision}")(?=[^}]*tier="${tier}")`;
      assert.match(metrics, new RegExp(`holdfast_calls_total\\{${labels}[^}]*\\} [1-9]`));
    }
  });

  it('takes private_key_jwt as it takes Basic, its members beside the others', async () => {
    const assertion = await signed.assertion(holdfast.issuer, {
      iss: 'signed-gateway',
      sub: 'signed-gateway',
    });
    const proven = { ...call(), ...signed.form(assertion), client_id: 'signed-gateway' };
    const url = `${holdfast.issuer}/calls`;
    const headers = { 'content-type': 'application/json' };
    const byKey = await sendAsIs(url, { method: 'POST', headers, body: JSON.stringify(proven) });
    assert.equal(byKey.body['decision'], 'allow', JSON.stringify(byKey.body));
    const again = await sendAsIs(url, { method: 'POST', headers, body: JSON.stringify(proven) });
    assert.deepEqual([again.status, again.body['error']], [401, 'invalid_client'], 'an assertion works once');
  });

  it('wants an authenticated caller: no public client, no wrong secret, nobody unnamed', async () => {
    const url = `${holdfast.issuer}/calls`;
    const send = (members: object, headers: Record<string, string> = {}) =>
      sendAsIs(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ ...call(), ...members }),
      });
    const refused: [Answer, number, string][] = [
      [await send({ client_id: 'spa' }), 401, 'invalid_client'],
      [await send({ client_id: 'rs-a' }), 401, 'invalid_client'],
      [await send({}, basic('rs-a', 'wrong')), 401, 'invalid_client'],
      [await send({}), 400, 'invalid_request'],
      [await send({ client_id: ['rs-a'] }, basic('rs-a', secretOf('rs-a'))), 400, 'invalid_request'],
      [await send({ client_id: { toString: 1 } }), 400, 'invalid_request'],
    ];
    for (const [answer, status, error] of refused) {
      assert.deepEqual([answer.status, answer.body['error']], [status, error]);
      assert.equal('decision' in answer.body, false);
    }
  });

  it('says in a sentence what is wrong with a question, and takes nothing but JSON by POST', async () => {
    for (const [changes, sentence] of [
      [{ max_cost: -1 }, /^max_cost must not be negative$/],
      [{ max_cost: 0.5 }, /^max_cost must be a whole number/],
      [{ model: 'echo-frontier' }, /^max_cost is required for this model$/],
      [{ jkt: 'short' }, /^jkt must be the thumbprint/],
      [{ maximum: 1 }, /^maximum is no member/],
    ] as const) {
      const { status, body } = await ask(changes);
      assert.deepEqual([status, body['error']], [400, 'invalid_request'], JSON.stringify(body));
      assert.match(String(body['error_description']), sentence);
      assert.ok(body['request_id']);
    }
    const headers = basic('rs-a', secretOf('rs-a'));
    const url = `${holdfast.issuer}/calls`;
    const form = await postForm({ url, headers, form: { token: strong.accessToken } });
    assert.deepEqual([form.status, form.body['error']], [400, 'invalid_request']);
    for (const body of ['', '[]', 'null', '"x"', '{', '{"token":']) {
      const type = { 'content-type': 'application/json' };
      const answer = await sendAsIs(url, { method: 'POST', headers: { ...headers, ...type }, body });
      assert.deepEqual([answer.status, answer.body['error']], [400, 'invalid_request'], body);
    }
    assert.equal((await sendAsIs(url, { headers })).status, 405);
  });

  it('answers of whatever is not active for the asker byte for byte the same, but for the call’s id', async () => {
    const { issuer, clock } = holdfast;
    const unknown = newAccessToken(systemRandom, Math.floor(clock.now() / 1000) + 100);
    const revoked = await signIn({ issuer });
    await revoke(issuer, revoked.accessToken);
    const identity = await signIn({ issuer, clientId: 'web', resource: undefined, scope: 'openid' });
    const bytes: string[] = [];
    for (const [token, as] of [
      [unknown, 'rs-a'],
      ['nonsense', 'rs-a'],
      [revoked.accessToken, 'rs-a'],
      [strong.accessToken, 'rs-b'],
      [strong.accessToken, 'web'],
      [strong.refreshToken, 'rs-a'],
      [identity.accessToken, 'rs-a'],
    ] as const) {
      const { status, headers, body } = await ask({ token, model: 'echo-frontier', max_cost: 5 }, as);
      assert.match(String(body['call_id']), /^call_/);
      const kept = [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
      bytes.push(JSON.stringify([status, kept, { ...body, call_id: '' }]));
    }
    assert.equal(new Set(bytes).size, 1, bytes.join('\n'));
    assert.match(bytes[0] ?? '', /"decision":"deny".*"introspection":\{"active":false\}/);
  });

  it('answers 503, and decides nothing, while the database is away', async () => {
    const storage = await sharedStorage();
    const calls: typeof storage.calls = (options) => failing(storage.calls(options), 'find');
    const broken = await startHoldfast({}, { storage: { ...storage, calls } });
    try {
      for (const headers of [{}, longWay]) {
        const answer = await askCall(broken.issuer, call(), 'rs-a', headers);
        assert.deepEqual([answer.status, answer.body['error']], [503, 'temporarily_unavailable']);
      }
    } finally {
      await broken.close();
    }
  });

  it('takes from the budget of introspections', async () => {
    const small = await startHoldfast({
      limits: { introspections_per_minute_per_client: 3 },
      trusted_proxies: ['127.0.0.1'],
    });
    try {
      const statuses: number[] = [];
      for (let count = 0; count < 4; count += 1) {
        const from = { 'x-forwarded-for': `203.0.113.${count}` };
        statuses.push((await askCall(small.issuer, call(), 'rs-a', from)).status);
      }
      assert.deepEqual(statuses, [200, 200, 200, 429]);
    } finally {
      await small.close();
    }
  });
});
