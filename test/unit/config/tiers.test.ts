import assert from 'node:assert/strict';
import { loadConfig } from '../../../src/config/load.js';
import type { ConfigFile } from '../../../src/config/schema.js';

type Tier = NonNullable<ConfigFile['tiers']>[number];

/** The problems that stop the start, or the doubts, one line each. */
function load(settings: Partial<ConfigFile>): { problems: string[]; doubts: string[] } {
  const loaded = loadConfig({ env: { HOLDFAST_CONFIG: 'h.yaml' }, readFile: () => JSON.stringify(settings) });
  const say = (all: readonly { setting: string; message: string }[]) =>
    all.map(({ setting, message }) => `${setting} ${message}`);
  return loaded.ok
    ? { problems: [], doubts: say(loaded.warnings) }
    : { problems: say(loaded.problems), doubts: [] };
}

const tier = (over: Partial<Tier> = {}): Tier => ({ id: 'one', title: 'One', models: ['one/*'], ...over });

const believed = {
  id: 'corp',
  name: 'Corp',
  client_secret: 'secret',
  issuer: 'https://corp.example',
  client_id: 'holdfast',
  acr: 'urn:holdfast:acr:phrh',
  acr_values: 'hardware',
} as const;

const refused: readonly (readonly [string, Partial<ConfigFile>, RegExp])[] = [
  ['no tiers', { tiers: [] }, /^tiers names no tier/],
  ['a tier that names no model', { tiers: [tier({ models: [] })] }, /^tiers\.0\.models must name a model/],
  [
    'a glob of other letters',
    { tiers: [tier({ models: ['mod\u00e8le'] })] },
    /^tiers\.0\.models\.0 must be of/,
  ],
  ['an id twice', { tiers: [tier(), tier({ title: 'Two' })] }, /^tiers\.1\.id one is declared twice/],
  [
    'a title twice',
    { tiers: [tier(), tier({ id: 'two', title: ' ONE' })] },
    /^tiers\.1\.title .*tell them apart/,
  ],
  ['a title of nothing', { tiers: [tier({ title: ' ' })] }, /^tiers\.0\.title must be something/],
  [
    'a hardware key that nobody could prove',
    { tiers: [tier({ acr: 'urn:holdfast:acr:phrh' })] },
    /^tiers\.0\.acr demands a hardware key, which no passkey can prove until attestation\.metadata/,
  ],
  [
    'a hardware key that only a login elsewhere could prove, for what takes a passkey',
    {
      upstream_providers: [believed],
      tiers: [tier({ acr: 'urn:holdfast:acr:phrh', approval: 'session' })],
    },
    /^tiers\.0\.acr demands a hardware key, which no passkey can prove/,
  ],
  ['a budget without an amount', { tiers: [tier({ approval: 'budget' })] }, /^tiers\.0\.budget is required/],
  [
    'an amount without a budget',
    { tiers: [tier({ approval: 'session', budget: '1' })] },
    /^tiers\.0\.budget has no use with approval: session/,
  ],
  [
    'a budget of nothing',
    { tiers: [tier({ approval: 'budget', budget: '0.000000' })] },
    /^tiers\.0\.budget must be more than nothing/,
  ],
  [
    'a budget below nothing',
    { tiers: [tier({ approval: 'budget', budget: '-1' })] },
    /^tiers\.0\.budget must be dollars/,
  ],
  ['an age that no call could meet', { tiers: [tier({ max_age: 29 })] }, /^tiers\.0\.max_age /],
];

const doubted: readonly (readonly [string, Partial<ConfigFile>, RegExp])[] = [
  [
    'a tier without a model of its own',
    { tiers: [tier({ models: ['one/*', 'x'] }), tier({ id: 'two', title: 'Two', models: ['ONE/*', '?'] })] },
    /^tiers\.0\.models have all gone to Two below: nothing is left to One$/,
  ],
  [
    'a glob that a later tier has',
    { tiers: [tier({ models: ['*', 'two/x-*'] }), tier({ id: 'two', title: 'Two', models: ['two/*'] })] },
    /^tiers\.0\.models\.1 belongs to Two below/,
  ],
  [
    'an age that nothing reaches',
    { lifetimes: { session: 100, refresh_token: 100 }, tiers: [tier({ max_age: 200 })] },
    /^tiers\.0\.max_age has no effect: .* 200 seconds$/,
  ],
  [
    'an age that a poll outlasts',
    { backchannel: { interval: 30 }, tiers: [tier({ max_age: 30 })] },
    /^tiers\.0\.max_age is no more than backchannel\.interval/,
  ],
  [
    'an approval that outlasts the login',
    { tiers: [tier({ approval: 'session', max_age: 299 })] },
    /^tiers\.0\.approval_lifetime outlasts max_age: after 299 seconds/,
  ],
];

describe('the tiers in the configuration', () => {
  for (const [title, settings, message] of refused) {
    it(`refuses ${title}`, () => {
      const { problems } = load(settings);
      assert.equal(problems.length, 1, problems.join('\n'));
      assert.match(problems[0] ?? '', message);
    });
  }

  for (const [title, settings, message] of doubted) {
    it(`doubts ${title}`, () => {
      const { problems, doubts } = load(settings);
      assert.deepEqual(problems, []);
      assert.equal(doubts.length, 1, doubts.join('\n'));
      assert.match(doubts[0] ?? '', message);
    });
  }

  it('takes those that it has by default, and a hardware key that can be proven', () => {
    assert.deepEqual(load({}), { problems: [], doubts: [] });
    const hardware = [tier({ acr: 'urn:holdfast:acr:phrh' })];
    assert.deepEqual(load({ tiers: hardware, attestation: { metadata: 'blob.jwt' } }).problems, []);
    assert.deepEqual(load({ tiers: hardware, upstream_providers: [believed] }).problems, []);
  });

  it('are in the file that we ship what they are without one', () => {
    const tiersOf = (file: string) => {
      const loaded = loadConfig({
        env: { HOLDFAST_CONFIG: file },
        ...(file === '' && { readFile: () => '' }),
      });
      assert.ok(loaded.ok);
      return loaded.config.tiers;
    };
    assert.deepEqual(tiersOf('config/holdfast.yaml'), tiersOf(''));
  });
});
