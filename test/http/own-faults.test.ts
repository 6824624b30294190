import { strict as assert } from 'node:assert';
import { newRefreshToken } from '../../src/lib/opaque-token.js';
import { systemRandom } from '../../src/lib/random.js';
import { secretOf } from '../support/clients.js';
import { failing } from '../support/failing.js';
import { sharedStorage, startHoldfast, type Holdfast } from '../support/harness.js';

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
    const response = await fetch(`${holdfast.issuer}/introspect`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`web:${secretOf('web')}`).toString('base64')}` },
      body: new URLSearchParams({ token: newRefreshToken(systemRandom) }),
    });
    assert.equal(response.status, 500);
    const body = (await response.json()) as { error: string; error_description: string };
    assert.equal(body.error, 'server_error');
    assert.ok(!body.error_description.includes('a bug'));
    const lines = holdfast.log.filter((line) => line.includes(response.headers.get('x-request-id') ?? '?'));
    assert.ok(
      lines.some((line) => line.includes('own-faults.test') && line.includes('"stack"')),
      lines.join(''),
    );
  });
});
