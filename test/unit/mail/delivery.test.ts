import assert from 'node:assert/strict';
import { isFinal, retryDelay } from '../../../src/mail/delivery-policy.js';
import type { ClaimedLetter, OutboxStore } from '../../../src/mail/outbox-store.js';
import { startPostman } from '../../../src/mail/postman.js';
import { manualClock } from '../../support/manual-clock.js';
import { fakeTransport, mailDesk } from '../../support/mail-desk.js';
import { deferred } from '../../support/parallel.js';

/** What the delivery needs of the outbox; the real one is tested on real databases. */
function memoryOutbox(): OutboxStore & { rows: Map<string, ClaimedLetter & { due: number }> } {
  const rows = new Map<string, ClaimedLetter & { due: number }>();
  return {
    rows,
    put: async (letter, due, committed) => {
      rows.set(letter.id, { ...letter, attempts: 0, due: due.getTime() });
      committed();
    },
    claim: async ({ own, now, until }) =>
      [...rows.values()]
        .filter(({ id, due, attempts }) => due <= now.getTime() || (own.includes(id) && attempts === 0))
        .map((row) => {
          const claimed = { ...row, attempts: row.attempts + 1, due: until.getTime() };
          rows.set(row.id, claimed);
          return claimed;
        }),
    remove: async (id) => void rows.delete(id),
    postpone: async ({ id }, due) => {
      const row = rows.get(id);
      if (row) rows.set(id, { ...row, due: due.getTime() });
    },
  };
}

const smtpError = (responseCode: number, command: string) =>
  Object.assign(new Error(`${responseCode} ada@example.com is refused`), { responseCode, command });

describe('delivering mails', () => {
  const setUp = () => {
    const clock = manualClock();
    const outbox = memoryOutbox();
    const transport = fakeTransport();
    const desk = mailDesk({ outbox, clock, transport });
    const send = (kind: 'test' | 'sign_up_code' = 'test') =>
      desk.mailer.send({
        to: 'ada@example.com',
        kind,
        locale: 'en',
        values: kind === 'test' ? {} : { code: '123456', minutes: 10 },
      });
    return { clock, outbox, transport, send, ...desk };
  };

  it('tries again after 10 s, then three times as long each time, an hour at most', () => {
    assert.deepEqual(
      [1, 2, 3, 4, 5, 6, 7, 50].map((attempts) => retryDelay(attempts) / 1000),
      [10, 30, 90, 270, 810, 2430, 3600, 3600],
    );
  });

  it('keeps a letter that was refused for now, and delivers it with the same id later', async () => {
    const { clock, outbox, transport, send, delivery, own, log } = setUp();
    await send();
    transport.failure = smtpError(451, 'RCPT TO');
    await delivery.deliverDue(own);
    assert.equal(outbox.rows.size, 1);
    assert.doesNotMatch(JSON.stringify(log), /ada|example/);
    transport.failure = undefined;
    clock.advance(9);
    await delivery.deliverDue([]);
    assert.equal(transport.taken.length, 0);
    clock.advance(1);
    await delivery.deliverDue([]);
    assert.deepEqual(
      transport.taken.map(({ id }) => id),
      own,
    );
    assert.equal(outbox.rows.size, 0);
  });

  it('gives up after a day, a code when it has run out, and says so without the address', async () => {
    for (const [kind, seconds] of [
      ['test', 86_400],
      ['sign_up_code', 600],
    ] as const) {
      const { clock, outbox, transport, send, delivery, own, events } = setUp();
      await send(kind);
      transport.failure = smtpError(451, 'RCPT TO');
      await delivery.deliverDue(own);
      for (let waited = 0; waited < seconds; waited += 600) {
        clock.advance(600);
        await delivery.deliverDue([]);
      }
      assert.equal(outbox.rows.size, 0);
      assert.equal(events.length, 1);
      assert.match(events[0] ?? '', new RegExp(`^given up: ${kind}`));
      assert.doesNotMatch(String(events), /ada|example/);
    }
  });

  it('gives up at once when the server refuses the recipient or the text for good, not our login', async () => {
    assert.ok(isFinal(smtpError(550, 'RCPT TO')) && isFinal(smtpError(554, 'DATA')));
    for (const error of [smtpError(535, 'AUTH'), smtpError(550, 'MAIL FROM'), smtpError(451, 'DATA')]) {
      assert.ok(!isFinal(error), error.message);
    }
    const { outbox, transport, send, delivery, own, events } = setUp();
    await send();
    transport.failure = smtpError(550, 'RCPT TO');
    await delivery.deliverDue(own);
    assert.equal(outbox.rows.size, 0);
    assert.equal(events.length, 1);
  });

  it('does not take a letter for undelivered because the database was away right after', async () => {
    const { outbox, transport, send, delivery, own, log } = setUp();
    await send();
    outbox.remove = () => Promise.reject(new Error('the database is away'));
    await assert.rejects(delivery.deliverDue(own), /the database is away/);
    assert.equal(transport.taken.length, 1);
    assert.deepEqual(log, []);
  });

  it('throws away what was sealed with another key, and says so', async () => {
    const { clock, outbox, transport, send, own } = setUp();
    await send();
    const other = mailDesk({ outbox, clock, transport, key: Buffer.alloc(32, 9) });
    await other.delivery.deliverDue(own);
    assert.deepEqual(other.events, ['given up: undefined sealed with another key']);
    assert.equal(outbox.rows.size + transport.taken.length, 0);
  });
});

describe('the postman', () => {
  const quiet = { warn: () => {} };

  it('goes at once for a letter that is put, also for one that is put while he is away', async () => {
    const rounds: string[][] = [];
    const first = deferred<number>();
    const postman = startPostman(
      {
        deliverDue: async (own) => {
          rounds.push([...own]);
          return rounds.length === 1 ? first.promise : 0;
        },
      },
      quiet,
    );
    postman.committed('one');
    postman.committed('two');
    first.resolve(1);
    await postman.close(1000);
    assert.deepEqual(rounds, [['one'], ['two']]);
  });

  it('goes by himself for letters that wait for another try', async () => {
    let rounds = 0;
    const third = deferred<void>();
    const deliverDue = async () => {
      rounds += 1;
      if (rounds === 3) third.resolve();
      return 0;
    };
    const postman = startPostman({ deliverDue }, quiet, 5);
    await third.promise;
    await postman.close(1000);
  });

  it('goes on when the database was away', async () => {
    const failures = [new Error('away')];
    let walks = 0;
    const postman = startPostman(
      {
        deliverDue: async () => {
          walks += 1;
          const failure = failures.pop();
          if (failure) throw failure;
          return 0;
        },
      },
      quiet,
    );
    await postman.round();
    await postman.round();
    await postman.close(1000);
    assert.ok(walks >= 2);
  });

  it('does not wait for ever for a server that hangs', async () => {
    const postman = startPostman({ deliverDue: () => new Promise(() => {}) }, quiet);
    postman.committed('one');
    const begun = performance.now();
    await postman.close(50);
    assert.ok(performance.now() - begun < 2000);
  });
});
