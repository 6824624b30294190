import assert from 'node:assert/strict';
import { defaultTiers, tierSchema } from '../../../src/config/tiers-schema.js';
import { paidModels, tierWords } from '../../../src/provider/tier-words.js';
import { catalogue } from '../../../src/web/words/words.js';

type Input = Parameters<typeof tierSchema.parse>[0];
const say = (tiers: readonly Input[], locale: 'en' | 'zh-Hant' = 'en') =>
  tierWords(
    tiers.map((tier) => tierSchema.parse(tier)),
    { locale, words: catalogue[locale] },
  );
const tier = (id: string, over: object = {}) => ({ id, title: id.toUpperCase(), models: [id], ...over });

describe('how a consent speaks of the tiers', () => {
  it('tells what each of them takes to be called, those by default in both languages', () => {
    assert.deepEqual(say(defaultTiers), {
      free: 'Standard',
      anyFree: true,
      demanding: [
        'Call Premium models for 1 hour after you use your passkey',
        'Call Frontier models whenever you approve it, for $2.00 at most',
      ],
      allApproved: false,
    });
    assert.deepEqual(say(defaultTiers, 'zh-Hant').demanding, [
      '在你使用通行密鑰後的 1 小時內呼叫 Premium 模型',
      '在你每次核准後呼叫 Frontier 模型，每次最多 US$2.00',
    ]);
  });

  it('takes together what asks the same, and names none where all are free', () => {
    const same = { acr: 'urn:holdfast:acr:phr', max_age: 90 };
    assert.deepEqual(say([tier('a', same), tier('b', same)]).demanding, [
      'Call A and B models for 90 seconds after you use your passkey',
    ]);
    assert.deepEqual(say([tier('a'), tier('b', { acr: 'urn:holdfast:acr:basic' })]), {
      free: undefined,
      anyFree: true,
      demanding: [],
      allApproved: false,
    });
  });

  const sentences: readonly (readonly [object, string])[] = [
    [{ max_age: 86_400 }, 'Call A models for 1 day after you sign in'],
    [{ acr: 'urn:holdfast:acr:phr' }, 'Call A models when you have signed in by passkey'],
    [{ acr: 'urn:holdfast:acr:phrh' }, 'Call A models when you have signed in by hardware key'],
    [
      { acr: 'urn:holdfast:acr:phrh', max_age: 60 },
      'Call A models for 1 minute after you use your hardware key',
    ],
    [{ approval: 'session', approval_lifetime: 7200 }, 'Call A models for 2 hours whenever you approve it'],
    [{ approval: 'call', max_age: 60 }, 'Call A models, each time only when you approve it'],
  ];
  for (const [demand, sentence] of sentences) {
    it(`says “${sentence}”`, () => {
      const { demanding, anyFree, allApproved } = say([tier('a', demand)]);
      assert.deepEqual([demanding, anyFree, allApproved], [[sentence], false, 'approval' in demand]);
    });
  }
});

describe('what an account waits for that is held', () => {
  const wait = (tiers: readonly Input[], locale: 'en' | 'zh-Hant') =>
    paidModels(
      tiers.map((tier) => tierSchema.parse(tier)),
      { locale, words: catalogue[locale] },
    );

  it('are the tiers that demand anything, by their titles', () => {
    assert.equal(wait(defaultTiers, 'en'), 'Premium and Frontier models');
    assert.equal(wait(defaultTiers, 'zh-Hant'), 'Premium 和 Frontier 模型');
    assert.equal(wait([tier('a')], 'en'), 'Paid models', 'none is shut');
  });
});
