import assert from 'node:assert/strict';
import { AccountVisitor } from '../support/account-visitor.js';
import { DbscDevice } from '../support/dbsc-device.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { HttpsVisitor } from '../support/https-visitor.js';

/** What has no proof that is fresh is sent away to make one; whatever else is answered has passed. */
describe('threat 18: a change that matters, by the cookies of a device that has not proven itself just now', () => {
  let holdfast: Holdfast;
  let stolen: ReturnType<DbscDevice['copyCookies']>;
  before(async () => {
    holdfast = await startHoldfast({ issuer: 'https://id.localhost' });
    const device = new DbscDevice(holdfast);
    await AccountVisitor.signedIn(holdfast, device);
    holdfast.clock.advance(300);
    stolen = device.copyCookies();
  });
  after(() => {
    holdfast.clock.reset();
    return holdfast.close();
  });

  it('is not done by any spelling of its address that leads to it', async () => {
    for (const path of [
      '/account/recovery-codes',
      '/account/recovery-codes/',
      '/account/Recovery-Codes/',
      '/account/passkeys/some/remove/',
      '/account/confirm/options/',
    ]) {
      const origin = new URL(holdfast.issuer).origin;
      // Each with the bound cookie, which the answer takes away.
      const thief = new HttpsVisitor(holdfast, { cookies: stolen });
      const { status } = await thief.post(`${origin}${path}`, {}, { origin });
      assert.equal(status, 307, path);
    }
  });
});
