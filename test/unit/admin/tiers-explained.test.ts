import assert from 'node:assert/strict';
import { checkConfig } from '../../../src/admin/config-command.js';
import { loadConfig } from '../../../src/config/load.js';
import type { ConfigFile } from '../../../src/config/schema.js';

describe('what config check says of tiers', () => {
  function check(tiers: ConfigFile['tiers'], models: readonly string[]) {
    const file = JSON.stringify({ ...(tiers && { tiers }), attestation: { metadata: 'blob.jwt' } });
    const outcome = checkConfig(
      loadConfig({ env: { HOLDFAST_CONFIG: 'h.yaml' }, readFile: () => file }),
      models,
      undefined,
    );
    assert.ok(outcome.ok);
    return outcome;
  }

  it('tells in plain words what each demands of whom, with the models that there are', () => {
    const { text, result } = check(undefined, ['echo', 'echo-large', 'echo-frontier']);
    assert.equal(
      text,
      `The configuration is valid. Issuer: http://localhost:6180

What a call of a model demands (of several tiers that name it, the last has it):
  Standard (*): nothing but a token. Clients acting for themselves: yes.
    here: echo
  Premium (*-large, premium/*): a passkey used in the last hour. Clients acting for themselves: no.
    here: echo-large
  Frontier (*-frontier, frontier/*): a passkey used in the last 5 minutes, and an approval of up to $2.00 that lasts 5 minutes. Clients acting for themselves: no.
    here: echo-frontier
  For accounts that are held after a recovery, shut: Premium, Frontier.`,
    );
    const { tiers } = result as { tiers: readonly object[] };
    assert.deepEqual(tiers[1], {
      id: 'premium',
      title: 'Premium',
      models: ['*-large', 'premium/*'],
      people: 'a passkey used in the last hour',
      clients_acting_for_themselves: false,
      shut_after_recovery: true,
      examples: ['echo-large'],
    });
  });

  it('has words for every demand', () => {
    const demands: readonly (readonly [Partial<NonNullable<ConfigFile['tiers']>[number]>, string])[] = [
      [{ acr: 'urn:holdfast:acr:basic' }, 'a login'],
      [{ max_age: 90 }, 'a login in the last 90 seconds'],
      [{ acr: 'urn:holdfast:acr:phr' }, 'a login by passkey'],
      [{ acr: 'urn:holdfast:acr:phrh', max_age: 86_400 }, 'a hardware key used in the last day'],
      [{ acr: 'urn:holdfast:acr:phrh' }, 'a login by hardware key'],
      [{ approval: 'session', approval_lifetime: 7200 }, 'an approval by passkey that lasts 2 hours'],
      [
        { acr: 'urn:holdfast:acr:phr', approval: 'call' },
        'a login by passkey, and an approval of each call, good for 5 minutes',
      ],
    ];
    for (const [demand, words] of demands) {
      const { text } = check([{ id: 'x', title: 'X', models: ['x'], ...demand }], ['y']);
      assert.ok(text.includes(`X (x): ${words}. Clients`), text);
      assert.match(text, /Of no tier, so refused: y/);
    }
  });
});
