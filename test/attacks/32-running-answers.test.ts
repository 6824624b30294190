import assert from 'node:assert/strict';
import { once } from 'node:events';
import { TokenEnded, type Allowed, type GuardOptions } from '../../src/gateway/index.js';
import { FakeFeed } from '../support/fake-feed.js';
import { GuardedServer, target } from '../support/guarded-server.js';
import { ManualTime } from '../support/manual-time.js';
import { Notices } from '../support/notices.js';

/* Law 3: an answer that is still being given ends when its token dies. */
describe('threat 32: a running answer', () => {
  let gateway: GuardedServer;
  let feed: FakeFeed;
  let time: ManualTime;
  let notices: Notices;
  beforeEach(async () => {
    gateway = await GuardedServer.start();
    feed = new FakeFeed();
  });
  afterEach(() => gateway.close());

  async function start(changes: Partial<GuardOptions> = {}): Promise<void> {
    [time, notices] = [new ManualTime(), new Notices()];
    gateway.introspectsAs({ exp: gateway.clock.now() / 1000 + 300 });
    await gateway.restart({ mode: 'local', onNotice: notices.hear, ...changes }, time);
  }
  async function startWithFeed(): Promise<void> {
    gateway.provider.feed = feed;
    await start();
    await notices.next('feed_heard');
  }
  async function allowed(): Promise<Allowed> {
    const dpop = [await gateway.proof(await gateway.nonce())];
    const authorization = [`DPoP ${gateway.token}`];
    const decision = await gateway.guard.decide({ method: 'GET', target, authorization, dpop });
    assert.ok(decision.allowed);
    return decision;
  }
  const why = ({ signal }: Allowed): string | undefined =>
    signal.reason instanceof TokenEnded ? signal.reason.why : undefined;
  const asked = (): number => gateway.provider.questions.length;
  const inactive = (): void => {
    gateway.provider.answer = (response) => response.end('{"active":false}');
  };
  /** One question of the watch is answered when this resolves. */
  async function askedAgain(): Promise<void> {
    const before = asked();
    const { answer } = gateway.provider;
    const answered = new Promise<void>((resolve) => {
      gateway.provider.answer = (response, form) => {
        response.once('finish', resolve);
        answer(response, form);
      };
    });
    await time.pass(5000);
    await answered;
    gateway.provider.answer = answer;
    assert.equal(asked(), before + 1);
  }

  it('ends with the feed’s word, and without a question', async () => {
    await startWithFeed();
    const [one, two] = [await allowed(), await allowed()];
    assert.deepEqual([one.signal.aborted, two.signal.aborted], [false, false]);
    two.end();
    const before = asked();
    feed.revoked('sub', 'somebody else').revoked('sub', 'person').say('lost');
    await notices.next('feed_lost');
    assert.deepEqual([why(one), two.signal.aborted, asked()], ['revoked', false, before]);
  });

  it('ends at once when the word came before anybody looked', async () => {
    await startWithFeed();
    const answer = await allowed();
    feed.revoked('key', gateway.key.jkt).say('lost');
    await notices.next('feed_lost');
    assert.equal(answer.signal.aborted, true);
  });

  it('ends within five seconds and a question where there is no feed', async () => {
    await start();
    const answer = await allowed();
    assert.equal(answer.signal.aborted, false);
    await askedAgain();
    assert.equal(answer.signal.aborted, false);
    inactive();
    await Promise.all([once(answer.signal, 'abort'), time.pass(5000)]);
    assert.equal(why(answer), 'revoked');
  });

  it('ends so, too, while the feed is lost, and when it comes back and says to forget', async () => {
    await startWithFeed();
    const answer = await allowed();
    assert.equal(answer.signal.aborted, false);
    feed.cut();
    await notices.next('feed_lost');
    inactive();
    await Promise.all([once(answer.signal, 'abort'), time.pass(1000)]);
    assert.equal(why(answer), 'revoked');
  });

  it('ends after 15 seconds in which nobody could say whether its token lives', async () => {
    await start();
    const answer = await allowed();
    assert.equal(answer.signal.aborted, false);
    gateway.provider.answer = (response) => response.writeHead(503).end();
    for (const _ of [5, 10, 15]) await askedAgain();
    assert.equal(answer.signal.aborted, false);
    await Promise.all([once(answer.signal, 'abort'), time.pass(5000)]);
    assert.equal(why(answer), 'unconfirmed');
  });

  it('may outlive its token: by a minute where nobody can be asked about it, for as long as the feed is heard', async () => {
    await start();
    const unheard = await allowed();
    assert.equal(unheard.signal.aborted, false);
    gateway.clock.advance(299);
    const before = asked();
    await time.pass(60_000);
    assert.deepEqual([unheard.signal.aborted, asked()], [false, before]);
    await time.pass(5000);
    assert.equal(why(unheard), 'expired');

    await startWithFeed();
    const heard = await allowed();
    assert.equal(heard.signal.aborted, false);
    gateway.clock.advance(600);
    for (let second = 0; second < 90; second += 1) {
      feed.say('lost').say('alive');
      await notices.next('feed_heard');
      await time.pass(1000);
    }
    assert.equal(heard.signal.aborted, false);
    feed.revoked('client', 'app').say('lost');
    await notices.next('feed_lost');
    assert.equal(why(heard), 'revoked');
  });

  it('is watched for an hour at most, whoever forgot to say that it had ended', async () => {
    await start({ streams: { recheckSeconds: 600, longestSeconds: 3600, unconfirmedSeconds: 1e6 } });
    gateway.introspectsAs({ exp: gateway.clock.now() / 1000 + 1e6 });
    const answer = await allowed();
    assert.equal(answer.signal.aborted, false);
    await time.pass(3_600_000);
    assert.equal(answer.signal.aborted, false);
    await time.pass(600_000);
    assert.equal(why(answer), 'too_long');
  });
});
