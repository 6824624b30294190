import assert from 'node:assert/strict';
import type { AccountId } from '../../src/accounts/account.js';
import { AnswerCache } from '../../src/resource/answer-cache.js';
import type { IntrospectionFinding } from '../../src/resource/introspection-store.js';
import { sharedStorage, startHoldfast, type Holdfast } from '../support/harness.js';
import { introspect, revoke, signIn } from '../support/login.js';
import { manualClock } from '../support/manual-clock.js';
import { unique } from '../support/records.js';

/** Whoever holds a token that was revoked, while its answer is kept in memory. */
describe('threat 32: kept answers', () => {
  let holdfast: Holdfast;
  let asked = 0;
  before(async () => {
    const storage = await sharedStorage();
    const introspections: typeof storage.introspections = (options) => {
      const store = storage.introspections(options);
      return {
        ask: (question) => {
          asked += 1;
          return store.ask(question);
        },
        revokedSince: (...since) => store.revokedSince(...since),
      };
    };
    holdfast = await startHoldfast(
      { introspection: { kept_answers: 100 } },
      { storage: { ...storage, introspections } },
    );
  });
  afterEach(() => holdfast.clock.reset());
  after(() => holdfast.close());

  const isActive = async (token: string, as = 'rs-a') =>
    (await introspect(holdfast.issuer, token, as)).body['active'];

  /** A login whose answer is kept: it has just been given without the joins. */
  const kept = async () => {
    const login = await signIn({ issuer: holdfast.issuer, login: unique('person') });
    const before = asked;
    assert.deepEqual([await isActive(login.accessToken), await isActive(login.accessToken)], [true, true]);
    assert.equal(asked, before + 1);
    return login;
  };

  it('end with whatever they hang on, before the revocation is answered', async () => {
    const { storage, clock, issuer } = holdfast;
    const at = new Date(clock.now());
    const levels: Record<
      string,
      (login: Awaited<ReturnType<typeof kept>>, accountId: string) => Promise<unknown>
    > = {
      token: (login) => revoke(issuer, login.accessToken),
      grant: (login) => revoke(issuer, login.refreshToken),
      device: async (_login, accountId) => {
        for (const { id } of await storage.devices.listOf(accountId as AccountId))
          await storage.devices.revoke(id);
      },
      key: ({ device }) => storage.revokedKeys.revoke(device.key.jkt, at),
      account: (_login, accountId) => storage.accounts.revoke(accountId as AccountId),
      disabled: (_login, accountId) => storage.accounts.disable(accountId as AccountId, at),
      everything: () => storage.epochs.begin(undefined, at),
    };
    for (const [level, end] of Object.entries(levels)) {
      const login = await kept();
      const other = await kept();
      const { sub } = (await introspect(issuer, login.accessToken)).body;
      await end(login, String(sub));
      assert.equal(await isActive(login.accessToken), false, level);
      assert.equal(await isActive(other.accessToken), level !== 'everything', level);
    }
  });

  it('end with their token', async () => {
    const { accessToken } = await kept();
    holdfast.clock.advance(301);
    assert.equal(await isActive(accessToken), false);
  });

  it('are told to nobody but the resource server that may know them (threat 24)', async () => {
    const { accessToken } = await kept();
    assert.equal(await isActive(accessToken, 'rs-b'), false);
    assert.equal(await isActive(accessToken), true);
  });

  it('are never older than what was applied already, and never more than may be (threat 30)', () => {
    const { answers, keep } = memory();
    assert.equal(keep('first', 5), '{}');
    const callerVersions = new Map<string, string>();
    answers.apply({
      since: 5,
      sequence: 7,
      feed,
      revoked: [
        ['grant', 'grant'],
        ['grant', 'another'],
      ],
      callerVersions,
    });
    assert.equal(answers.size, 0);
    // It was read before the two revocations, and came after them.
    assert.equal(keep('late', 6), undefined);
    for (const name of ['a', 'b', 'c']) assert.equal(keep(name, 7), '{}');
    assert.equal(answers.size, 2);
    // Too much was revoked to be told one by one.
    answers.apply({ since: 7, sequence: 5000, feed, revoked: undefined, callerVersions });
    assert.equal(answers.size, 0);
  });

  it('end with the log that told of them: a restored backup may count just as far', () => {
    const { answers, keep } = memory();
    const none = { since: 5, sequence: 5, revoked: [], callerVersions: new Map<string, string>() };
    assert.equal(keep('before', 5), '{}');
    answers.apply({ ...none, feed });
    assert.equal(answers.size, 1);
    answers.apply({ ...none, feed: 'restored' });
    assert.equal(answers.size, 0);
    // And with one that is read first.
    assert.equal(keep('after', 5, 'restored'), '{}');
    assert.equal(keep('again', 4, 'restored again'), '{}');
    assert.equal(answers.size, 1);
    // What begins behind the place that was taken up does not tell all.
    answers.apply({ ...none, sequence: 6, feed: 'restored again' });
    assert.equal(answers.size, 0);
  });
});

const feed = 'feed';

/** A cache, and answers that were read after so many revocations. */
function memory() {
  const answers = new AnswerCache({ clock: manualClock(), capacity: 2 });
  const finding = (sequence: number, of: string): IntrospectionFinding => ({
    token: {
      clientId: 'app',
      clientSource: 'config',
      accountId: 'acc',
      jkt: 'key',
      certificate: undefined,
      scope: undefined,
      audience: undefined,
      acr: undefined,
      amr: undefined,
      authTime: undefined,
      issuedAt: 0,
      expiresAt: Number.MAX_SAFE_INTEGER,
      alive: true,
    },
    detailed: false,
    family: { grantId: 'grant', sessionUid: undefined, deviceId: undefined, ownEnd: true },
    callerVersion: undefined,
    sequence,
    feed: of,
  });
  return {
    answers,
    keep: (name: string, sequence: number, of = feed) => {
      const digest = Buffer.from(name);
      const key = answers.key('rs', digest);
      answers.keep(key, '{}', digest, finding(sequence, of));
      return answers.get(key);
    },
  };
}
