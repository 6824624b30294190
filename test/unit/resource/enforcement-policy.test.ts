import assert from 'node:assert/strict';
import { refusals, type RefusalCode } from '../../../src/lib/refusal.js';
import { isObserved } from '../../../src/resource/enforcement-policy.js';

const now = Date.parse('2026-11-23T12:00:00Z');
const observe = { enforcement: 'observe', observe_until: '2026-11-24' } as const;
const enforce = { enforcement: 'enforce', observe_until: undefined } as const;
const codes = Object.keys(refusals) as RefusalCode[];
const nobody = undefined;

/** Every code of the catalogue that passes there. */
const passing = (place: Partial<Parameters<typeof isObserved>[1]>, at = now) =>
  codes
    .filter((code) => isObserved(code, { resource: enforce, tier: enforce, heldUntil: nobody, ...place }, at))
    .toSorted();

const ofTier = ['approval_required', 'call_too_dear', 'client_without_person', 'step_up_required'];

describe('what may be observed', () => {
  it('is what a tier demands of the login and the person; nothing else of the whole catalogue', () => {
    assert.deepEqual(passing({ tier: observe }), ofTier);
    assert.deepEqual(passing({ resource: observe }), [...ofTier, 'model_of_no_tier'].toSorted());
    assert.deepEqual(passing({ resource: observe, tier: undefined }).includes('model_of_no_tier'), true);
    assert.deepEqual(passing({}), []);
    assert.deepEqual(passing({ resource: undefined, tier: undefined }), []);
  });

  it('ends by itself when its day begins', () => {
    const midnight = Date.parse('2026-11-24T00:00:00Z');
    assert.deepEqual(passing({ tier: observe }, midnight - 1), ofTier);
    assert.deepEqual(passing({ tier: observe, resource: observe }, midnight), []);
    for (const until of [undefined, 'some day']) {
      assert.deepEqual(passing({ tier: { enforcement: 'observe', observe_until: until } }), []);
    }
  });

  it('is nothing of an account that is held after a recovery', () => {
    const both = { tier: observe, resource: observe };
    assert.deepEqual(passing({ ...both, heldUntil: new Date(now + 1) }), []);
    assert.deepEqual(passing({ ...both, heldUntil: new Date(now) }).length, 5);
  });
});
