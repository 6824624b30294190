import assert from 'node:assert/strict';
import { grantInWords, inWords } from '../../../examples/support/challenge-answer.js';
import { challengeParameters } from '../../../src/client/authorization.js';
import type { CallChallenge } from '../../../src/client/challenge.js';

const phr = 'urn:holdfast:acr:phr';
const limit = { currency: 'USD', amount: '2.00' };
const details = [{ type: 'model_call', tier: 'frontier', spend_limit: limit }];

describe('how the examples answer a challenge', () => {
  it('asks for exactly what it says', () => {
    const challenge: CallChallenge = {
      kind: 'step_up',
      acrValues: [phr],
      maxAge: 300,
      authorizationDetails: details,
    };
    const authorization_details = JSON.stringify(details);
    assert.deepEqual(challengeParameters(challenge), {
      acr_values: phr,
      max_age: '300',
      authorization_details,
    });
    assert.deepEqual(challengeParameters({ kind: 'step_up', acrValues: [] }), {});
  });

  it('leaves max_age out where it means nothing', () => {
    const challenge: CallChallenge = { kind: 'step_up', acrValues: [phr], maxAge: 300 };
    assert.deepEqual(challengeParameters(challenge, 'backchannel'), { acr_values: phr });
  });

  const told: readonly [string, CallChallenge][] = [
    ['your passkey of the last 5 minutes', { kind: 'step_up', acrValues: [phr], maxAge: 300 }],
    ['your login of the last hour', { kind: 'step_up', acrValues: [], maxAge: 3600 }],
    [
      'your passkey and your approval of up to $2.00 on frontier',
      { kind: 'step_up', acrValues: [phr], authorizationDetails: details },
    ],
    [
      'your approval of up to $2.00 for one call on echo-frontier',
      {
        kind: 'approval',
        acrValues: [],
        authorizationDetails: [
          { type: 'model_call', models: ['echo-frontier'], count: 1, spend_limit: limit },
        ],
      },
    ],
  ];
  for (const [words, challenge] of told) {
    it(`says “${words}”`, () => assert.equal(inWords(challenge), words));
  }

  it('says what was granted, in the reader’s own time', () => {
    assert.match(
      grantInWords({ ...details[0], expires_at: 1_800_000_000 }),
      /^up to \$2\.00 on frontier, until \d/,
    );
    assert.equal(grantInWords({ type: 'model_call', tier: 'frontier' }), 'calls on frontier');
  });
});
