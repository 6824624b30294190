import assert from 'node:assert/strict';
import type { AccountId } from '../../src/accounts/account.js';
import { AnswerCache } from '../../src/resource/answer-cache.js';
import type { IntrospectionFinding } from '../../src/resource/introspection-store.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { introspect, revoke, signIn } from '../support/login.js';
import { manualClock } from '../support/manual-clock.js';
import { unique } from '../support/records.js';
import { migratedStorage, type TestDatabase } from '../support/test-database.js';

/** Whoever holds a token that was revoked, while its answer is kept in memory. */
describe('threat 32: kept answers', () => {
  let holdfast: Holdfast;
  let database: TestDatabase;
  let asked = 0;
  before(async () => {
    database = await migratedStorage('PGlite');
    const { storage } = database;
    const introspections: typeof storage.introspections = (options) => {
      const store = storage.introspections(options);
      return {
        ...store,
        ask: (question) => {
          asked += 1;
          return store.ask(question);
        },
      };
    };
    holdfast = await startHoldfast(
      { introspection: { kept_answers: 100 } },
      { storage: { ...storage, introspections } },
    );
  });
  afterEach(() => holdfast.clock.reset());
  after(async () => {
    await holdfast.close();
    await database.storage.close();
  });

  const isActive = async (token: string, as = 'rs-a') =>
    (await introspect(holdfast.issuer, token, as)).body['active'];

  /** A login whose answer is kept: it has just been given without the joins. */
  const kept = async (scope = 'openid offline_access model:call') => {
    const login = await signIn({ issuer: holdfast.issuer, login: unique('person'), scope });
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
          await storage.devices.revoke(id, at);
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

  it('end with what was ended by hand, which moves no generation', async () => {
    const ends = {
      grant: 'UPDATE "grant" SET revoked_at = now() WHERE account_id = $1',
      'earlier grant': 'UPDATE "grant" SET expires_at = 1 WHERE account_id = $1',
      session: 'UPDATE session SET ended_at = now() WHERE account_id = $1',
      'earlier session': 'UPDATE session SET expires_at = 1 WHERE account_id = $1',
      account: 'UPDATE account SET disabled_at = now() WHERE id = $1',
      token: 'DELETE FROM access_token WHERE account_id = $1',
    };
    for (const [what, text] of Object.entries(ends)) {
      const login = await kept('openid model:call');
      const { sub } = (await introspect(holdfast.issuer, login.accessToken)).body;
      await database.sql(text, [sub]);
      assert.equal(await isActive(login.accessToken), false, what);
    }
  });

  it('follow their row, whoever changes it', async () => {
    const login = await kept('openid model:call');
    const { sub } = (await introspect(holdfast.issuer, login.accessToken)).body;
    await database.sql("UPDATE access_token SET scope = 'openid' WHERE account_id = $1", [sub]);
    assert.equal((await introspect(holdfast.issuer, login.accessToken)).body['scope'], 'openid');
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
    answers.apply({
      since: 5,
      sequence: 7,
      feed,
      revoked: [
        ['grant', 'grant'],
        ['grant', 'another'],
      ],
    });
    assert.equal(answers.get(answers.key('rs', 'first')), undefined);
    // It was read before the two revocations, and came after them.
    assert.equal(keep('late', 6), undefined);
    for (const name of ['a', 'b', 'c']) assert.equal(keep(name, 7), '{}');
    assert.equal(answers.size, 2);
    // Too much was revoked to be told one by one.
    answers.apply({ since: 7, sequence: 5000, feed, revoked: undefined });
    assert.equal(answers.size, 0);
  });

  it('end with the log that told of them: a restored backup may count just as far', () => {
    const { answers, keep } = memory();
    const none = { since: 5, sequence: 5, revoked: [] };
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
    family: { grantId: 'grant', sessionUid: undefined, deviceId: undefined, ownEnd: true, version: '1' },
    callerVersion: undefined,
    sequence,
    feed: of,
  });
  return {
    answers,
    keep: (name: string, sequence: number, of = feed) => {
      const key = answers.key('rs', name);
      answers.keep(key, '{}', name, finding(sequence, of));
      return answers.get(key);
    },
  };
}
