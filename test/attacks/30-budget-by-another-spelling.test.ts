import assert from 'node:assert/strict';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { authorizeUrl, pkce } from '../support/login.js';

/** The router reads paths without regard to case and to a slash at the end, so the budgets must as well (threat 30). */
describe('threat 30: sign-ins begun at another spelling of the address', () => {
  let holdfast: Holdfast;
  let address = 0;
  before(async () => {
    holdfast = await startHoldfast({
      limits: { interactions_per_minute_per_address: 2 },
      trusted_proxies: ['127.0.0.1'],
    });
  });
  after(() => holdfast.close());

  for (const path of ['/Authorize', '/AUTHORIZE', '/authorize/', '/auTHorize/']) {
    it(`take from the same budget: ${path}`, async () => {
      const from = { 'x-forwarded-for': `203.0.113.${(address += 1)}` };
      const begin = async (spelling: string) => {
        const url = authorizeUrl({ issuer: holdfast.issuer }, pkce().challenge);
        const answer = await fetch(url.replace('/authorize', spelling), {
          headers: from,
          redirect: 'manual',
        });
        return answer.status;
      };
      assert.deepEqual([await begin('/authorize'), await begin(path)], [303, 303]);
      assert.deepEqual([await begin('/authorize'), await begin(path)], [429, 429]);
    });
  }
});
