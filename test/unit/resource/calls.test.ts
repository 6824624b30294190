import assert from 'node:assert/strict';
import type { AccessTokenRecord } from '../../../src/provider/access-token-store.js';
import type { RefusedCall } from '../../../src/resource/call-answer.js';
import { readCallQuestions, type CallRequest } from '../../../src/resource/call-request.js';
import { authorizeCall } from '../../../src/resource/call-service.js';
import { revoke } from '../../../src/resource/revocation-service.js';
import { cheap, models, resourceDesk } from '../../support/resource-desk.js';

const jkt = 'k'.repeat(43);
const phr = 'urn:holdfast:acr:phr';
const basic = 'urn:holdfast:acr:basic';

type Desk = Awaited<ReturnType<typeof resourceDesk>>;

/** Asks for a call; the token is of a person with a passkey a minute ago, where nothing else is said. */
async function ask(
  desk: Desk,
  call: { model?: string; maxCost?: number; jkt?: string; scope?: string[]; caller?: string; token?: string },
  token: Partial<AccessTokenRecord> = {},
) {
  const value = call.token ?? (await desk.mintAccessToken({ jkt, ...token }));
  const { jkt: shown = jkt, caller = 'gateway', ...asked } = call;
  const request: CallRequest = {
    possession: { kind: 'key', jkt: shown },
    model: 'echo',
    maxCost: undefined,
    scope: [],
    callerAddress: undefined,
    ...asked,
    token: value,
  };
  return authorizeCall(desk.ports, request, caller);
}

async function answer(...asked: Parameters<typeof ask>) {
  const outcome = await ask(...asked);
  assert.ok(outcome.ok);
  return outcome.value;
}

async function refusal(...asked: Parameters<typeof ask>): Promise<RefusedCall> {
  const given = await answer(...asked);
  assert.notEqual(given.decision, 'allow');
  return given as RefusedCall;
}

/** A token that carries an approval, and the approval itself. */
function approved(desk: Desk, id: string, limit = 2_000_000, changes: object = {}) {
  const expiresAt = new Date(desk.clock.now() + 300_000);
  desk.approvals.approve(id, {
    accountId: 'acc_1',
    clientId: 'app',
    jkt,
    resource: models,
    spendLimit: limit,
    expiresAt,
  });
  return {
    type: 'model_call',
    approval_id: id,
    locations: [models],
    tier: 'frontier',
    spend_limit: { currency: 'USD', amount: (limit / 1_000_000).toFixed(6) },
    expires_at: Math.floor(expiresAt.getTime() / 1000),
    ...changes,
  };
}

describe('the authorization of a call', () => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await resourceDesk();
  });

  it('allows what the tier allows, and tells all that introspection tells', async () => {
    const given = await answer(desk, { model: 'echo' });
    assert.equal(given.decision, 'allow');
    assert.match(given.call_id, /^call_[0-9A-Za-z]{22}$/);
    assert.ok(given.introspection.active);
    assert.equal(given.introspection.sub, 'acc_1');
    assert.deepEqual(Object.keys(given), ['decision', 'call_id', 'introspection']);
    assert.deepEqual(desk.judged, [{ decision: 'allow', tier: 'standard' }]);
  });

  it('reads the token by the one statement of introspection', async () => {
    const token = await desk.mintAccessToken({ jkt });
    const statements = await desk.statementsOf(() => ask(desk, { token, model: 'echo-large' }));
    assert.deepEqual(statements, ['access_token.find']);
  });

  it('gives unknown, expired, revoked, foreign, unbound and refresh tokens one answer', async () => {
    const revoked = await desk.mintAccessToken({ jkt });
    await revoke(desk.ports, { token: revoked, clientId: 'app', jkt: undefined });
    const answers = [
      await answer(desk, { token: revoked, model: 'echo-frontier' }),
      await answer(desk, { token: 'hldf_at_malformed' }),
      await answer(desk, { token: await desk.mintRefreshToken() }),
      await answer(desk, { caller: 'other-gateway', model: 'echo-frontier', jkt: 'x' }),
      await answer(desk, { caller: 'app' }),
      await answer(desk, {}, { audience: undefined }),
      await answer(desk, {}, { jkt: undefined }),
      await answer(desk, {}, { audience: cheap, jkt: undefined }),
      await answer(desk, { scope: ['nothing'] }, { expiresAt: desk.now() }),
    ].map(({ call_id, ...rest }) => {
      assert.match(call_id, /^call_/);
      return JSON.stringify(rest);
    });
    assert.equal(new Set(answers).size, 1, answers.join('\n'));
    assert.deepEqual(JSON.parse(answers[0] ?? ''), {
      decision: 'deny',
      introspection: { active: false },
      code: 'token_inactive',
      status: 401,
      www_authenticate:
        'DPoP error="invalid_token", error_description="The access token is not valid.", algs="ES256 EdDSA Ed25519"',
      body: { error: 'invalid_token', error_description: 'The access token is not valid.' },
    });
    assert.deepEqual([desk.misuses, desk.denials], [[], []]);
  });

  it('denies the proof of another key, and counts it against the family', async () => {
    const given = await refusal(desk, { jkt: 'x'.repeat(43) });
    assert.deepEqual([given.decision, given.status, given.code], ['deny', 401, 'token_wrong_key']);
    assert.match(given.www_authenticate, /^DPoP error="invalid_token"/);
    assert.deepEqual(desk.misuses, [{ clientId: 'app', grantId: 'grant_1', how: 'wrong_key' }]);
  });

  it('denies what the token’s scope lacks, before anything is spent', async () => {
    const rar = [approved(desk, 'apr_1')];
    const call = { model: 'echo-frontier', maxCost: 1, scope: ['chat', 'images'] };
    const given = await refusal(desk, call, { payload: { rar } });
    assert.deepEqual([given.decision, given.status, given.code], ['deny', 403, 'scope_insufficient']);
    assert.match(given.www_authenticate, /error="insufficient_scope".*scope="chat images"/);
    assert.deepEqual(desk.approvals.tried, []);
  });

  it('challenges a login that is too weak or too old (RFC 9470 §3)', async () => {
    const weak = await refusal(desk, { model: 'echo-large' }, { acr: basic });
    assert.deepEqual([weak.decision, weak.status, weak.code], ['challenge', 401, 'step_up_required']);
    assert.equal(
      weak.www_authenticate,
      'DPoP error="insufficient_user_authentication", error_description="This model needs a stronger or more recent sign-in.", ' +
        `acr_values="${phr}", max_age="3600", algs="ES256 EdDSA Ed25519", ` +
        'resource_metadata="https://models.example/.well-known/oauth-protected-resource"',
    );
    assert.deepEqual(
      [weak.body.acr_values, weak.body.max_age, weak.body.authorization_details],
      [phr, 3600, undefined],
    );
    const old = await refusal(desk, { model: 'echo-large' }, { authTime: desk.now() - 3601 });
    assert.equal(old.code, 'step_up_required');
    assert.equal((await answer(desk, { model: 'echo-large' })).decision, 'allow');
  });

  it('asks for login and approval at once where both are missing', async () => {
    const given = await refusal(desk, { model: 'echo-frontier', maxCost: 10 }, { acr: basic });
    assert.equal(given.status, 401);
    assert.equal(given.body.max_age, 300);
    assert.equal(given.body.authorization_details?.length, 1);
  });

  it('challenges a missing approval with exactly what to ask for', async () => {
    const given = await refusal(desk, { model: 'echo-frontier', maxCost: 10 });
    assert.deepEqual([given.decision, given.status, given.code], ['challenge', 403, 'approval_required']);
    assert.match(given.www_authenticate, /^DPoP error="insufficient_authorization_details"/);
    assert.deepEqual(given.body, {
      error: 'insufficient_authorization_details',
      error_description: 'The person must approve this call first.',
      authorization_details: [
        {
          type: 'model_call',
          tier: 'frontier',
          expires_in: 300,
          spend_limit: { currency: 'USD', amount: '2.00' },
          locations: [models],
        },
      ],
      acr_values: phr,
      max_age: 300,
    });
  });

  it('spends the approval of an allowed call, and challenges the call that no longer fits', async () => {
    const rar = [approved(desk, 'apr_1', 2_000_000)];
    const token = await desk.mintAccessToken({ jkt, payload: { rar } });
    const call = { token, model: 'echo-frontier', maxCost: 900_000 };
    const first = await answer(desk, call);
    assert.ok(first.decision === 'allow');
    assert.equal(first.approval_id, 'apr_1');
    assert.equal((await answer(desk, call)).decision, 'allow');
    const third = await refusal(desk, call);
    assert.deepEqual([third.decision, third.code], ['challenge', 'approval_required']);
    assert.equal(desk.approvals.spentOf('apr_1'), 1_800_000);
    assert.deepEqual(desk.judged.at(-1), { decision: 'challenge', tier: 'frontier' });
  });

  it('tries approvals one after the other and spends one alone', async () => {
    const rar = [
      approved(desk, 'apr_later', 2_000_000, { expires_at: desk.now() + 200 }),
      approved(desk, 'apr_sooner', 2_000_000, { expires_at: desk.now() + 100 }),
    ];
    const token = await desk.mintAccessToken({ jkt, payload: { rar } });
    const call = { token, model: 'echo-frontier', maxCost: 1_500_000 };
    assert.equal((await answer(desk, call)).decision, 'allow');
    assert.deepEqual(desk.approvals.tried, ['apr_sooner']);
    assert.equal((await answer(desk, call)).decision, 'allow');
    assert.deepEqual(desk.approvals.tried, ['apr_sooner', 'apr_sooner', 'apr_later']);
    assert.equal((await answer(desk, call)).decision, 'challenge');
  });

  it('denies, and never challenges, what no approval could cover', async () => {
    const own = {
      kind: 'ClientCredentials',
      accountId: undefined,
      acr: undefined,
      authTime: undefined,
    } as const;
    desk.hold('acc_held', new Date(desk.clock.now() + 3600_000));
    for (const [call, token, code, sentence] of [
      [{ model: 'echo-frontier', maxCost: 2_000_001 }, {}, 'call_too_dear', /At most 2\.00 USD/],
      [{ model: 'echo-large' }, own, 'client_without_person', /person/],
      [{ model: 'echo-large' }, { accountId: 'acc_held' }, 'account_held', /opens at 20[0-9-]+T/],
    ] as const) {
      const given = await refusal(desk, call, token);
      assert.deepEqual([given.decision, given.status, given.code], ['deny', 403, code]);
      assert.match(given.body.error_description, sentence);
      assert.equal(given.body.error, 'access_denied');
      assert.equal(given.body.authorization_details, undefined);
    }
    assert.equal(desk.denials.length, 3);
    const held = await refusal(desk, { model: 'echo-large' }, { accountId: 'acc_held' });
    assert.equal(held.body.held_until, desk.now() + 3600);
    assert.equal((await answer(desk, { model: 'echo' }, { accountId: 'acc_held' })).decision, 'allow');
    assert.equal((await answer(desk, { model: 'echo' }, own)).decision, 'allow');
  });

  it('keeps for the operator why a living token’s call was refused, under the id of the call', async () => {
    const given = await refusal(desk, { model: 'echo-frontier', maxCost: 2_500_000 });
    await refusal(desk, { token: 'made-up' });
    assert.deepEqual(desk.noted, [
      {
        code: 'call_too_dear',
        detail: `model echo-frontier of tier frontier, at most 2.50 USD, ${phr}, login 60 s ago, 0 approvals`,
        id: given.call_id,
      },
    ]);
  });

  it('denies a model of no tier', async () => {
    const [, ...tiers] = desk.ports.tiers.current;
    const ports = { ...desk.ports, tiers: { current: tiers } };
    const given = await refusal({ ...desk, ports }, { model: 'echo' });
    assert.deepEqual([given.decision, given.code], ['deny', 'model_of_no_tier']);
  });

  it('tells a gateway that names no highest cost where one is needed', async () => {
    const outcome = await ask(desk, { model: 'echo-frontier' });
    assert.equal(outcome.ok ? undefined : outcome.refusal.code, 'max_cost_missing');
  });
});

describe('the question of a resource server', () => {
  const right = { token: 'token', jkt, model: 'echo', max_cost: 12, scope: 'model:call model:read' };
  const wrong = (change: object) => {
    const read = readCallQuestions({ ...right, ...change });
    return read.ok ? undefined : read.refusal.detail;
  };

  it('is read', () => {
    const read = readCallQuestions(right);
    assert.ok(read.ok);
    const call = {
      token: 'token',
      possession: { kind: 'key', jkt },
      model: 'echo',
      maxCost: 12,
      scope: ['model:call', 'model:read'],
      callerAddress: undefined,
    };
    assert.deepEqual(read.value, { batch: false, calls: [call] });
    assert.deepEqual(readCallQuestions({ calls: [right, right] }), {
      ok: true,
      value: { batch: true, calls: [call, call] },
    });
    const { max_cost: _cost, scope: _scope, ...least } = right;
    assert.ok(readCallQuestions(least).ok);
  });

  it('is refused with a sentence that says what is wrong', () => {
    for (const cost of [-1, 1.5, 2 ** 53, Infinity, NaN, '12', null, [1], true]) {
      assert.match(wrong({ max_cost: cost }) ?? '', /^max_cost must /, String(cost));
    }
    for (const each of ['', 'short', 'k'.repeat(44), `${'k'.repeat(42)}=`, 1]) {
      assert.match(wrong({ jkt: each }) ?? '', /^jkt must be the thumbprint/, String(each));
    }
    assert.match(wrong({ model: '' }) ?? '', /^model must/);
    assert.match(wrong({ model: 'm'.repeat(257) }) ?? '', /^model is too long/);
    assert.match(wrong({ token: undefined }) ?? '', /^token must/);
    assert.match(wrong({ scope: 'two  blanks' }) ?? '', /^scope must/);
    assert.equal(wrong({ highest_cost: 12 }), 'highest_cost is no member of this request');
    assert.match(wrong({ jkt: undefined }) ?? '', /^exactly one of proof, jkt and certificate/);
    assert.match(wrong({ certificate: jkt }) ?? '', /^exactly one of proof, jkt and certificate/);
    assert.match(wrong({ caller_address: 'example.com' }) ?? '', /^caller_address must/);
    const several = (calls: unknown) => {
      const read = readCallQuestions({ calls } as Record<string, unknown>);
      return read.ok ? undefined : read.refusal.detail;
    };
    assert.equal(several([right, { ...right, x: 1 }]), 'calls.1.x is no member of this request');
    assert.match(several([]) ?? '', /^calls must have at least one/);
    assert.match(several(Array(101).fill(right)) ?? '', /^calls must have at most 100/);
  });
});
