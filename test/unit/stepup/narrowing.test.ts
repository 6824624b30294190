import assert from 'node:assert/strict';
import type { ApprovalId } from '../../../src/stepup/approval.js';
import type { GrantedModelCall } from '../../../src/stepup/model-call.js';
import { narrowModelCalls } from '../../../src/stepup/narrowing-policy.js';

describe('what a token request takes of what was granted', () => {
  const granted: GrantedModelCall = {
    type: 'model_call',
    approval_id: 'apr_1' as ApprovalId,
    locations: ['https://models.example/'],
    tier: 'frontier',
    spend_limit: { currency: 'USD', amount: '2.00' },
    expires_at: 1000,
  };
  const narrow = (wish: object) =>
    narrowModelCalls(JSON.stringify([{ type: 'model_call', ...wish }]), [granted], []);

  it('may have a count where none was granted, as high as anybody can be asked for and no higher', () => {
    assert.deepEqual(narrow({ count: 10_000 }), { ok: true, value: [{ ...granted, count: 10_000 }] });
    for (const count of [10_001, 2 ** 31, 2 ** 53 - 1, 0, -1, 1.5]) {
      const wished = narrow({ count });
      assert.equal(!wished.ok && wished.refusal.code, 'authorization_details_invalid', String(count));
    }
  });
});
