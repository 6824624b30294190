import assert from 'node:assert/strict';
import { sendTestWebhook } from '../../../src/admin/webhook-command.js';
import { createOutboundFetch } from '../../../src/http/outbound-fetch.js';
import { systemClock as clock } from '../../../src/lib/clock.js';
import { systemRandom as random } from '../../../src/lib/random.js';
import { WebhookReceiver } from '../../support/webhook-receiver.js';

describe('holdfast webhook test', () => {
  it('posts one signed message, and says what came of it', async () => {
    const receiver = await WebhookReceiver.start();
    const outbound = createOutboundFetch(true);
    const { fetch } = outbound;
    const config = { webhooks: [receiver.config('desk')] };
    const test = (id: string) => sendTestWebhook({ config, fetch, clock, random }, id);
    assert.match(JSON.stringify(await test('desk')), /took it/);
    assert.deepEqual(
      receiver.received.map(({ type }) => type),
      ['test'],
    );
    receiver.statuses.push(401);
    assert.match(JSON.stringify(await test('desk')), /webhook_refused.*it answered 401/);
    assert.match(JSON.stringify(await test('dask')), /desk/);
    await outbound.close();
    await receiver.close();
  });
});
