import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { jwtVerify } from 'jose';
import { systemClock } from '../../../src/lib/clock.js';
import { PushSender } from '../../../src/stepup/push-sender.js';
import { readPushTarget } from '../../../src/stepup/push-subscription.js';
import { vapidKeys } from '../../../src/stepup/vapid-keys.js';
import { FakePushService } from '../../support/fake-push-service.js';

const message = {
  title: 'research-agent asks for your approval',
  body: 'Open it.',
  path: '/approve/secret',
  tag: 'bcr_1',
};
const soon = () => new Date(systemClock.now() + 60_000);

function settingsInMemory() {
  const stored = new Map<string, string>();
  return {
    stored,
    read: async (name: string) => stored.get(name),
    pin: async (name: string, value: string) => {
      if (!stored.has(name)) stored.set(name, value);
      return stored.get(name) ?? '';
    },
  };
}

describe('notifications', () => {
  let service: FakePushService;
  const settings = settingsInMemory();
  const key = new Uint8Array(32);
  const keys = vapidKeys(settings, key);
  const sender = () => new PushSender({ fetch, keys, contact: 'mailto:ops@example.com', clock: systemClock });
  before(async () => {
    service = await FakePushService.open();
  });
  after(() => service.close());

  it('are encrypted for one browser and signed for its push service', async () => {
    const target = service.subscribe();
    assert.equal(await sender().send(target, message, soon()), 'delivered');
    const push = service.taken.at(-1);
    assert.ok(push);
    assert.deepEqual(push.message, message);
    assert.ok(!push.body.includes('research-agent'));
    const { ttl, urgency, authorization = '' } = push.headers;
    assert.ok(Number(ttl) > 50 && Number(ttl) <= 60, `TTL ${String(ttl)}`);
    assert.equal(urgency, 'high');
    const [, token = '', named = ''] = /^vapid t=([^,]+), k=(.+)$/.exec(authorization) ?? [];
    assert.equal(named, (await keys()).publicKey);
    const point = Buffer.from(named, 'base64url');
    const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'));
    const jwk = { kty: 'EC', crv: 'P-256', x, y };
    const publicKey = createPublicKey({ key: jwk as never, format: 'jwk' });
    const { payload } = await jwtVerify(token, publicKey, { audience: service.origin });
    assert.equal(payload.sub, 'mailto:ops@example.com');
  });

  const answers = [
    [201, 'delivered'],
    [404, 'gone'],
    [410, 'gone'],
    [413, 'refused'],
    [429, 'later'],
    [503, 'later'],
    [302, 'later'],
  ] as const;
  for (const [status, outcome] of answers) {
    it(`are ${outcome} where the push service says ${status}`, async () => {
      service.status = status;
      const target = service.subscribe();
      // As our own fetch does it.
      const noRedirect: typeof fetch = (input, init) => fetch(input, { ...init, redirect: 'error' });
      const careful = new PushSender({
        fetch: noRedirect,
        keys,
        contact: 'mailto:a@b.c',
        clock: systemClock,
      });
      assert.equal(await careful.send(target, message, soon()), outcome);
      service.status = 201;
    });
  }

  it('are not sent when what they tell is over, and wait where nobody answers', async () => {
    const sent = service.taken.length;
    const over = new Date(systemClock.now());
    assert.equal(await sender().send(service.subscribe(), message, over), 'refused');
    assert.equal(service.taken.length, sent);
    const { keys: theirs } = service.subscribe();
    assert.equal(
      await sender().send({ endpoint: 'http://127.0.0.1:9/', keys: theirs }, message, soon()),
      'later',
    );
  });

  it('are signed with one pair of keys, over all nodes, kept sealed', async () => {
    const other = vapidKeys(settings, key);
    assert.deepEqual(await other(), await keys());
    assert.ok(![...settings.stored.values()].some((value) => value.includes('privateKey')));
    await assert.rejects(vapidKeys(settings, new Uint8Array(32).fill(1))());
  });

  it('go to what a browser can have said, and nowhere else', () => {
    const target = service.subscribe();
    const secure = { ...target, endpoint: 'https://push.example/abc' };
    assert.deepEqual(readPushTarget({ ...secure, expirationTime: null }, false), secure);
    assert.deepEqual(readPushTarget(target, true), target);
    const short = Buffer.alloc(65, 4).toString('base64url');
    const wrong: unknown[] = [
      undefined,
      [],
      target,
      { endpoint: secure.endpoint },
      { ...secure, endpoint: 'javascript:alert(1)' },
      { ...secure, endpoint: 'https://me:secret@push.example/' },
      { ...secure, endpoint: `https://push.example/${'a'.repeat(1000)}` },
      { ...secure, keys: { ...secure.keys, p256dh: short } },
      { ...secure, keys: { ...secure.keys, p256dh: 'AAAA' } },
      { ...secure, keys: { ...secure.keys, auth: 'short' } },
    ];
    for (const each of wrong) assert.equal(readPushTarget(each, false), undefined, JSON.stringify(each));
  });
});
