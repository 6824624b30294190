import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { askCall, outcomeOf, ProvenCaller } from '../support/calls.js';
import { secretOf } from '../support/clients.js';
import { basic, postForm, type Answer } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { signIn, type Tokens } from '../support/login.js';
import { giveApproval, mintToken, storeCaller } from '../support/model-caller.js';
import { sendAsIs } from '../support/raw-request.js';

const phr = 'urn:holdfast:acr:phr';
const file = path.resolve(import.meta.dirname, '../../../docs/openapi.json');

interface Content {
  readonly content: Readonly<Record<string, { readonly schema: object }>>;
}
interface OpenApi {
  readonly paths: Readonly<
    Record<
      string,
      { readonly post: { readonly requestBody: Content; readonly responses: Record<string, Content> } }
    >
  >;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

describe('docs/openapi.json', () => {
  const json = 'application/json';
  const form = 'application/x-www-form-urlencoded';
  const document = JSON.parse(readFileSync(file, 'utf8')) as OpenApi;
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  let holdfast: Holdfast;
  let strong: Tokens;

  before(async () => {
    holdfast = await startHoldfast();
    strong = await signIn({ issuer: holdfast.issuer, acr: phr });
  });
  after(() => holdfast.close());

  const asks = (at: string, type = json): ValidateFunction => {
    const schema = document.paths[at]?.post.requestBody.content[type]?.schema;
    assert.ok(schema, at);
    return ajv.compile(schema);
  };
  const answers = (at: string, status: number): ValidateFunction => {
    const schema = document.paths[at]?.post.responses[status]?.content[json]?.schema;
    assert.ok(schema, `${at} ${status}`);
    return ajv.compile({ ...schema, components: document.components });
  };
  const fits = (validate: ValidateFunction, value: unknown) =>
    assert.ok(validate(value), `${JSON.stringify(value)} ${ajv.errorsText(validate.errors)}`);

  /** Asks /calls; what was asked and what came back are both as documented. */
  const call = async (question: object): Promise<Answer> => {
    fits(asks('/calls'), question);
    const answer = await askCall(holdfast.issuer, question);
    fits(answers('/calls', answer.status), answer.body);
    return answer;
  };

  it('describes each answer of /calls', async () => {
    const { issuer, storage, clock } = holdfast;
    const key = { token: strong.accessToken, jkt: strong.device.key.jkt };
    const weak = await signIn({ issuer });
    const person = await storeCaller(holdfast);
    const { jkt } = key;
    const { granted } = await giveApproval({ storage, clock }, person, { count: 1 }, { jkt });
    const paying = await mintToken({ storage, clock }, person, { jkt, approvals: [granted] });
    const proven = new ProvenCaller(issuer, strong);
    const fresh = async (facts = {}) => proven.question(await proven.prove(facts, clock));
    const used = { current: {} };
    const frontier = { model: 'echo-frontier', max_cost: 5 };
    const cases: readonly (readonly [string, () => object | Promise<object>])[] = [
      ['allow', () => ({ ...key, model: 'echo' })],
      ['allow', () => ({ ...key, model: null, scope: 'model:call', caller_address: '2001:db8::1' })],
      ['allow', () => ({ token: paying, jkt, ...frontier })],
      ['approval_required', () => ({ token: paying, jkt, ...frontier })],
      ['step_up_required', () => ({ token: weak.accessToken, jkt: weak.device.key.jkt, ...frontier })],
      ['call_too_dear', () => ({ ...key, ...frontier, max_cost: 2_000_001 })],
      ['model_of_no_tier', () => ({ ...key, model: ' ' })],
      ['scope_insufficient', () => ({ ...key, model: 'echo', scope: 'admin' })],
      ['token_inactive', () => ({ ...key, token: 'hldf_at_x', model: 'echo' })],
      ['token_wrong_key', () => ({ token: key.token, certificate: jkt, model: 'echo' })],
      ['nonce_required', () => fresh()],
      ['allow', async () => (used.current = await fresh())],
      ['proof_replayed', () => used.current],
      ['proof_invalid', () => fresh({ method: 'GET' })],
      ['invalid_request', () => ({ ...key, model: 'echo-frontier' })],
    ];
    for (const [outcome, question] of cases) {
      const answer = await call(await question());
      assert.equal(outcomeOf(answer), outcome, JSON.stringify(answer.body));
      const nonce = answer.body['dpop_nonce'];
      if (outcome === 'nonce_required') proven.learn(String(nonce));
    }
    const batch = await call({
      calls: [
        { ...key, model: 'echo' },
        { ...key, model: 'echo-frontier' },
      ],
    });
    const outcomes = (batch.body['calls'] as Answer['body'][]).map(
      (body) => body['decision'] ?? body['error'],
    );
    assert.deepEqual(outcomes, ['allow', 'invalid_request']);
  });

  it('has room for what authenticates a client without Basic credentials', async () => {
    const asked = { token: strong.accessToken, jkt: strong.device.key.jkt, model: 'echo', client_id: 'rs-a' };
    assert.equal(outcomeOf(await call(asked)), 'allow');
    assert.equal(asks('/calls')({ ...asked, client_name: 'rs-a' }), false);
  });

  it('refuses what /calls refuses', async () => {
    const right = { token: 'x', jkt: 'k'.repeat(43), model: 'echo' };
    const validate = asks('/calls');
    fits(validate, right);
    for (const wrong of [
      { max_cost: -1 },
      { max_cost: 0.5 },
      { jkt: 'short' },
      { highest: 1 },
      { certificate: right.jkt },
      { model: '' },
    ]) {
      assert.equal(validate({ ...right, ...wrong }), false, JSON.stringify(wrong));
      assert.equal((await askCall(holdfast.issuer, { ...right, ...wrong })).status, 400);
    }
  });

  it('describes introspection, usage and their refusals', async () => {
    const { issuer } = holdfast;
    const headers = basic('rs-a', secretOf('rs-a'));
    for (const token of [strong.accessToken, 'nonsense']) {
      fits(asks('/introspect', form), { token });
      const { status, body } = await postForm({ url: `${issuer}/introspect`, headers, form: { token } });
      fits(answers('/introspect', status), body);
    }
    const report = {
      call_id: `call_${'x'.repeat(22)}`,
      outcome: 'failed',
      finished_at: '2026-01-01T00:00:00Z',
    };
    for (const [reports, expected] of [
      [[report], 200],
      [[], 400],
    ] as const) {
      assert.equal(asks('/usage')({ reports }), expected === 200);
      const type = { 'content-type': json };
      const text = JSON.stringify({ reports });
      const answer = await sendAsIs(`${issuer}/usage`, {
        method: 'POST',
        headers: { ...headers, ...type },
        body: text,
      });
      assert.equal(answer.status, expected, JSON.stringify(answer.body));
      fits(answers('/usage', answer.status), answer.body);
    }
    const stranger = await postForm({
      url: `${issuer}/introspect`,
      headers: basic('rs-a', 'wrong'),
      form: { token: 'x' },
    });
    fits(answers('/introspect', stranger.status), stranger.body);
  });
});
