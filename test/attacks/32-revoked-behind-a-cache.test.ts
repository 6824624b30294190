import assert from 'node:assert/strict';
import { once, EventEmitter } from 'node:events';
import { sha256 } from '../../src/lib/hashing.js';
import type { GuardOptions } from '../../src/gateway/index.js';
import { FakeFeed } from '../support/fake-feed.js';
import { GuardedServer, type Reply } from '../support/guarded-server.js';
import { ManualTime } from '../support/manual-time.js';
import { Notices } from '../support/notices.js';

/* Law 3 at a gateway that keeps what it was told: what it must not go by any more. Time passes only where a test says so. */
describe('threat 32: a gateway in local mode', () => {
  let gateway: GuardedServer;
  let feed: FakeFeed;
  let time: ManualTime;
  let notices: Notices;
  beforeEach(async () => {
    gateway = await GuardedServer.start();
    feed = new FakeFeed();
    gateway.provider.feed = feed;
    await start();
  });
  afterEach(() => gateway.close());

  async function start(changes: Partial<GuardOptions> = {}): Promise<void> {
    [time, notices] = [new ManualTime(), new Notices()];
    gateway.introspectsAs({ exp: gateway.clock.now() / 1000 + 300 });
    await gateway.restart({ mode: 'local', onNotice: notices.hear, ...changes }, time);
    await notices.next('feed_heard');
  }
  const call = async (): Promise<Reply> => gateway.bound(await gateway.proof(await gateway.nonce()));
  const asked = (): number => gateway.provider.questions.length;
  /** Everything that was said before has been heard when this resolves, and the feed is trusted again. */
  async function heard(): Promise<void> {
    feed.say('lost');
    await notices.next('feed_lost');
    feed.say('alive');
    await notices.next('feed_heard');
  }
  async function known(): Promise<void> {
    assert.equal((await call()).status, 200);
    assert.equal((await call()).status, 200);
    assert.equal(asked(), 1, 'the second call is answered from memory');
  }
  const away = (): void => {
    gateway.provider.answer = (response) => response.writeHead(503).end();
    gateway.provider.answerCall = (response) => response.writeHead(503).end();
  };

  it('asks or refuses once the feed is cut, and never goes by memory', async () => {
    await known();
    feed.cut();
    await notices.next('feed_lost');
    assert.equal((await call()).status, 200);
    assert.equal(asked(), 2);
    away();
    assert.equal((await call()).status, 503);
  });

  it('asks or refuses when nothing came for 1.5 seconds, though the connection stands', async () => {
    await known();
    await time.pass(1499);
    await call();
    assert.equal(asked(), 1);
    await time.pass(2);
    away();
    assert.equal((await call()).status, 503);
  });

  it('asks or refuses after it stood still itself, before it has heard anything again', async () => {
    await known();
    time.stall(1501);
    away();
    assert.equal((await call()).status, 503);
  });

  it('does not go on behind a greeting whose reset it has not heard', async () => {
    await known();
    const { greeting } = feed;
    feed.greeting = () => {
      feed.greeting = greeting;
      feed.say('hello', { feed: feed.id }, 9).end();
    };
    feed.cut();
    await notices.next('feed_lost');
    while (feed.resumed.length < 3) await time.pass(1000);
    assert.deepEqual(feed.resumed.slice(0, 3), [undefined, undefined, undefined]);
  });

  it('trusts nothing before the feed says that it is alive', async () => {
    feed.greeting = () => feed.say('hello', { feed: feed.id }).say('reset');
    feed.cut();
    await notices.next('feed_lost');
    await time.pass(1000);
    await call();
    await call();
    assert.equal(asked(), 2);
  });

  for (const [of, value] of [
    ['sub', () => 'person'],
    ['client', () => 'app'],
    ['key', () => gateway.key.jkt],
    ['token', () => sha256(gateway.token).toString('hex')],
  ] as const) {
    it(`asks anew about a token whose ${of} was revoked, and about no other`, async () => {
      await known();
      feed.revoked(of, 'somebody else').revoked(of === 'sub' ? 'client' : 'sub', value());
      await heard();
      await call();
      assert.equal(asked(), 1);
      feed.revoked(of, value());
      await heard();
      gateway.provider.answer = (response) => response.end('{"active":false}');
      assert.equal((await call()).status, 401);
    });
  }

  it('keeps no answer that may be older than the revocation that it heard meanwhile', async () => {
    const question = new EventEmitter();
    const { answer } = gateway.provider;
    gateway.provider.answer = (response, form) => {
      question.once('release', () => answer(response, form));
      question.emit('came');
    };
    const came = once(question, 'came');
    const first = call();
    await came;
    feed.revoked('sub', 'person');
    await heard();
    question.emit('release');
    assert.equal((await first).status, 200, 'it was asked before the revocation');
    gateway.provider.answer = (response) => response.end('{"active":false}');
    assert.equal((await call()).status, 401);
  });

  it('forgets everything at a reset, and at the hello of another feed', async () => {
    await known();
    feed.say('reset');
    await heard();
    await call();
    assert.equal(asked(), 2);
    feed.greeting = () => feed.say('hello', { feed: 'another' }).say('alive');
    feed.cut();
    await notices.next('feed_lost');
    await time.pass(1000);
    await notices.next('feed_heard');
    await call();
    assert.equal(asked(), 3);
  });

  it('goes on where it was after a cut, and hears first what it has missed', async () => {
    feed.say('alive', {}, 7);
    await heard();
    await known();
    feed.greeting = () =>
      feed.say('hello', { feed: feed.id }, 9).revoked('sub', 'person', 8).say('alive', {}, 9);
    feed.cut();
    await notices.next('feed_lost');
    await time.pass(1000);
    await notices.next('feed_heard');
    assert.deepEqual(feed.resumed.slice(1), [`${feed.id}.7`]);
    await call();
    assert.equal(asked(), 2);
  });

  it('goes by an answer for 30 seconds at most, and never beyond the end of the token', async () => {
    await known();
    gateway.clock.advance(30);
    await call();
    assert.equal(asked(), 2);
    gateway.introspectsAs({ exp: gateway.clock.now() / 1000 + 5 });
    gateway.clock.advance(30);
    gateway.introspectsAs({ exp: gateway.clock.now() / 1000 + 5 });
    await call();
    gateway.clock.advance(5);
    await call();
    assert.equal(asked(), 4);
    gateway.clock.advance(-60);
    await call();
    assert.equal(asked(), 5, 'a clock that was set back makes nothing young');
  });

  describe('in an outage', () => {
    const echo = { model: 'echo', maxCost: 12, scope: ['models:call'] };
    const model = async (changes: object = {}) => gateway.callModel({ ...echo, ...changes });

    it('lets nobody in by default, whatever was allowed before', async () => {
      assert.deepEqual([(await call()).status, (await model()).status], [200, 200]);
      away();
      await time.pass(1501);
      assert.deepEqual([(await call()).status, (await model()).status], [503, 503]);
    });

    it('lets in what was allowed to the same token, where and for as long as the operator wants', async () => {
      await start({
        onOutage: [
          { models: ['echo-dear'], answer: 'deny' },
          { models: ['echo*'], answer: 'cached', seconds: 60 },
          { answer: 'cached', seconds: 20 },
        ],
      });
      assert.equal((await call()).status, 200);
      for (const name of ['echo', 'echo-dear', 'other'])
        assert.equal((await model({ model: name })).status, 200);
      away();
      await time.pass(1501);
      const after = async () => [
        (await call()).status,
        (await model({ model: ' ECHO' })).status,
        (await model({ model: 'echo-dear' })).status,
        (await model({ model: 'echo-new' })).status,
        (await model({ model: 'other' })).status,
        (await model({ maxCost: 13 })).status,
      ];
      assert.deepEqual(await after(), [200, 200, 503, 503, 503, 503]);
      gateway.clock.advance(20);
      assert.deepEqual(await after(), [503, 200, 503, 503, 503, 503]);
      gateway.clock.advance(40);
      assert.deepEqual(await after(), [503, 503, 503, 503, 503, 503]);
    });

    it('does not take a no, or what an approval paid for, for an outage or an answer', async () => {
      await start({ onOutage: [{ models: ['*'], answer: 'cached' }, { answer: 'cached' }] });
      const introspection = {
        active: true,
        client_id: 'app',
        aud: gateway.resource,
        cnf: { jkt: gateway.key.jkt },
      };
      const paid = { ...introspection, exp: gateway.clock.now() / 1000 + 300, scope: 'models:call' };
      assert.equal((await call()).status, 200);
      await time.pass(1501);
      for (const status of [400, 401, 403, 429]) {
        gateway.provider.answer = (response) => response.writeHead(status).end('{}');
        assert.equal((await call()).status, 503, String(status));
      }
      gateway.authorizesAs({ decision: 'allow', introspection: paid, approval_id: 'apr_1' });
      assert.equal((await model()).status, 200);
      away();
      assert.equal((await model()).status, 503);
      assert.equal((await call()).status, 200);
    });

    it('lets in no token that the feed has called dead', async () => {
      await start({ onOutage: [{ models: ['*'], answer: 'cached' }, { answer: 'cached' }] });
      assert.deepEqual([(await call()).status, (await model()).status], [200, 200]);
      feed.revoked('key', gateway.key.jkt);
      await heard();
      away();
      assert.deepEqual([(await call()).status, (await model()).status], [503, 503]);
    });
  });
});
