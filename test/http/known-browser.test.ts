import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { logIn } from '../support/login.js';
import { Visitor } from '../support/visitor.js';
import { tapWire, type Exchange } from '../support/wiretap.js';

describe('a browser that has signed in', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast();
  });
  after(() => holdfast.close());

  const signIn = async (visitor: Visitor): Promise<Exchange[]> => {
    const tap = tapWire();
    try {
      await logIn({ issuer: holdfast.issuer, login: randomUUID(), visitor });
    } finally {
      tap.stop();
    }
    return tap.exchanges;
  };
  const told = (exchanges: readonly Exchange[]) =>
    exchanges.flatMap(({ received }) =>
      received.getSetCookie().filter((cookie) => cookie.startsWith('holdfast_browser=')),
    );

  it('keeps a token that no script reads, no other site sends along, and that says nothing of it', async () => {
    const [cookie = '', ...more] = told(await signIn(new Visitor()));
    assert.deepEqual(more, []);
    assert.match(cookie, /^holdfast_browser=[\w-]{22}; path=\/; expires=[^;]+; samesite=lax; httponly$/);
  });

  it('keeps the same token at the next sign-in, whoever it is; another browser has another', async () => {
    const [one, other] = [new Visitor(), new Visitor()];
    await signIn(one);
    const first = one.cookies.get('holdfast_browser');
    assert.ok(first);
    const later = new Visitor();
    later.cookies.set('holdfast_browser', first);
    await signIn(later);
    await signIn(other);
    assert.equal(later.cookies.get('holdfast_browser')?.value, first.value);
    assert.notEqual(other.cookies.get('holdfast_browser')?.value, first.value);
  });
});
