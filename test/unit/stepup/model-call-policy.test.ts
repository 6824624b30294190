import assert from 'node:assert/strict';
import { defaultTiers, tierSchema } from '../../../src/config/tiers-schema.js';
import {
  grantedModelCall,
  readModelCall,
  type ModelCallWorld,
} from '../../../src/stepup/model-call-policy.js';
import type { ModelCallRequest } from '../../../src/stepup/model-call.js';
import { approvalRecord, approvalSubject } from '../../support/approvals.js';
import { manualClock } from '../../support/manual-clock.js';
import { refusalOf, valueOf } from '../../support/passkey-desk.js';
import type { AccountId } from '../../../src/accounts/account.js';

const tiers = [
  ...defaultTiers,
  { id: 'each', title: 'Each', models: ['each/*'], approval: 'call' as const },
  { id: 'while', title: 'While', models: ['while/*'], approval: 'session' as const, approval_lifetime: 3600 },
].map((tier) => tierSchema.parse(tier));
const world: ModelCallWorld = { tiers, resources: ['https://models.example'], resource: undefined };

const read = (detail: object, changes: Partial<ModelCallWorld> = {}) =>
  readModelCall(JSON.stringify([{ type: 'model_call', ...detail }]), { ...world, ...changes });

describe('authorization_details of type model_call', () => {
  const good: Record<string, [detail: object, asked: Partial<ModelCallRequest>]> = {
    'a tier, with its own limits': [
      { tier: 'frontier' },
      { tier: 'frontier', models: undefined, spendLimit: 2_000_000, count: undefined, lifetime: 300 },
    ],
    'models, whose tier is found': [
      { models: ['frontier/one', 'some-frontier'] },
      { tier: 'frontier', models: ['frontier/one', 'some-frontier'] },
    ],
    'a tier and some of its models': [
      { tier: 'frontier', models: ['x-FRONTIER'] },
      { tier: 'frontier', models: ['x-FRONTIER'] },
    ],
    'less than the tier allows': [
      { tier: 'frontier', spend_limit: { currency: 'USD', amount: '0.000001' }, count: 3, expires_in: 60 },
      { spendLimit: 1, count: 3, lifetime: 60 },
    ],
    'a purpose in any language': [
      { tier: 'frontier', purpose: '總結這一季 – naïve ‘quotes’' },
      { purpose: '總結這一季 – naïve ‘quotes’' },
    ],
    'each call': [
      { tier: 'each', spend_limit: { currency: 'USD', amount: '0.50' } },
      { spendLimit: 500_000, count: 1 },
    ],
    'a time without limit': [{ tier: 'while' }, { spendLimit: undefined, count: undefined, lifetime: 3600 }],
    'its resource by location': [
      { tier: 'frontier', locations: ['https://models.example'] },
      { resource: 'https://models.example' },
    ],
  };
  for (const [name, [detail, asked]] of Object.entries(good)) {
    it(`may ask for ${name}`, () => {
      const value = valueOf(read(detail));
      assert.deepEqual({ ...value, ...asked }, value);
    });
  }

  const usd = (amount: unknown) => ({ tier: 'frontier', spend_limit: { currency: 'USD', amount } });
  const bad: Record<string, [detail: object, sentence: RegExp]> = {
    'another type': [{ type: 'payment', tier: 'frontier' }, /: type must be 'model_call'$/],
    'no type': [{ type: undefined, tier: 'frontier' }, /: type must be/],
    'an unknown field': [{ tier: 'frontier', limit: 1 }, / has an unknown field 'limit'$/],
    'an unknown field within': [
      { tier: 'frontier', spend_limit: { currency: 'USD', amount: '1.00', tip: '9' } },
      /: spend_limit has an unknown field 'tip'$/,
    ],
    'neither tier nor models': [{ count: 1 }, /must have tier or models$/],
    'an unknown tier': [{ tier: 'platinum' }, /: tier 'platinum' is no tier here$/],
    'a tier that asks for no approval': [
      { tier: 'standard' },
      /: tier must be paid for: tier 'standard' asks for no approval$/,
    ],
    'models that ask for none': [{ models: ['tiny'] }, /: models must be paid for: tier 'standard' asks/],
    'a model outside the tier': [
      { tier: 'frontier', models: ['each/x'] },
      /: models\[0\] .* is of tier 'each', not 'frontier'$/,
    ],
    'models of two tiers': [
      { models: ['frontier/x', 'each/x'] },
      /: models\[1\] .* is of tier 'each', not 'frontier'$/,
    ],
    'no model': [{ models: [] }, /: models must name a model$/],
    'a glob': [{ models: ['*-frontier'] }, /: models\[0\] must be the id of a model/],
    'a model twice': [{ models: ['frontier/x', 'frontier/x'] }, /: models must not name a model twice$/],
    'another currency': [
      { tier: 'frontier', spend_limit: { currency: 'EUR', amount: '1.00' } },
      /: spend_limit.currency must be 'USD'$/,
    ],
    'a number as amount': [usd(2), /: spend_limit.amount must be a string/],
    'a negative amount': [usd('-1.00'), /: spend_limit.amount must be dollars/],
    'nothing as amount': [usd('0.00'), /: spend_limit.amount must be dollars/],
    'an overflowing amount': [usd('99999999999999999999'), /: spend_limit.amount must be dollars/],
    'an exponent': [usd('1e0'), /: spend_limit.amount must be dollars/],
    'seven decimals': [usd('1.0000001'), /: spend_limit.amount must be dollars/],
    'more than the budget': [usd('2.000001'), /: spend_limit.amount is more than 2.00/],
    'no amount where there is no budget': [{ tier: 'each' }, /: spend_limit is needed for tier 'each'$/],
    'no call': [{ tier: 'frontier', count: 0 }, /: count must be a whole number from 1/],
    'half a call': [{ tier: 'frontier', count: 1.5 }, /: count must be/],
    'calls without end': [{ tier: 'frontier', count: 10_001 }, /: count must be/],
    'two calls of a tier of single calls': [
      { tier: 'each', count: 2, spend_limit: { currency: 'USD', amount: '1.00' } },
      /: count must be 1:/,
    ],
    'a longer life than the tier’s': [
      { tier: 'frontier', expires_in: 301 },
      /: expires_in must be 300 at most/,
    ],
    'no life': [{ tier: 'frontier', expires_in: 1 }, /: expires_in must be a whole number from 30/],
    'a purpose of two lines': [{ tier: 'frontier', purpose: 'a\nb' }, /: purpose must be of visible/],
    'a purpose that turns the line': [
      { tier: 'frontier', purpose: 'a\u202Eb' },
      /: purpose must be of visible/,
    ],
    'a purpose that says nothing': [{ tier: 'frontier', purpose: ' ' }, /: purpose must say something$/],
    'a purpose of 201 characters': [
      { tier: 'frontier', purpose: 'x'.repeat(201) },
      /: purpose must have 200/,
    ],
    'another resource': [
      { tier: 'frontier', locations: ['https://x.example'] },
      /: locations .* is no resource/,
    ],
    'two resources': [{ tier: 'frontier', locations: ['a', 'b'] }, /: locations must name exactly one/],
  };
  for (const [name, [detail, sentence]] of Object.entries(bad)) {
    it(`may not ask for ${name}`, () => {
      const refusal = refusalOf(read(detail));
      assert.match(refusal, sentence);
      // RFC 6749 §5.2: what an error_description may be made of.
      assert.match(refusal, /^authorization_details_invalid: [\x20-\x21\x23-\x5B\x5D-\x7E]+$/);
    });
  }

  const texts: Record<string, [text: string, sentence: RegExp]> = {
    'no JSON': ['[{', /is not JSON$/],
    'an object alone': ['{"type":"model_call","tier":"frontier"}', /authorization_details /],
    'nobody’s wish': ['[]', /must hold exactly one object$/],
    'two wishes': [
      '[{"type":"model_call","tier":"frontier"},{"type":"model_call","tier":"frontier"}]',
      /exactly one/,
    ],
    'a name twice': ['[{"type":"model_call","tier":"standard","tier":"frontier"}]', /names 'tier' twice$/],
    'a name twice, spelt otherwise': [
      '[{"type":"model_call","tier":"each","t\\u0069er":"frontier"}]',
      /names 'tier' twice$/,
    ],
    'what nests': ['[[[[[1]]]]]', /nests deeper than 4$/],
    'a book': [
      `[{"type":"model_call","tier":"frontier","purpose":"${'x'.repeat(4096)}"}]`,
      /4096 characters at most$/,
    ],
  };
  for (const [name, [text, sentence]] of Object.entries(texts)) {
    it(`may not be ${name}`, () => assert.match(refusalOf(readModelCall(text, world)), sentence));
  }

  it('means the requested resource, and must name one where there are several', () => {
    const several = { resources: ['https://models.example', 'https://other.example'] };
    assert.match(refusalOf(read({ tier: 'frontier' }, several)), /: locations is needed/);
    const implied = several.resources[0];
    assert.equal(valueOf(read({ tier: 'frontier' }, { ...several, implied })).resource, implied);
    const meant = valueOf(read({ tier: 'frontier' }, { ...several, resource: 'https://other.example' }));
    assert.equal(meant.resource, 'https://other.example');
    const both = { locations: ['https://models.example'], tier: 'frontier' };
    assert.match(
      refusalOf(read(both, { ...several, resource: 'https://other.example' })),
      /: locations names another/,
    );
  });

  it('comes back as it was granted', () => {
    const clock = manualClock();
    const modelCall = valueOf(read({ models: ['frontier/x'], count: 3, purpose: 'Why' }));
    const approval = approvalRecord(approvalSubject('acc_a' as AccountId, clock, { modelCall }), clock);
    assert.deepEqual(grantedModelCall(approval), {
      type: 'model_call',
      approval_id: approval.id,
      locations: ['https://models.example'],
      tier: 'frontier',
      models: ['frontier/x'],
      spend_limit: { currency: 'USD', amount: '2.00' },
      count: 3,
      expires_at: approval.subject.expiresAt,
      purpose: 'Why',
    });
  });
});
