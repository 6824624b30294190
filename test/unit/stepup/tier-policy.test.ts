import assert from 'node:assert/strict';
import { defaultTiers, tierSchema } from '../../../src/config/tiers-schema.js';
import { isPaid, judgeCall, tierOf } from '../../../src/stepup/tier-policy.js';
import type { ApprovalId } from '../../../src/stepup/approval.js';
import type { CallingToken, CallVerdict, ModelCall } from '../../../src/stepup/call-verdict.js';
import type { GrantedModelCall } from '../../../src/stepup/model-call.js';

const tiers = [
  ...defaultTiers,
  { id: 'mail', title: 'Mail', models: ['mail-*'], acr: 'urn:holdfast:acr:basic', client_credentials: true },
  { id: 'lab', title: 'Lab', models: ['lab/?'], approval: 'session', approval_lifetime: 600 },
  { id: 'each', title: 'Each', models: ['each/*'], approval: 'call' },
].map((tier) => tierSchema.parse(tier));

const at = 1_800_000_000;
const basic = 'urn:holdfast:acr:basic';
const phr = 'urn:holdfast:acr:phr';
const resource = 'https://models.test';

const granted = (over: Partial<GrantedModelCall> = {}): GrantedModelCall => ({
  type: 'model_call',
  approval_id: 'apr_1' as ApprovalId,
  locations: [resource],
  tier: 'frontier',
  spend_limit: { currency: 'USD', amount: '2.00' },
  expires_at: at + 60,
  ...over,
});

interface Case extends Partial<Omit<ModelCall, 'token'>>, Partial<CallingToken> {
  readonly model: string;
}

function judge({ clientId = 'app', acr, authTime, modelCalls = [], ...call }: Case): CallVerdict {
  const subject = 'subject' in call ? call.subject : 'acc_1';
  return judgeCall(tiers, {
    maxCost: undefined,
    heldUntil: undefined,
    resource,
    now: new Date(at * 1000 + 999),
    ...call,
    token: { clientId, subject, acr, authTime, modelCalls },
  });
}

/** The verdict in one line. */
function say(verdict: CallVerdict): string {
  switch (verdict.verdict) {
    case 'allowed':
      return `${verdict.tier.id} allowed`;
    case 'denied':
      return `${verdict.tier?.id ?? 'none'} denied ${verdict.reason}`;
    case 'by_approval':
      return `${verdict.tier.id} by ${verdict.approvals.map(({ id, spendLimit, count }) => `${id}:${spendLimit ?? 'any'}:${count ?? 'any'}`).join(' ')}`;
    case 'step_up':
      return `${verdict.tier.id} step up${verdict.approval ? ' and approve' : ''}`;
    case 'approve':
      return `${verdict.tier.id} approve`;
  }
}

const strong = { acr: phr, authTime: at };
const frontier = { model: 'x-frontier', ...strong, maxCost: 1_000_000 };

const cases: readonly (readonly [title: string, call: Case, expected: string])[] = [
  ['nothing is demanded', { model: 'tiny' }, 'standard allowed'],
  ['no name', { model: ' ' }, 'none denied model_of_no_tier'],
  ['a client acting for itself, where it may', { model: 'tiny', subject: undefined }, 'standard allowed'],
  [
    'a client acting for itself, where a login is demanded of people',
    { model: 'mail-1', subject: undefined },
    'mail allowed',
  ],
  [
    'a client acting for itself, where it may not',
    { model: 'x-large', subject: undefined, ...strong },
    'premium denied client_acts_for_itself',
  ],
  ['a login of no strength', { model: 'mail-1', authTime: at }, 'mail step up'],
  ['any login', { model: 'mail-1', acr: basic }, 'mail allowed'],
  ['a stronger login', { model: 'mail-1', acr: 'urn:holdfast:acr:phrh' }, 'mail allowed'],
  ['a strength that nobody knows', { model: 'mail-1', acr: 'urn:mace:incommon:iap:gold' }, 'mail step up'],
  ['a weak login', { model: 'x-large', acr: basic, authTime: at }, 'premium step up'],
  ['an age of exactly max_age', { model: 'x-large', acr: phr, authTime: at - 3600 }, 'premium allowed'],
  ['a second older', { model: 'x-large', acr: phr, authTime: at - 3601 }, 'premium step up'],
  ['no age', { model: 'x-large', acr: phr }, 'premium step up'],
  ['another node’s clock ahead', { model: 'x-large', acr: phr, authTime: at + 10 }, 'premium allowed'],
  ['a login in the future', { model: 'x-large', acr: phr, authTime: at + 11 }, 'premium step up'],
  ['a login never', { model: 'x-large', acr: phr, authTime: NaN }, 'premium step up'],
  ['a weak login, an approval missing', { ...frontier, acr: basic }, 'frontier step up and approve'],
  [
    'an old login beside an approval: the next token carries only new ones',
    { ...frontier, authTime: at - 301, modelCalls: [granted()] },
    'frontier step up and approve',
  ],
  ['no approval', frontier, 'frontier approve'],
  ['an approval', { ...frontier, modelCalls: [granted()] }, 'frontier by apr_1:2000000:any'],
  [
    'a cost of exactly the budget',
    { ...frontier, maxCost: 2_000_000, modelCalls: [granted()] },
    'frontier by apr_1:2000000:any',
  ],
  ['a cost beyond the budget', { ...frontier, maxCost: 2_000_001 }, 'frontier denied too_dear'],
  [
    'a cost beyond the budget, of a weak login',
    { ...frontier, maxCost: 2_000_001, acr: basic },
    'frontier denied too_dear',
  ],
  ['no highest cost', { ...frontier, maxCost: undefined }, 'frontier denied max_cost_missing'],
  ['a cost below nothing', { ...frontier, maxCost: -1 }, 'frontier denied max_cost_missing'],
  ['a broken cost', { ...frontier, maxCost: 0.5 }, 'frontier denied max_cost_missing'],
  [
    'an approval of less than the cost',
    { ...frontier, modelCalls: [granted({ spend_limit: { currency: 'USD', amount: '0.999999' } })] },
    'frontier approve',
  ],
  [
    'an approval of exactly the cost',
    { ...frontier, modelCalls: [granted({ spend_limit: { currency: 'USD', amount: '1.00' } })] },
    'frontier by apr_1:1000000:any',
  ],
  [
    'an approval in another currency',
    { ...frontier, modelCalls: [granted({ spend_limit: { currency: 'JPY', amount: '2.00' } })] },
    'frontier approve',
  ],
  [
    'an approval of more than the budget has become',
    { ...frontier, modelCalls: [granted({ spend_limit: { currency: 'USD', amount: '50.00' } })] },
    'frontier by apr_1:2000000:any',
  ],
  [
    'an approval that ends now',
    { ...frontier, modelCalls: [granted({ expires_at: at })] },
    'frontier approve',
  ],
  [
    'an approval for another resource',
    { ...frontier, modelCalls: [granted({ locations: ['https://other.test'] })] },
    'frontier approve',
  ],
  [
    'an approval of another tier',
    { ...frontier, modelCalls: [granted({ tier: 'each' })] },
    'frontier approve',
  ],
  [
    'an approval of this model, spelled otherwise',
    { ...frontier, modelCalls: [granted({ models: ['y-frontier', 'X-Frontier'], count: 3 })] },
    'frontier by apr_1:2000000:3',
  ],
  [
    'an approval of another model',
    { ...frontier, modelCalls: [granted({ models: ['y-frontier'] })] },
    'frontier approve',
  ],
  ['an approval used up', { ...frontier, modelCalls: [granted({ count: 0 })] }, 'frontier approve'],
  [
    'two approvals, the one that ends first before the other',
    {
      ...frontier,
      modelCalls: [granted(), granted({ approval_id: 'apr_0' as ApprovalId, expires_at: at + 5 })],
    },
    'frontier by apr_0:2000000:any apr_1:2000000:any',
  ],
  [
    'a held account',
    { ...frontier, modelCalls: [granted()], heldUntil: new Date(at * 1000 + 1000) },
    'frontier denied account_held',
  ],
  ['a held account on a free tier', { model: 'tiny', heldUntil: new Date(at * 2000) }, 'standard allowed'],
  [
    'an account that is held no longer',
    { ...frontier, modelCalls: [granted()], heldUntil: new Date(at * 1000 + 999) },
    'frontier by apr_1:2000000:any',
  ],
  ['no session approved', { model: 'lab/1' }, 'lab approve'],
  [
    'a session approved',
    { model: 'lab/1', modelCalls: [{ ...granted({ tier: 'lab' }), spend_limit: undefined }] as never },
    'lab by apr_1:any:any',
  ],
  [
    'a session approved up to an amount, and no cost known',
    { model: 'lab/1', modelCalls: [granted({ tier: 'lab' })] },
    'lab approve',
  ],
  [
    'a session approved up to an amount',
    { model: 'lab/1', maxCost: 2_000_000, modelCalls: [granted({ tier: 'lab', count: 2 })] },
    'lab by apr_1:2000000:2',
  ],
  [
    'a session approved, and the tier counts money since',
    {
      model: 'each/1',
      maxCost: 1,
      modelCalls: [{ ...granted({ tier: 'each' }), spend_limit: undefined }] as never,
    },
    'each approve',
  ],
  [
    'many calls approved, and the tier asks for each since',
    { model: 'each/1', maxCost: 1, modelCalls: [granted({ tier: 'each', count: 3 })] },
    'each by apr_1:2000000:1',
  ],
];

describe('the policy of tiers', () => {
  for (const [title, call, expected] of cases) {
    it(`${title}: ${expected}`, () => assert.equal(say(judge(call)), expected));
  }

  it('asks for exactly what would do', () => {
    const asked = (call: Case) => {
      const verdict = judge(call);
      assert.ok(verdict.verdict === 'approve');
      return [verdict.approval, verdict.login];
    };
    const login = { acr: undefined, maxAge: undefined };
    assert.deepEqual(asked(frontier), [
      {
        type: 'model_call',
        tier: 'frontier',
        expires_in: 300,
        spend_limit: { currency: 'USD', amount: '2.00' },
      },
      { acr: phr, maxAge: 300 },
    ]);
    assert.deepEqual(asked({ model: 'lab/1' }), [
      { type: 'model_call', tier: 'lab', expires_in: 600 },
      login,
    ]);
    const each = (amount: string) => ({
      type: 'model_call',
      tier: 'each',
      expires_in: 300,
      spend_limit: { currency: 'USD', amount },
      count: 1,
    });
    assert.deepEqual(asked({ model: 'each/1', maxCost: 1_234_500 }), [each('1.2345'), login]);
    assert.deepEqual(asked({ model: 'each/1', maxCost: 0 }), [each('0.01'), login]);
  });

  it('takes for paid whatever demands anything', () => {
    assert.deepEqual(
      tiers.filter(isPaid).map(({ id }) => id),
      ['premium', 'frontier', 'mail', 'lab', 'each'],
    );
  });
});

describe('the tier of a model', () => {
  const spellings: readonly (readonly [model: string, tier: string | undefined])[] = [
    ['premium/frontier/x', 'premium'],
    ['frontier/x-large', 'frontier'],
    ['frontier', 'standard'],
    ['-frontier', 'frontier'],
    ['frontier/', 'frontier'],
    ['FRONTIER/X', 'frontier'],
    [' gpt-Frontier\u00a0', 'frontier'],
    ['gpt-ﬀrontier', 'standard'],
    ['gpt-ｆｒｏｎｔｉｅｒ', 'frontier'],
    ['gpt-frontıer', 'frontier'],
    ['caﬁ-frontier', 'frontier'],
    ['gpt-front\u200dier', undefined],
    ['gpt-frontier\u0000', undefined],
    ['gpt-frontier\n', undefined],
    ['gpt-front\u00adier', undefined],
    ['gpt-front\u{e0069}er', undefined],
    ['gpt-frontier\ud800', undefined],
    ['', undefined],
    ['lab/1', 'lab'],
    ['lab/😀', 'lab'],
    ['lab/12', 'standard'],
    ['lab/', 'standard'],
    [`${'x'.repeat(247)}-frontier`, 'frontier'],
    [`${'x'.repeat(248)}-frontier`, undefined],
  ];
  for (const [model, tier] of spellings) {
    it(`${JSON.stringify(model)}: ${tier ?? 'none'}`, () => assert.equal(tierOf(tiers, model)?.id, tier));
  }

  it('is none where no tier names it', () => {
    assert.equal(tierOf(tiers.slice(1), 'tiny'), undefined);
    assert.equal(tierOf([], 'tiny'), undefined);
  });

  it('is found at once, whatever the globs and the name are made of', () => {
    const costly = [tierSchema.parse({ id: 'x', title: 'X', models: [`${'*a'.repeat(63)}*b`] })];
    const began = process.hrtime.bigint();
    for (let times = 0; times < 20; times++) assert.equal(tierOf(costly, 'a'.repeat(256)), undefined);
    assert.ok(process.hrtime.bigint() - began < 1_000_000_000n, 'quadratic at the most');
  });
});
