import assert from 'node:assert/strict';
import {
  emergencyChanges,
  immediateChanges,
  isNothing,
  jwksMaxAge,
  scheduledChanges,
  type RotationSettings,
} from '../../../src/provider/key-rotation-policy.js';
import type { SigningKeyRecord, SigningKeyState } from '../../../src/provider/signing-key-store.js';

const day = 86_400;
const settings: RotationSettings = {
  algorithms: ['ES256'],
  publish_before_use: day,
  retire_after: 30 * day,
  rotate_every: 90 * day,
  poll: 15,
};
const start = Date.UTC(2026, 0, 1);
const at = (seconds: number) => start + seconds * 1000;

function key(kid: string, state: SigningKeyState, facts: Partial<SigningKeyRecord> = {}): SigningKeyRecord {
  return {
    kid,
    state,
    algorithm: 'ES256',
    publicJwk: { kid },
    sealedPrivateJwk: state === 'retiring' ? undefined : 'sealed',
    createdAt: new Date(start),
    currentSince: state === 'next' ? undefined : new Date(start),
    retiredAt: state === 'retiring' ? new Date(start) : undefined,
    ...facts,
  };
}

describe('key rotation policy', () => {
  it('makes a current and a next key for each algorithm at the first start', () => {
    const changes = scheduledChanges([], { ...settings, algorithms: ['ES256', 'RS256'] }, at(0));
    assert.deepEqual(changes.create, [
      { algorithm: 'ES256', state: 'current' },
      { algorithm: 'ES256', state: 'next' },
      { algorithm: 'RS256', state: 'current' },
      { algorithm: 'RS256', state: 'next' },
    ]);
  });

  it('leaves keys alone that are not due', () => {
    const keys = [key('a', 'current'), key('b', 'next')];
    assert.ok(isNothing(scheduledChanges(keys, settings, at(90 * day - 1))));
  });

  it('promotes the published next key when the current one is old enough, and makes a new next', () => {
    const keys = [key('a', 'current'), key('b', 'next')];
    assert.deepEqual(scheduledChanges(keys, settings, at(90 * day)), {
      create: [{ algorithm: 'ES256', state: 'next' }],
      promote: ['b'],
      retire: ['a'],
      remove: [],
    });
  });

  it('never lets a key sign that was published for less than publish_before_use', () => {
    const keys = [key('a', 'current'), key('b', 'next', { createdAt: new Date(at(90 * day)) })];
    assert.ok(isNothing(scheduledChanges(keys, settings, at(91 * day - 1))));
    assert.deepEqual(scheduledChanges(keys, settings, at(91 * day)).promote, ['b']);
  });

  it('forgets a retiring key after retire_after, not a second sooner', () => {
    const keys = [key('old', 'retiring'), key('a', 'current'), key('b', 'next')];
    assert.deepEqual(scheduledChanges(keys, settings, at(30 * day - 1)).remove, []);
    assert.deepEqual(scheduledChanges(keys, settings, at(30 * day)).remove, ['old']);
  });

  it('retires the key of an algorithm that the config no longer names, and drops its next', () => {
    const keys = [
      key('a', 'current'),
      key('b', 'next'),
      key('r', 'current', { algorithm: 'RS256' }),
      key('s', 'next', { algorithm: 'RS256' }),
    ];
    const changes = scheduledChanges(keys, settings, at(0));
    assert.deepEqual([changes.retire, changes.remove], [['r'], ['s']]);
  });

  it('takes the next key at once when no current one is there', () => {
    assert.deepEqual(scheduledChanges([key('b', 'next')], settings, at(0)).promote, ['b']);
  });

  it('rotates now on demand', () => {
    const rotation = immediateChanges([key('a', 'current'), key('b', 'next')], settings, at(day));
    assert.ok(rotation.outcome === 'planned');
    assert.deepEqual([rotation.changes.promote, rotation.changes.retire], [['b'], ['a']]);
  });

  it('refuses to rotate now onto a key that verifiers may not have seen, and says until when', () => {
    const rotation = immediateChanges([key('a', 'current'), key('b', 'next')], settings, at(day - 1));
    assert.deepEqual(rotation, { outcome: 'too_young', until: new Date(at(day)) });
  });

  it('removes a compromised current key at once and lets the next one take over however young', () => {
    const changes = emergencyChanges([key('a', 'current'), key('b', 'next')], settings, ['a']);
    assert.deepEqual(changes, {
      create: [{ algorithm: 'ES256', state: 'next' }],
      promote: ['b'],
      retire: [],
      remove: ['a'],
    });
  });

  it('replaces both when current and next are compromised', () => {
    const changes = emergencyChanges([key('a', 'current'), key('b', 'next')], settings, ['a', 'b']);
    assert.deepEqual(changes, {
      create: [
        { algorithm: 'ES256', state: 'current' },
        { algorithm: 'ES256', state: 'next' },
      ],
      promote: [],
      retire: [],
      remove: ['a', 'b'],
    });
  });

  it('keeps the current key when only the next or a retiring one is compromised', () => {
    const keys = [key('old', 'retiring'), key('a', 'current'), key('b', 'next')];
    assert.deepEqual(emergencyChanges(keys, settings, ['b']), {
      create: [{ algorithm: 'ES256', state: 'next' }],
      promote: [],
      retire: [],
      remove: ['b'],
    });
    assert.deepEqual(emergencyChanges(keys, settings, ['old']).remove, ['old']);
  });

  it('lets nobody cache the JWKS past the moment at which the next key may sign', () => {
    assert.equal(jwksMaxAge(settings), 300);
    assert.equal(jwksMaxAge({ ...settings, publish_before_use: 100 }), 70);
    assert.equal(jwksMaxAge({ ...settings, publish_before_use: 10 }), 0);
  });
});
