import assert from 'node:assert/strict';
import { SoftwareAuthenticator } from '../../examples/support/software-authenticator.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { jsonOf, PasskeyVisitor } from '../support/passkey-visitor.js';

/**
 * Threat 19: an origin that may ask browsers for our passkeys (/.well-known/webauthn) still signs nobody in to us. If
 * its pages could, whoever takes one of them over would be an adversary in the middle whom passkeys don't stop.
 */
describe('threat 19: a related origin', () => {
  const related = 'https://app.related.example';
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast({ related_origins: [related] });
  });
  after(() => holdfast.close());

  it('is told to browsers, cacheable, beside our own', async () => {
    const answer = await fetch(`${holdfast.issuer}/.well-known/webauthn`);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
    assert.match(answer.headers.get('cache-control') ?? '', /^public, max-age=\d+$/);
    assert.deepEqual(await answer.json(), { origins: [holdfast.issuer, related] });
  });

  it('can’t sign in, nor sign up, with a ceremony of its own', async () => {
    const { issuer } = holdfast;
    const person = new PasskeyVisitor(issuer);
    await person.signUp(await person.arrive());
    const elsewhere = new SoftwareAuthenticator(related);
    elsewhere.passkeys.push(...person.authenticator.passkeys);
    const middle = new PasskeyVisitor(issuer, elsewhere);
    const page = await middle.arrive();
    const options = jsonOf(await middle.post(page, 'sign-in/options', {}));
    const signedIn = await middle.post(page, 'sign-in/result', {
      response: elsewhere.assert(options as never),
    });
    assert.equal(signedIn.status, 400, signedIn.text);
    assert.match(signedIn.text, /origin/);
    const passkeyPage = await middle.beginSignUp(page, 'Eve');
    const creation = jsonOf(await middle.post(passkeyPage, 'sign-up/options', {}));
    const signedUp = await middle.post(passkeyPage, 'sign-up/result', {
      response: elsewhere.register(creation as never),
    });
    assert.equal(signedUp.status, 400, signedUp.text);
    assert.match(signedUp.text, /origin/);
  });

  it('is not told of where none is configured', async () => {
    const other = await startHoldfast();
    try {
      assert.equal((await fetch(`${other.issuer}/.well-known/webauthn`)).status, 404);
    } finally {
      await other.close();
    }
  });
});
