import assert from 'node:assert/strict';
import { defaultTiers } from '../../src/config/tiers-schema.js';
import { askCall } from '../support/calls.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { signIn, type Tokens } from '../support/login.js';
import { unique } from '../support/records.js';

describe('a tier that limits the devices of an account', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast({ tiers: defaultTiers.map((tier) => ({ ...tier, devices: 1 })) });
  });
  after(() => holdfast.close());
  // All servers of a process share one clock.
  afterEach(() => holdfast.clock.reset());

  const ask = async ({ accessToken, device }: Tokens) => {
    const { body } = await askCall(holdfast.issuer, {
      token: accessToken,
      jkt: device.key.jkt,
      model: 'echo',
    });
    return [body['decision'], body['code'], body['status']];
  };

  it('refuses the second device until the first was still for a day', async () => {
    const { issuer, clock } = holdfast;
    const allowed = ['allow', undefined, undefined];
    const login = unique('ada');
    const first = await signIn({ issuer, login });
    assert.deepEqual(await ask(first), allowed);
    assert.deepEqual(await ask(await signIn({ issuer, login })), ['deny', 'tier_devices_exceeded', 403]);
    assert.deepEqual(await ask(first), allowed);
    clock.advance(86_401);
    assert.deepEqual(await ask(await signIn({ issuer, login })), allowed);
  });
});
