import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { AccountId } from '../../src/accounts/account.js';
import { storageOver } from '../../src/storage/open.js';
import { listenOnPostgres } from '../../src/storage/postgres-pool.js';
import type { Storage } from '../../src/storage/storage.js';
import { onDatabase } from '../support/databases.js';
import { askForFeed, FeedListener, matchOf, type FeedEvent } from '../support/feed-listener.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { introspect, refresh, revoke, signIn } from '../support/login.js';
import { atOnce } from '../support/parallel.js';
import { unique } from '../support/records.js';
import { SwallowingRelay } from '../support/swallowing-relay.js';
import { anotherNode } from '../support/test-database.js';

const threads = 25;

onDatabase('PostgreSQL', 'threat 32: revoked, but not everywhere at once,', (database) => {
  let relay: SwallowingRelay;
  let other: { readonly storage: Storage };
  /** The first node hears of revocations by way of the relay; the second keeps answers. */
  let nodes: readonly [Holdfast, Holdfast];
  before(async function () {
    this.timeout(60_000);
    relay = await SwallowingRelay.start(database.url ?? '');
    const listen = listenOnPostgres(relay.url);
    const storage = await storageOver({ ...database.pools, listen }, database.clock);
    other = await anotherNode(database);
    const introspection = { kept_answers: 100 };
    nodes = [
      await startHoldfast({}, { storage }),
      await startHoldfast({ introspection }, { storage: other.storage }),
    ];
  });
  after(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    await other.storage.close();
    await relay.close();
  });

  const revokeKey = async (storage = database): Promise<string> => {
    const key = unique('key');
    await storage.sql('INSERT INTO bound_key (thumbprint, generation, revoked_at) VALUES ($1, 1, now())', [
      key,
    ]);
    return key;
  };
  const killListeners = () =>
    database.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'holdfast feed' AND datname = current_database()`,
    );

  const cuts: Record<string, (login: { refreshToken: string; accountId: string }) => Promise<void>> = {
    'a login': async ({ refreshToken }) => {
      assert.equal((await revoke(nodes[0].issuer, refreshToken)).status, 200);
    },
    'an account': async ({ accountId }) => {
      await nodes[0].storage.accounts.revoke(accountId as AccountId);
    },
  };
  for (const [what, cut] of Object.entries(cuts)) {
    it(`gives nothing to ${threads} who refresh and ask on two nodes while ${what} is revoked`, async () => {
      const { device, refreshToken, accessToken } = await signIn({ issuer: nodes[0].issuer });
      const { body } = await introspect(nodes[0].issuer, accessToken);
      const state = { revoked: false, asked: 0 };
      const late: unknown[] = [];
      const asking = atOnce(threads, async (index) => {
        const { issuer } = nodes[index % 2] ?? nodes[0];
        for (let after = 0; after < 3; after += state.revoked ? 1 : 0) {
          const askedAfter = state.revoked;
          const refreshes = index % 5 === 0;
          const answer = refreshes
            ? await refresh(issuer, refreshToken, device)
            : await introspect(issuer, accessToken, 'rs-a');
          state.asked += 1;
          const positive = refreshes ? answer.status === 200 : answer.body['active'] === true;
          if (askedAfter && positive) late.push(answer.body);
        }
      });
      // A good part of them have asked before.
      while (state.asked < threads) await introspect(nodes[1].issuer, accessToken);
      await cut({ refreshToken, accountId: body['sub'] as string });
      state.revoked = true;
      await asking;
      assert.deepEqual(late, []);
    });
  }

  it('admits at once that it hears nothing, when its connection is killed', async () => {
    const listener = await FeedListener.open(nodes[0].issuer);
    await listener.named('alive');
    await killListeners();
    await listener.named('lost');
    const key = await revokeKey();
    await listener.revoked('key', key);
    await listener.close();
  });

  it('admits it when its connection hangs, vouches for nothing meanwhile, and catches up before it does again', async () => {
    const listener = await FeedListener.open(nodes[0].issuer);
    await listener.named('alive');
    relay.swallow();
    const key = await revokeKey();
    await listener.named('lost');
    const ready = await (await fetch(`${nodes[0].managementUrl}/readyz`)).json();
    assert.deepEqual(
      [(ready as Record<string, unknown>)['ready'], (ready as Record<string, unknown>)['feed']],
      [true, false],
    );
    const lost = listener.events.findIndex(({ name }) => name === 'lost');
    relay.pass();
    await listener.named('alive', lost);
    const after = listener.events.slice(lost);
    const told = after.findIndex(({ data }) => data['match'] === matchOf(listener.feed, 'key', key));
    assert.ok(told > 0 && told < after.findIndex(({ name }) => name === 'alive'), JSON.stringify(after));
    await listener.close();
  });

  it('tells each revocation once and in order to one who is cut off again and again, as are the nodes', async () => {
    const revoking = Promise.all([
      inTurn(40, () => revokeKey()),
      inTurn(40, async (count) => {
        const key = await revokeKey();
        if (count % 9 === 0) await killListeners();
        return key;
      }),
    ]);
    const heard: FeedEvent[] = [];
    let listener = await FeedListener.open(nodes[0].issuer);
    const first = (await listener.named('hello')).id;
    const leave = async () => {
      await listener.close();
      heard.push(...listener.events);
    };
    const standing = [await FeedListener.open(nodes[0].issuer), await FeedListener.open(nodes[1].issuer)];
    for (let count = 0; count < 6; count += 1) {
      await leave();
      const missed = await revokeKey();
      // The node that it comes back to has told it already.
      await standing[count % 2]?.revoked('key', missed);
      const lastEventId = heard.findLast(({ id }) => id !== '')?.id;
      listener = await FeedListener.open((nodes[count % 2] ?? nodes[0]).issuer, { lastEventId });
    }
    await revoking;
    await listener.revoked('key', await revokeKey());
    await leave();
    await Promise.all(standing.map((each) => each.close()));
    const ids = heard.filter(({ name }) => name === 'revoked').map(({ id }) => Number(id.split('.')[1]));
    const start = Number(first.split('.')[1]);
    const logged = await database.sql<{ sequence: string }>(
      'SELECT sequence FROM revocation WHERE sequence > $1 AND sequence <= $2 ORDER BY sequence',
      [start, ids.at(-1)],
    );
    assert.deepEqual(
      ids,
      logged.map(({ sequence }) => Number(sequence)),
    );
  });

  it('names nobody: who does not hold a value can make nothing of its event', async () => {
    const { issuer } = nodes[0];
    const listener = await FeedListener.open(issuer);
    await listener.named('alive');
    const { accessToken, refreshToken } = await signIn({ issuer });
    const { body } = await introspect(issuer, accessToken);
    const { jkt } = body['cnf'] as { jkt: string };
    const digest = createHash('sha256').update(accessToken).digest('hex');
    await revoke(issuer, accessToken);
    await revoke(issuer, refreshToken);
    const [head] = await database.sql<{ sequence: string }>('SELECT sequence FROM revocation_head');
    await listener.next(({ id }) => Number(id.split('.')[1]) >= Number(head?.sequence));
    const told = (of: string, value: string) =>
      listener.events.some(({ data }) => data['match'] === matchOf(listener.feed, of, value));
    for (const value of [accessToken, refreshToken, digest, body['sub'] as string, jkt, 'spa']) {
      const plain = createHash('sha256').update(value).digest('base64url');
      for (const seen of [value, plain])
        assert.ok(!listener.text.includes(seen), 'it can be looked up by anybody');
    }
    assert.ok(told('token', digest) && told('sub', body['sub'] as string));
    await listener.close();
  });

  it('is for resource servers that have shown who they are', async () => {
    const { issuer } = nodes[0];
    const refusals: [string, Response, number][] = [
      ['nobody', await askForFeed(issuer, { as: null }), 400],
      ['a client that is no resource server', await askForFeed(issuer, { as: 'web' }), 400],
      ['a public client', await fetch(`${issuer}/signals/revocations?client_id=spa`), 401],
      [
        'a secret in the address',
        await fetch(
          `${issuer}/signals/revocations?client_id=rs-a&client_secret=rs-a-secret-of-more-than-thirty-two-characters`,
        ),
        401,
      ],
      [
        'a wrong secret',
        await fetch(`${issuer}/signals/revocations`, {
          headers: { authorization: `Basic ${Buffer.from('rs-a:wrong').toString('base64')}` },
        }),
        401,
      ],
    ];
    for (const [who, response, status] of refusals) {
      assert.equal(response.status, status, who);
      assert.doesNotMatch(await response.text(), /event:/, who);
    }
  });
});

async function inTurn<Result>(count: number, work: (index: number) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let index = 0; index < count; index += 1) results.push(await work(index));
  return results;
}
