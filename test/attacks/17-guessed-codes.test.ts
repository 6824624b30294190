import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Asker, AttemptKind } from '../../src/accounts/attempt-limits.js';
import { newAccountId } from '../../src/accounts/account-id.js';
import { newAccount } from '../../src/accounts/account.js';
import { createAttemptLimits } from '../../src/accounts/attempt-service.js';
import { browserMemory, KnownBrowserService } from '../../src/accounts/known-browser-service.js';
import { configSchema } from '../../src/config/schema.js';
import { systemRandom } from '../../src/lib/random.js';
import { atOnce } from '../support/parallel.js';
import { anotherNode, migratedStorage, type TestDatabase } from '../support/test-database.js';

/*
 * NIST SP 800-63B-4 §3.2.2: failed tries are limited, also spread over nodes, networks and accounts. And nobody's guesses
 * lock the owner out: another network and a browser that her account knows go on as if nothing had happened.
 */
describe('threat 17: guessing codes', () => {
  let one: TestDatabase;
  let two: TestDatabase;
  before(async function () {
    this.timeout(60_000);
    one = await migratedStorage('PostgreSQL');
    two = await anotherNode(one);
  });
  after(async () => {
    for (const { storage } of [one, two]) await storage.close();
  });

  const limits = configSchema.parse({}).limits;
  const noted: string[] = [];
  const browsers = () =>
    new KnownBrowserService({
      knownBrowsers: one.storage.knownBrowsers,
      accounts: one.storage.accounts,
      key: Buffer.alloc(32, 2),
      random: systemRandom,
      clock: one.clock,
    });
  /** An account, and a browser that has signed in to it. */
  async function owner() {
    const id = newAccountId(systemRandom);
    const email = victim();
    await one.storage.accounts.insert({ ...newAccount(id, new Date(one.clock.now())), email });
    return { id, email, browser: await browsers().signedIn(id, undefined) };
  }
  const limitsOf = (node: number) =>
    createAttemptLimits({
      attempts: (node % 2 === 0 ? one : two).storage.attempts,
      limits,
      key: Buffer.alloc(32, 1),
      clock: one.clock,
      knownBrowsers: browsers(),
      events: {
        guessingSlowed: ({ kind }) => void noted.push(`slowed ${kind}`),
        mailWithheld: () => void noted.push('withheld'),
      },
    });
  const advance = (seconds: number) => one.clock.advance(seconds);
  let networks = 0;
  const stranger = (): Asker => {
    networks += 1;
    return { address: `10.${networks >> 16}.${(networks >> 8) & 255}.${networks & 255}` };
  };
  /** Seconds to wait; 0: the code is looked at. */
  const guess = async (subject: string, asker: Asker, node = 0, kind: AttemptKind = 'mail_code') =>
    (await limitsOf(node).take({ kind, subject, ...asker })) ?? 0;
  const guesses = async (count: number, subject: string, asker: Asker) => {
    const waits: number[] = [];
    for (let made = 0; made < count; made += 1) waits.push(await guess(subject, asker, made));
    return waits;
  };
  const victim = () => `${randomUUID()}@example.com`;

  it('lets 5 tries through, then each waits twice as long as the one before, up to the longest wait', async () => {
    const [subject, thief] = [victim(), stranger()];
    assert.deepEqual(await guesses(6, subject, thief), [0, 0, 0, 0, 0, 10]);
    for (const next of [20, 40, 80, 160, 320, 640, 900, 900]) {
      advance(next);
      assert.equal(await guess(subject, thief), 0);
      assert.equal(await guess(subject, thief), next);
    }
    assert.ok(noted.includes('slowed mail_code'));
  });

  it('lets 5 of 100 tries at once through, over two nodes', async () => {
    for (let round = 0; round < 10; round += 1) {
      const attempt = { kind: 'mail_code', subject: victim(), ...stranger() } as const;
      // Rows that are there already are the harder case: no insert makes the tries stand in line.
      await limitsOf(0).take(attempt);
      await limitsOf(0).succeeded(attempt);
      const waits = await atOnce(100, (index) => guess(attempt.subject, attempt, index));
      assert.equal(waits.filter((wait) => wait === 0).length, limits.code_tries);
    }
  });

  it('counts a whole /64 as one guesser', async () => {
    const subject = victim();
    const waits = await Promise.all(
      Array.from({ length: 20 }, (_, index) => guess(subject, { address: `2001:db8:7:7::${index + 1}` })),
    );
    assert.equal(waits.filter((wait) => wait === 0).length, limits.code_tries);
  });

  it('slows one network that tries a few codes at each of many accounts', async () => {
    const thief = stranger();
    const waits: number[] = [];
    for (let account = 0; account < 30; account += 1) waits.push(...(await guesses(2, victim(), thief)));
    assert.equal(waits.filter((wait) => wait === 0).length, limits.code_tries_per_network);
    assert.equal(await guess(victim(), stranger()), 0);
  });

  it('slows ten thousand networks at one account together', async () => {
    const subject = victim();
    const waits: number[] = [];
    for (let network = 0; network < 150; network += 1) waits.push(await guess(subject, stranger(), network));
    assert.equal(waits.filter((wait) => wait === 0).length, limits.code_tries_per_account);
  });

  it('a guesser slows down nobody else: not the owner in another network', async () => {
    const [subject, thief] = [victim(), stranger()];
    await guesses(20, subject, thief);
    assert.deepEqual(await guesses(5, subject, stranger()), [0, 0, 0, 0, 0]);
  });

  it('and not the owner’s known browser, whatever all strangers did, even from their network', async () => {
    const [her, thief] = [await owner(), stranger()];
    for (const subject of [her.id, her.email]) {
      await guesses(20, subject, thief);
      for (let network = 0; network < 120; network += 1) await guess(subject, stranger());
      assert.notEqual(await guess(subject, stranger()), 0);
      const asker = { ...thief, browser: her.browser };
      assert.deepEqual(await guesses(5, subject, asker), [0, 0, 0, 0, 0]);
      assert.notEqual(await guess(subject, asker), 0);
    }
  });

  it('a browser is known to its own account alone, by its own token, until everything is revoked', async () => {
    const [her, other] = [await owner(), await owner()];
    const known = (browser: string | undefined, subject: string = her.id) =>
      browsers().knows(subject, browser);
    assert.equal(await known(her.browser), true);
    for (const browser of [other.browser, undefined, '', 'x'.repeat(22), `${her.browser}x`]) {
      assert.equal(await known(browser), false, browser);
    }
    assert.equal(await browsers().signedIn(other.id, her.browser), her.browser);
    assert.deepEqual([await known(her.browser), await known(her.browser, other.email)], [true, true]);
    assert.notEqual(await browsers().signedIn(her.id, 'chosen by somebody'), 'chosen by somebody');
    await one.storage.accounts.revoke(her.id);
    assert.deepEqual([await known(her.browser), await known(her.browser, other.id)], [false, true]);
    await browsers().signedIn(her.id, her.browser);
    assert.equal(await known(her.browser), true);
    advance(browserMemory);
    assert.equal(await known(her.browser), false);
  });

  it('a right code clears what the owner herself mistyped', async () => {
    const [subject, owner] = [victim(), stranger()];
    await guesses(4, subject, owner);
    await limitsOf(0).succeeded({ kind: 'mail_code', subject, ...owner });
    assert.deepEqual(await guesses(6, subject, owner), [0, 0, 0, 0, 0, 10]);
  });

  it('a thief’s own right codes do not clear what his network earned elsewhere', async () => {
    const thief = stranger();
    const mine = victim();
    for (let account = 0; account < limits.code_tries_per_network - 1; account += 1) {
      await guess(victim(), thief);
    }
    for (let round = 0; round < 3; round += 1) {
      assert.equal(await guess(mine, thief), 0);
      await limitsOf(0).succeeded({ kind: 'mail_code', subject: mine, ...thief });
    }
    assert.equal(await guess(victim(), thief), 0);
    assert.notEqual(await guess(victim(), thief), 0);
  });

  it('codes by mail and recovery codes are counted apart', async () => {
    const [subject, asker] = [victim(), stranger()];
    await guesses(6, subject, asker);
    assert.equal(await guess(subject, asker, 0, 'recovery_code'), 0);
  });

  describe('mails that strangers have sent', () => {
    const mails = async (count: number, to: string, asker: () => Asker) => {
      let sent = 0;
      for (let asked = 0; asked < count; asked += 1) {
        if (await limitsOf(asked).takeMail(to, asker())) sent += 1;
      }
      return sent;
    };

    it('are 5 an hour to one address from one network, also when asked for at once', async () => {
      const [to, thief] = [victim(), stranger()];
      const sent = await atOnce(40, (index) => limitsOf(index).takeMail(to, thief));
      assert.equal(sent.filter(Boolean).length, 5);
      advance(3599);
      assert.equal(await mails(1, to, () => thief), 0);
      advance(1);
      assert.equal(await mails(9, to, () => thief), 5);
    });

    it('are 20 an hour to one address, however many networks ask', async () => {
      const { email: to, browser } = await owner();
      assert.equal(await mails(60, to, stranger), 20);
      assert.equal(await mails(9, to, () => ({ ...stranger(), browser })), 5);
    });

    it('are 100 an hour from one network, to whomever', async () => {
      const thief = stranger();
      const sent = await atOnce(130, (index) => limitsOf(index).takeMail(victim(), thief));
      assert.equal(sent.filter(Boolean).length, 100);
    });
  });

  it('keep no address in the database', async () => {
    const subject = victim();
    await guess(subject, { address: '192.0.2.77' });
    const rows = await one.sql<{ text: string }>('SELECT a::text AS text FROM attempt a');
    const all = rows.map(({ text }) => text).join('\n');
    for (const secret of [subject, '192.0.2.77']) {
      assert.ok(!all.includes(secret) && !all.includes(Buffer.from(secret).toString('hex')));
    }
  });
});
