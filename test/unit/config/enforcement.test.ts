import assert from 'node:assert/strict';
import { loadConfig } from '../../../src/config/load.js';
import type { ConfigFile } from '../../../src/config/schema.js';

const clock = { now: () => Date.parse('2026-11-23T12:00:00Z') };
const load = (file: object) =>
  loadConfig({ env: { HOLDFAST_CONFIG: 'h.yaml' }, readFile: () => JSON.stringify(file), clock });
const resource = (more: object) => ({ resources: [{ identifier: 'https://m.example/', ...more }] });
const tiers = (more: object) => ({ tiers: [{ id: 'one', title: 'One', models: ['*'], ...more }] });
const bearer = { tier: 'standard', cap_per_credential: '1.00', cap_in_all: '20', until: '2026-12-31' };

const refused: readonly (readonly [string, ConfigFile | object, RegExp])[] = [
  [
    'observing without an end',
    resource({ enforcement: 'observe' }),
    /resources\.0\.observe_until is required/,
  ],
  ['the same of a tier', tiers({ enforcement: 'observe' }), /tiers\.0\.observe_until is required/],
  ['an end of nothing', resource({ observe_until: '2026-12-31' }), /has no use without/],
  [
    'an end more than 90 days ahead',
    tiers({ enforcement: 'observe', observe_until: '2027-02-22' }),
    /tiers\.0\.observe_until must be at most 90 days ahead/,
  ],
  [
    'an end that is no day',
    resource({ enforcement: 'observe', observe_until: '2026-02-30' }),
    /must be a day/,
  ],
  [
    'bearer credentials on another than the cheapest tier',
    resource({ dangerously_allow_bearer: { ...bearer, tier: 'premium' } }),
    /bearer\.tier must be standard, the cheapest/,
  ],
  [
    'bearer credentials on a tier that demands a login',
    { ...resource({ dangerously_allow_bearer: { ...bearer, tier: 'one' } }), ...tiers({ max_age: 60 }) },
    /bearer\.tier one demands a login/,
  ],
  [
    'caps that no call fits into',
    resource({ dangerously_allow_bearer: { ...bearer, cap_per_credential: '0' } }),
    /cap_per_credential must be more than nothing/,
  ],
  [
    'a cap of all that is less than that of one',
    resource({ dangerously_allow_bearer: { ...bearer, cap_in_all: '0.5' } }),
    /cap_in_all must not be less/,
  ],
  [
    'bearer credentials for ever',
    resource({ dangerously_allow_bearer: { ...bearer, until: '2030-01-01' } }),
    /bearer\.until must be at most 90 days ahead/,
  ],
];

describe('what is only observed', () => {
  for (const [name, file, expected] of refused) {
    it(`is refused with ${name}`, () => {
      const loaded = load(file);
      assert.ok(!loaded.ok);
      const told = loaded.problems.map(({ setting, message }) => `${setting} ${message}`);
      assert.match(told.join('\n'), expected);
    });
  }

  it('is said at every start, and for how long still; and that it is over', () => {
    const open = { enforcement: 'observe', observe_until: '2026-12-01', dangerously_allow_bearer: bearer };
    for (const [file, expected] of [
      [resource(open), [/ONLY OBSERVED for 8 days/, /BEARER CREDENTIALS PASS for 38 days.*up to \$20 a day/]],
      [tiers({ enforcement: 'observe', observe_until: '2026-11-24' }), [/ONLY OBSERVED for 1 day:/]],
      [
        tiers({ enforcement: 'observe', observe_until: '2026-11-23' }),
        [/has passed on 2026-11-23: it enforces/],
      ],
      [
        resource({ dangerously_allow_bearer: { ...bearer, until: '2026-11-23' } }),
        [/has ended on 2026-11-23/],
      ],
    ] as const) {
      const loaded = load(file);
      assert.ok(loaded.ok);
      const told = loaded.warnings.map(({ message }) => message);
      assert.equal(told.length, expected.length, told.join('\n'));
      expected.forEach((each, index) => assert.match(told[index] ?? '', each));
    }
  });
});
