import { strict as assert } from 'node:assert';
import { Device } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { refresh, signIn } from '../support/login.js';

describe('the life of a refresh token', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast({ lifetimes: { refresh_token: 100 } });
  });
  afterEach(() => holdfast.clock.reset());
  after(() => holdfast.close());

  it('counts from the first of its family: rotating prolongs nothing', async () => {
    const { issuer, clock } = holdfast;
    const { device, refreshToken } = await signIn({ issuer }, await Device.create(holdfast.clock));
    clock.advance(60);
    const rotated = await refresh(issuer, refreshToken, device);
    assert.equal(rotated.status, 200);
    clock.advance(60);
    const late = await refresh(issuer, String(rotated.body['refresh_token']), device);
    assert.deepEqual([late.status, late.body['error']], [400, 'invalid_grant']);
  });
});
