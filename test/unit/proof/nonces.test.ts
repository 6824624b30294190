import assert from 'node:assert/strict';
import { createNonces } from '../../../src/proof/nonces.js';
import { manualClock } from '../../support/manual-clock.js';

const key = Buffer.alloc(32, 7);

describe('server nonces (RFC 9449 §8)', () => {
  it('are accepted in their own step and the next, then no more', () => {
    const clock = manualClock();
    const nonces = createNonces({ key, audience: 'server', clock });
    const nonce = nonces.current();
    assert.ok(nonces.accepts(nonce));
    clock.advance(119);
    assert.ok(nonces.accepts(nonce));
    clock.advance(1);
    assert.ok(!nonces.accepts(nonce));
  });

  it('change with every step', () => {
    const clock = manualClock();
    const nonces = createNonces({ key, audience: 'server', clock });
    const first = nonces.current();
    clock.advance(60);
    assert.notEqual(nonces.current(), first);
  });

  it('are accepted by another node with the same key whose clock is a step behind or ahead', () => {
    const clock = manualClock();
    const nonce = createNonces({ key, audience: 'server', clock }).current();
    for (const skew of [-60, 0, 60]) {
      const other = manualClock(clock.now() + skew * 1000);
      assert.ok(createNonces({ key, audience: 'server', clock: other }).accepts(nonce), `skew ${skew}`);
    }
    const far = manualClock(clock.now() - 120_000);
    assert.ok(!createNonces({ key, audience: 'server', clock: far }).accepts(nonce));
  });

  it('are not accepted for another audience or by another key', () => {
    const clock = manualClock();
    const nonce = createNonces({ key, audience: 'server', clock }).current();
    assert.ok(!createNonces({ key, audience: 'gateway', clock }).accepts(nonce));
    assert.ok(!createNonces({ key: Buffer.alloc(32, 8), audience: 'server', clock }).accepts(nonce));
  });

  it('need a key of 32 bytes', () => {
    assert.throws(
      () => createNonces({ key: Buffer.alloc(31), audience: 'server', clock: manualClock() }),
      RangeError,
    );
  });
});
