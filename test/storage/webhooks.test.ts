import assert from 'node:assert/strict';
import { webhookSchema } from '../../src/config/webhooks.js';
import { createOutboundFetch } from '../../src/http/outbound-fetch.js';
import { revocationKinds } from '../../src/resource/revocation-log-store.js';
import { WebhookDeliveryService } from '../../src/resource/webhook-delivery-service.js';
import type { WebhookConfig } from '../../src/config/webhooks.js';
import { systemClock, type Clock } from '../../src/lib/clock.js';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce } from '../support/parallel.js';
import { unique } from '../support/records.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

onEveryDatabase('webhooks', (database) => {
  let receiver: WebhookReceiver;
  const outbound = createOutboundFetch(true);
  const failures: { webhook: string; attempts: number; failure: string }[] = [];
  const clock = { ahead: 0, now: () => systemClock.now() + clock.ahead };
  const logger = {
    warn: (line: object) => void failures.push(line as never),
    error: (line: object) => void failures.push(line as never),
  };
  const service = (webhook: WebhookConfig, by: Clock = clock) =>
    new WebhookDeliveryService({
      webhooks: [webhook],
      store: database.storage.webhooks,
      log: database.storage.revocationLog,
      fetch: outbound.fetch,
      clock: by,
      logger,
    });
  const revokeKey = async (): Promise<string> => {
    const key = unique('key');
    await database.sql('INSERT INTO bound_key (thumbprint, generation, revoked_at) VALUES ($1, 1, now())', [
      key,
    ]);
    return key;
  };
  const deliver = async (delivery: WebhookDeliveryService) => {
    while ((await delivery.deliverDue()) > 0);
  };
  const ids = () => receiver.received.map(({ data }) => data['id']);

  beforeEach(async () => {
    receiver = await WebhookReceiver.start();
    failures.length = 0;
  });
  afterEach(() => receiver.close());
  after(() => outbound.close());

  it('take every revocation in order, signed, from the moment that they were set up', async () => {
    await revokeKey();
    const delivery = service(receiver.config(unique('hook')));
    await deliver(delivery);
    assert.deepEqual(receiver.received, []);
    const keys = [await revokeKey(), await revokeKey(), await revokeKey()];
    await deliver(delivery);
    assert.deepEqual(ids(), keys);
    assert.equal(receiver.forged, 0);
    assert.deepEqual(
      receiver.received.map(({ type }) => type),
      keys.map(() => 'revocation.key'),
    );
  });

  it('wait longer and longer for one that takes nothing, skip nothing, and say how far it is behind', async () => {
    const id = unique('hook');
    const delivery = service(receiver.config(id));
    await deliver(delivery);
    const keys = [await revokeKey(), await revokeKey()];
    receiver.statuses.push(500, 302);
    await delivery.deliverDue();
    await delivery.deliverDue();
    assert.deepEqual(
      failures.map(({ attempts, failure }) => [attempts, failure]),
      [[1, 'it answered 500']],
      'it was not due again',
    );
    clock.ahead += 1001;
    await delivery.deliverDue();
    assert.equal(failures.length, 2);
    const state = async () => (await database.storage.webhooks.state()).find((each) => each.id === id);
    const failing = await state();
    assert.equal(failing?.behind, 2);
    assert.ok(failing.failingSince);
    clock.ahead += 1001;
    await deliver(delivery);
    assert.deepEqual(ids(), []);
    clock.ahead += 1000;
    await deliver(delivery);
    assert.deepEqual(ids(), keys);
    assert.deepEqual(await state(), { id, behind: 0, failingSince: undefined });
  });

  it('are told once by many nodes that try at the same time', async () => {
    const webhook = receiver.config(unique('hook'));
    const nodes = Array.from({ length: 5 }, () => service(webhook));
    await Promise.all(nodes.map(deliver));
    const keys = await atOnce(20, revokeKey);
    await Promise.all(nodes.map(deliver));
    assert.deepEqual(ids().map(String).toSorted(), keys.toSorted());
    const sequences = receiver.received.map(({ data }) => Number(data['sequence']));
    assert.deepEqual(
      sequences,
      sequences.toSorted((a, b) => a - b),
    );
  });

  it('hear again, under the same id, what a node had told that died before it could note it', async () => {
    const webhook = receiver.config(unique('hook'));
    const dying = service(webhook);
    await deliver(dying);
    const key = await revokeKey();
    const store = database.storage.webhooks;
    const stuck = new WebhookDeliveryService({
      webhooks: [webhook],
      store: {
        begin: (id) => store.begin(id),
        claim: (id, now, until) => store.claim(id, now, until),
        end: (turn, due, failed) => store.end(turn, due, failed),
        state: () => store.state(),
        advance: () => Promise.reject(new Error('died')),
      },
      log: database.storage.revocationLog,
      fetch: outbound.fetch,
      clock,
      logger,
    });
    await assert.rejects(stuck.deliverDue());
    await deliver(service(webhook));
    assert.deepEqual(ids(), [key], 'it is still the turn of the one that died');
    clock.ahead += 30_001;
    await deliver(service(webhook));
    assert.deepEqual(ids(), [key, key]);
    assert.equal(receiver.received[0]?.id, receiver.received[1]?.id);
  });

  it('pass over the kinds that are not wanted, and hear of a part of the log that is gone', async () => {
    const delivery = service(receiver.config(unique('hook'), { kinds: ['account'] }));
    await deliver(delivery);
    await revokeKey();
    await deliver(delivery);
    assert.deepEqual(receiver.received, []);
    await database.sql('UPDATE revocation_head SET sequence = sequence + 10');
    await deliver(delivery);
    assert.deepEqual(
      receiver.received.map(({ type }) => type),
      ['revocation.missed'],
    );
    await deliver(delivery);
    assert.equal(receiver.received.length, 1);
    // Others share the database.
    await database.sql('UPDATE revocation_head SET sequence = sequence - 10');
  });
});

describe('the configuration of webhooks', () => {
  it('knows every kind of revocation', () => {
    assert.deepEqual(webhookSchema.parse({ id: 'one', url: 'https://a.test/' }).kinds, [...revocationKinds]);
  });
});
