import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { AccountId } from '../../src/accounts/account.js';
import { onEveryDatabase } from '../support/databases.js';
import { askForFeed, FeedListener, matchOf } from '../support/feed-listener.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { introspect, revoke, signIn } from '../support/login.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

onEveryDatabase('GET /signals/revocations', (database) => {
  let holdfast: Holdfast;
  let issuer: string;
  const open: FeedListener[] = [];
  const listen = async (lastEventId?: string) => {
    const listener = await FeedListener.open(issuer, { lastEventId });
    open.push(listener);
    return listener;
  };
  /** A token that lives and dies, and the account that it was of. */
  const revokeOne = async () => {
    const { accessToken } = await signIn({ issuer });
    const { body } = await introspect(issuer, accessToken);
    assert.equal((await revoke(issuer, accessToken)).status, 200);
    return { accessToken, accountId: body['sub'] as AccountId };
  };

  before(async () => {
    const limits = { feed_connections_per_client: 4, mails_per_hour_per_network: 100_000 };
    holdfast = await startHoldfast({ limits }, { storage: database.storage });
    ({ issuer } = holdfast);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((each) => each.close()));
  });
  after(() => holdfast.close());

  it('is in discovery, is never cached or buffered, and greets a stranger to the feed with a reset', async () => {
    const discovery = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
    assert.equal(
      (discovery as Record<string, unknown>)['revocation_feed_endpoint'],
      `${issuer}/signals/revocations`,
    );
    const listener = await listen();
    const { headers } = listener.response;
    assert.match(headers.get('content-type') ?? '', /^text\/event-stream/);
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('x-accel-buffering'), 'no');
    await listener.named('alive');
    const [hello, reset] = listener.events;
    assert.equal(hello?.name, 'hello');
    assert.equal(hello?.data['heartbeat'], 500);
    assert.equal(reset?.name, 'reset');
  });

  it('tells of a token, a person, a key and a client, to whoever holds such a value', async () => {
    const listener = await listen();
    const { accessToken, accountId } = await revokeOne();
    await listener.revoked('token', sha256(accessToken));
    await holdfast.storage.accounts.revoke(accountId);
    await listener.revoked('sub', accountId);
    await holdfast.storage.clients.revoke('fapi');
    await listener.revoked('client', 'fapi');
    await database.sql(
      `INSERT INTO bound_key (thumbprint, generation, revoked_at) VALUES ('stolen', 1, now())`,
    );
    await listener.revoked('key', 'stolen');
  });

  it('goes on where a resource server was cut off, with all that it missed and nothing twice', async () => {
    const first = await listen();
    await revokeOne();
    const { id } = await first.named('revoked');
    await first.close();
    const missed = [await revokeOne(), await revokeOne()];
    const second = await listen(id);
    const last = await revokeOne();
    await second.revoked('token', sha256(last.accessToken));
    assert.ok(!second.events.some(({ name }) => name === 'reset'));
    const told = second.events.filter(({ name }) => name === 'revoked');
    const expected = [...missed, last].map(({ accessToken }) => sha256(accessToken));
    const heard = expected.map((value) =>
      told.findIndex(({ data }) => data['match'] === matchOf(second.feed, 'token', value)),
    );
    assert.deepEqual(
      heard,
      heard.toSorted((a, b) => a - b),
    );
    assert.ok(!heard.includes(-1));
    const ids = told.map(({ id: each }) => Number(each.split('.')[1]));
    assert.deepEqual(
      ids,
      [...new Set(ids)].toSorted((a, b) => a - b),
    );
    assert.ok(Number(id.split('.')[1]) < (ids[0] ?? 0));
  });

  it('resets whoever heard another feed, or a part of this one that is gone or has not been', async () => {
    const { feed } = await (await listen()).named('hello').then(({ data }) => data);
    for (const id of ['another.3', `${String(feed)}.99999999`, 'nonsense']) {
      const listener = await listen(id);
      await listener.named('reset');
      await listener.close();
    }
  });

  it('refuses the fifth connection of one resource server, but not of another', async () => {
    for (let count = 0; count < 4; count += 1) await listen();
    const refused = await askForFeed(issuer);
    const body = (await refused.json()) as { holdfast_code?: string; request_id?: string };
    assert.equal(refused.status, 429);
    // As everywhere: by this the operator finds the limit in the log.
    assert.equal(body.holdfast_code, 'rate_limited');
    assert.ok(body.request_id);
    assert.ok(Number(refused.headers.get('retry-after')) > 0);
    open.push(await FeedListener.open(issuer, { as: 'rs-b' }));
  });

  it('takes GET alone', async () => {
    const posted = await fetch(`${issuer}/signals/revocations`, { method: 'POST' });
    await posted.text();
    assert.equal(posted.status, 405);
    assert.equal(posted.headers.get('allow'), 'GET, OPTIONS');
  });

  it('says in /readyz and in the metrics that it is followed', async () => {
    await (await listen()).named('alive');
    const ready = await (await fetch(`${holdfast.managementUrl}/readyz`)).json();
    assert.equal((ready as Record<string, unknown>)['feed'], true);
    const metrics = await holdfast.app.metrics();
    assert.match(metrics, /^holdfast_feed_trusted(\{[^}]*\})? 1$/m);
    assert.match(metrics, /^holdfast_feed_streams(\{[^}]*\})? 1$/m);
  });

  it('begins another feed with another epoch: everybody is reset and comes back', async () => {
    const listener = await listen();
    const { data } = await listener.named('hello');
    await database.sql(
      `INSERT INTO epoch (number, issued_before, feed, created_at)
      SELECT max(number) + 1, 0, gen_random_uuid()::text, now() FROM epoch`,
    );
    await listener.ended;
    assert.equal(listener.events.at(-1)?.name, 'reset');
    const again = await listen(listener.events.at(-2)?.id);
    await again.named('reset');
    assert.notEqual(again.feed, data['feed']);
  });

  it('ends the stream of a client that is cut off, and every stream when the server stops', async () => {
    const [one, other] = [await listen(), await FeedListener.open(issuer, { as: 'rs-b' })];
    await one.named('alive');
    await holdfast.storage.clients.revoke('rs-a');
    await one.ended;
    await holdfast.close();
    await other.ended;
    holdfast = await startHoldfast({}, { storage: database.storage });
    ({ issuer } = holdfast);
  });
});
