import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createOutboundFetch } from '../../src/http/outbound-fetch.js';
import { systemClock } from '../../src/lib/clock.js';
import { WebhookDeliveryService } from '../../src/resource/webhook-delivery-service.js';
import { onDatabase } from '../support/databases.js';
import { startHoldfast } from '../support/harness.js';
import { revoke, signIn } from '../support/login.js';
import { unique } from '../support/records.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

onDatabase('PGlite', 'threat 29: webhooks', (database) => {
  let receiver: WebhookReceiver;
  beforeEach(async () => {
    receiver = await WebhookReceiver.start();
  });
  afterEach(() => receiver.close());

  it('lead to no private address, however it is written', async () => {
    const failures: string[] = [];
    const note = (line: object) => void failures.push((line as { failure: string }).failure);
    const outbound = createOutboundFetch(false);
    const { port } = new URL(receiver.url);
    const urls = [receiver.url, `http://localhost:${port}/`, `http://[::ffff:127.0.0.1]:${port}/`];
    const webhooks = urls.map((url) => receiver.config(unique('hook'), { url }));
    const { webhooks: store, revocationLog: log } = database.storage;
    const logger = { warn: note, error: note };
    const delivery = new WebhookDeliveryService({
      webhooks,
      store,
      log,
      fetch: outbound.fetch,
      clock: systemClock,
      logger,
    });
    await delivery.deliverDue();
    await database.sql('INSERT INTO bound_key (thumbprint, generation, revoked_at) VALUES ($1, 1, now())', [
      unique('key'),
    ]);
    await delivery.deliverDue();
    assert.equal(failures.length, urls.length);
    assert.equal(receiver.connections, 0);
    await outbound.close();
  });

  it('are signed, so that nobody else can tell a receiver of revocations, and carry no token', async () => {
    const { id, url, secret } = receiver.config(unique('hook').replaceAll('_', '-'));
    const holdfast = await startHoldfast(
      { webhooks: [{ id, url, secret }], dangerously_allow_private_network_fetch: true },
      { storage: database.storage },
    );
    const { accessToken } = await signIn({ issuer: holdfast.issuer });
    await revoke(holdfast.issuer, accessToken);
    await receiver.until(() => receiver.received.length + receiver.forged > 0);
    assert.equal(receiver.forged, 0);
    assert.ok(receiver.received.some(({ type }) => type === 'revocation.token'));
    assert.ok(!JSON.stringify(receiver.received).includes(accessToken));
    assert.match(
      await holdfast.app.metrics(),
      new RegExp(`holdfast_webhook_behind\\{webhook="${id}"[^}]*\\} \\d`),
    );
    // Law 7
    assert.ok(!holdfast.log.some((line) => line.includes(secret.slice(6))));
    await holdfast.close();
    // By somebody who knows everything but the secret.
    const body = JSON.stringify({ type: 'revocation.all', timestamp: new Date().toISOString(), data: {} });
    const seconds = Math.floor(Date.now() / 1000);
    const signature = createHmac('sha256', 'guess').update(`x.${seconds}.${body}`).digest('base64');
    await fetch(receiver.url, {
      method: 'POST',
      headers: {
        'webhook-id': 'x',
        'webhook-timestamp': String(seconds),
        'webhook-signature': `v1,${signature}`,
      },
      body,
    });
    assert.equal(receiver.forged, 1);
  });
});
