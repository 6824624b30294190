import assert from 'node:assert/strict';
import { createBoundCookies } from '../../../src/dbsc/bound-cookie.js';
import { createChallenges } from '../../../src/dbsc/challenges.js';
import { manualClock } from '../../support/manual-clock.js';

const key = Buffer.alloc(32, 1);
const otherKey = Buffer.alloc(32, 2);

describe('the value of a bound cookie', () => {
  it('names its session and its time, until it ends', () => {
    const clock = manualClock();
    const cookies = createBoundCookies({ key, clock, life: 600 });
    const issuedAt = clock.now();
    const value = cookies.make('session-1_x');
    clock.advance(599);
    const said = { sessionId: 'session-1_x', issuedAt, expiresAt: issuedAt + 600_000 };
    assert.deepEqual(cookies.read(value), said);
    clock.advance(1);
    assert.equal(cookies.read(value), undefined);
  });

  it('is nobody else’s to make or to change', () => {
    const clock = manualClock();
    const cookies = createBoundCookies({ key, clock, life: 600 });
    const value = cookies.make('session');
    const [id = '', issued = '', expires = '', mac = ''] = value.split('.');
    const later = (Number.parseInt(expires, 36) + 1).toString(36);
    for (const forged of [
      undefined,
      '',
      'session',
      [id, issued, later, mac].join('.'),
      [id, later, expires, mac].join('.'),
      ['other', issued, expires, mac].join('.'),
      [id, issued, expires, 'A'.repeat(43)].join('.'),
      [id, issued, expires, mac.slice(1)].join('.'),
      createBoundCookies({ key: otherKey, clock, life: 600 }).make('session'),
      `${value}.`,
      ` ${value}`,
    ]) {
      assert.equal(cookies.read(forged), undefined, forged);
    }
    assert.equal(cookies.read(value)?.sessionId, 'session');
    assert.throws(() => cookies.make('a.b'), TypeError);
  });
});

describe('the challenge of a session', () => {
  it('is another one for each session, turn and key, and stays while nothing happens', () => {
    const challenges = createChallenges(key);
    const all = [
      challenges.of('a', 0),
      challenges.of('a', 1),
      challenges.of('b', 0),
      createChallenges(otherKey).of('a', 0),
    ];
    assert.equal(new Set(all).size, 4);
    assert.equal(challenges.of('a', 0), all[0]);
    assert.throws(() => createChallenges(Buffer.alloc(31)), RangeError);
  });
});
