import { strict as assert } from 'node:assert';
import { secretOf } from '../support/clients.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';

describe('the budget of introspections', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast({
      limits: { introspections_per_minute_per_client: 4 },
      trusted_proxies: ['127.0.0.1'],
    });
  });
  after(() => holdfast.close());

  let address = 0;
  /** Each from another address, so that only the client's own budget counts. */
  const ask = (client: string) =>
    fetch(`${holdfast.issuer}/introspect`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${client}:${secretOf(client)}`).toString('base64')}`,
        'x-forwarded-for': `203.0.113.${(address += 1)}`,
      },
      body: new URLSearchParams({ token: 'unknown' }),
    });

  it('is the resource server’s own, over all its addresses, and says when to come back', async () => {
    for (let count = 0; count < 4; count += 1) assert.equal((await ask('web')).status, 200);
    const spent = await ask('web');
    assert.equal(spent.status, 429);
    assert.ok(Number(spent.headers.get('retry-after')) >= 1);
    const body = (await spent.json()) as { error: string; error_description: string };
    assert.equal(body.error, 'temporarily_unavailable');
    assert.match(body.error_description, /limits\.introspections_per_minute_per_client/);
    assert.equal((await ask('service')).status, 200);
  });
});
