import assert from 'node:assert/strict';
import type { Proof } from '../../../src/proof/proof.js';
import { createReplayWindow } from '../../../src/proof/replay-window.js';
import { manualClock } from '../../support/manual-clock.js';

describe('the replay window of one process', () => {
  const proofOf = (changes: Partial<Proof>): Proof => ({
    jti: 'one',
    htm: 'GET',
    htu: 'https://api.example/',
    iat: 0,
    jkt: 'key',
    ...changes,
  });
  const code = (window: ReturnType<typeof createReplayWindow>, proof: Proof): string => {
    const outcome = window.firstUse(proof);
    return outcome.ok ? 'first' : outcome.refusal.code;
  };

  it('accepts a proof once, for as long as its iat could be accepted', () => {
    const clock = manualClock();
    const window = createReplayWindow({ clock, acceptFrom: 0 });
    const iat = clock.now() / 1000 + 10;
    assert.equal(code(window, proofOf({ iat })), 'first');
    for (const seconds of [0, 5, 294, 10]) {
      clock.advance(seconds);
      assert.equal(code(window, proofOf({ iat })), 'proof_replayed', `after ${seconds} more seconds`);
    }
  });

  it('takes again what it was told to forget, and nothing else', () => {
    const clock = manualClock();
    const window = createReplayWindow({ clock, acceptFrom: 0 });
    const [one, two] = ['one', 'two'].map((jti) => proofOf({ jti, iat: clock.now() / 1000 }));
    assert.ok(one && two);
    assert.deepEqual([code(window, one), code(window, two)], ['first', 'first']);
    window.forget(one);
    assert.equal(window.size, 1);
    window.forget(one);
    assert.deepEqual([code(window, one), code(window, two), window.size], ['first', 'proof_replayed', 2]);
  });

  it('refuses a proof that grew too old while something else was asked', () => {
    const clock = manualClock();
    const window = createReplayWindow({ clock, acceptFrom: 0 });
    const iat = clock.now() / 1000;
    clock.advance(311);
    assert.equal(code(window, proofOf({ iat })), 'proof_out_of_window');
  });

  it('forgets a proof when its iat is out of every window', () => {
    const clock = manualClock();
    const window = createReplayWindow({ clock, acceptFrom: 0 });
    const iat = clock.now() / 1000;
    window.firstUse(proofOf({ iat }));
    clock.advance(360);
    window.firstUse(proofOf({ iat: iat + 360, jti: 'two' }));
    assert.equal(window.size, 1);
  });

  it('refuses a jti used again by the same key under another iat, not one of another key', () => {
    const clock = manualClock();
    const window = createReplayWindow({ clock, acceptFrom: 0 });
    const iat = clock.now() / 1000;
    assert.equal(code(window, proofOf({ iat })), 'first');
    assert.equal(code(window, proofOf({ iat: iat - 100 })), 'proof_replayed');
    assert.equal(code(window, proofOf({ iat, jkt: 'other' })), 'first');
  });

  it('refuses what a process before this one may have seen', () => {
    const clock = manualClock();
    const window = createReplayWindow({ clock });
    const start = clock.now() / 1000;
    assert.equal(code(window, proofOf({ iat: start - 1 })), 'proof_out_of_window');
    assert.equal(code(window, proofOf({ iat: start + 9 })), 'proof_out_of_window');
    assert.equal(code(window, proofOf({ iat: start + 10 })), 'first');
  });

  it('refuses everything rather than forget one, when it is full', () => {
    const clock = manualClock();
    const window = createReplayWindow({ clock, acceptFrom: 0, capacity: 2, capacityOfKey: 2 });
    const iat = clock.now() / 1000;
    assert.equal(code(window, proofOf({ iat, jti: 'a' })), 'first');
    assert.equal(code(window, proofOf({ iat, jti: 'b' })), 'first');
    assert.equal(code(window, proofOf({ iat, jti: 'c' })), 'replay_memory_full');
    assert.equal(code(window, proofOf({ iat, jti: 'a' })), 'proof_replayed');
    clock.advance(360);
    assert.equal(code(window, proofOf({ iat: iat + 360, jti: 'c' })), 'first');
  });

  it('lets no key fill the memory of all', () => {
    const clock = manualClock();
    const window = createReplayWindow({ clock, acceptFrom: 0, capacity: 20 });
    const iat = clock.now() / 1000;
    const hers = (jti: string) => proofOf({ iat, jti, jkt: 'hers' });
    assert.equal(code(window, hers('a')), 'first');
    assert.equal(code(window, hers('b')), 'first');
    assert.equal(code(window, hers('c')), 'replay_memory_full');
    assert.equal(code(window, proofOf({ iat, jti: 'a', jkt: 'another' })), 'first');
    window.forget(hers('a'));
    assert.equal(code(window, hers('c')), 'first');
    clock.advance(360);
    assert.equal(code(window, proofOf({ iat: iat + 360, jti: 'd', jkt: 'hers' })), 'first');
    assert.equal(window.size, 1);
  });
});
