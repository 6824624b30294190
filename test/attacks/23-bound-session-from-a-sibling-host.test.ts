import assert from 'node:assert/strict';
import type { AccountVisitor } from '../support/account-visitor.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { authorizeUrl, pkce } from '../support/login.js';
import { robbed } from '../support/robbed.js';
import type { Visit } from '../support/visitor.js';

/** Threat 23: a page on a sibling host sends our Lax cookies along, but never the bound one once it is over. */
describe('threat 23: a session that a device holds, seen from a sibling host', () => {
  let holdfast: Holdfast;
  let url: string;
  before(async () => {
    holdfast = await startHoldfast({ issuer: 'https://id.localhost' });
    url = authorizeUrl({ issuer: holdfast.issuer, parameters: { prompt: 'none' } }, pkce().challenge);
  });
  after(() => holdfast.close());
  afterEach(() => holdfast.clock.reset());

  /** She is signed in, her bound cookie is over, and the page makes her browser ask us. */
  async function madeToAsk(
    headers: Record<string, string>,
  ): Promise<{ victim: AccountVisitor; visit: Visit }> {
    const { victim } = await robbed(holdfast);
    holdfast.clock.advance(601);
    const visit = await victim.visitor.get(url, { 'sec-fetch-site': 'same-site', ...headers });
    return { victim, visit };
  }

  it('can’t be ended by what such a page fetches', async () => {
    const { victim, visit } = await madeToAsk({ 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' });
    assert.equal(visit.status, 403);
    assert.deepEqual(visit.headers.getSetCookie(), []);
    assert.equal(await victim.isSignedIn(), true);
  });

  it('shows nothing in a frame of such a page, and goes on by itself', async () => {
    const { visit } = await madeToAsk({ 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' });
    assert.deepEqual([visit.status, visit.text], [200, '']);
    assert.equal(visit.headers.get('refresh'), `0; url=${url}`);
    assert.equal(visit.headers.get('content-security-policy'), "default-src 'none'; frame-ancestors https:");
  });

  it('shows its doorway in no frame', async () => {
    const { visit } = await madeToAsk({ 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' });
    assert.equal(visit.headers.get('x-frame-options'), 'DENY');
  });
});
