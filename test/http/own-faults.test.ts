import { strict as assert } from 'node:assert';
import { newRefreshToken } from '../../src/lib/opaque-token.js';
import { systemRandom } from '../../src/lib/random.js';
import { failing } from '../support/failing.js';
import { sharedStorage, startHoldfast, type Holdfast } from '../support/harness.js';
import { introspect } from '../support/login.js';

describe('a fault of ours inside oidc-provider’s context', () => {
  let holdfast: Holdfast;
  before(async () => {
    const storage = await sharedStorage();
    const error = new TypeError('a bug that only the log may tell');
    const refreshTokens = failing(storage.refreshTokens, 'find', error);
    holdfast = await startHoldfast({}, { storage: { ...storage, refreshTokens } });
  });
  after(() => holdfast.close());

  it('is a 500 that says nothing of itself, and the log has its stack under the request id', async () => {
    const { status, body, headers } = await introspect(holdfast.issuer, newRefreshToken(systemRandom));
    assert.deepEqual([status, body['error']], [500, 'server_error']);
    assert.ok(!String(body['error_description']).includes('a bug'));
    const lines = holdfast.log.filter((line) => line.includes(headers.get('x-request-id') ?? '?'));
    assert.ok(
      lines.some((line) => line.includes('own-faults.test') && line.includes('"stack"')),
      lines.join(''),
    );
  });
});
