import assert from 'node:assert/strict';
import { AccountVisitor } from '../support/account-visitor.js';
import { DbscDevice } from '../support/dbsc-device.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';

describe('a session that a device holds', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast({ issuer: 'https://id.localhost' });
  });
  after(() => holdfast.close());
  afterEach(() => holdfast.clock.reset());

  for (const algorithm of ['ES256', 'RS256'] as const) {
    it(`is registered at the login and renewed for a day, by ${algorithm}`, async () => {
      const device = new DbscDevice(holdfast, { algorithm });
      const person = await AccountVisitor.signedIn(holdfast, device);
      const { id } = device.held;
      for (const hour of Array.from({ length: 24 }, (_, index) => index)) {
        holdfast.clock.advance(1700);
        assert.equal(await person.isSignedIn(), true, `hour ${hour}`);
      }
      assert.equal(device.held.id, id);
      assert.equal(device.proofs.length, 25);
    });
  }
});
