import { strict as assert } from 'node:assert';
import type { ListedPasskey } from '../../../src/accounts/listed-passkey.js';
import { confirmAbility } from '../../../src/console/confirm-ability.js';

describe('whether a person can confirm a change', () => {
  const passkey = (changes: Partial<ListedPasskey> = {}) =>
    ({ heldUntil: undefined, suspect: false, ...changes }) as ListedPasskey;
  const [soon, later] = [new Date(1_000_000), new Date(2_000_000)];

  it('no: there is no passkey', () => assert.deepEqual(confirmAbility([]), { kind: 'none' }));

  it('yes, as soon as one of them may', () => {
    const passkeys = [passkey({ heldUntil: later }), passkey({ suspect: true }), passkey()];
    assert.deepEqual(confirmAbility(passkeys), { kind: 'able' });
  });

  it('not before the first of them may', () => {
    const passkeys = [
      passkey({ heldUntil: later }),
      passkey({ heldUntil: soon }),
      passkey({ suspect: true }),
    ];
    assert.deepEqual(confirmAbility(passkeys), { kind: 'held', until: soon });
  });

  it('never with one that may have been copied', () => {
    assert.deepEqual(confirmAbility([passkey({ suspect: true })]), { kind: 'suspect' });
  });
});
