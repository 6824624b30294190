import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { SealedLetter } from '../../src/mail/outbox-store.js';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce } from '../support/parallel.js';

for (const [what, table] of [
  ['mails', 'outbox'],
  ['notices', 'noticeOutbox'],
] as const) {
  onEveryDatabase(`the outbox of ${what}`, (database) => {
    const outbox = () => database.storage[table];
    const at = (seconds: number) => new Date(database.clock.now() + seconds * 1000);
    const claim = (own: readonly string[] = []) =>
      outbox().claim({ own, now: at(0), until: at(120), limit: 100 });
    const put = async (due = 2) => {
      const letter: SealedLetter = {
        id: randomUUID(),
        sealed: 'sealed',
        createdAt: at(0),
        giveUpAt: at(86_400),
      };
      await outbox().put(letter, at(due), () => {});
      return letter;
    };
    const ids = (letters: readonly { readonly id: string }[]) => letters.map(({ id }) => id);

    afterEach(async () => {
      for (const letter of await outbox().claim({ own: [], now: at(1e6), until: at(2e6), limit: 1000 })) {
        await outbox().remove(letter.id);
      }
    });

    it('gives a letter as it was put to its own node at once, and to others when it is due', async () => {
      const letter = await put();
      assert.deepEqual(await claim(), []);
      assert.deepEqual(await claim([letter.id]), [{ ...letter, attempts: 1 }]);
      const other = await put();
      database.clock.advance(2);
      assert.deepEqual(await claim(), [{ ...other, attempts: 1 }]);
    });

    it('gives each letter to one of 40 at once', async () => {
      const letters = await atOnce(20, () => put(0));
      const claims = await atOnce(40, () => claim(ids(letters)));
      assert.deepEqual(ids(claims.flat()).toSorted(), ids(letters).toSorted());
    });

    it('gives it again when whoever had it does not come back', async () => {
      const letter = await put(0);
      await claim();
      database.clock.advance(119);
      assert.deepEqual(await claim([letter.id]), []);
      database.clock.advance(1);
      assert.deepEqual(await claim(), [{ ...letter, attempts: 2 }]);
    });

    it('gives it again when it was put off, but not by one whose claim is over', async () => {
      const letter = await put(0);
      const [first] = await claim();
      assert.ok(first);
      database.clock.advance(120);
      const [second] = await claim();
      assert.ok(second);
      await outbox().postpone(first, at(0));
      assert.deepEqual(await claim(), []);
      await outbox().postpone(second, at(10));
      database.clock.advance(10);
      assert.deepEqual(ids(await claim()), [letter.id]);
    });

    it('forgets what was delivered', async () => {
      const letter = await put(0);
      await outbox().remove(letter.id);
      assert.deepEqual(await claim(), []);
    });

    it('holds nothing of a transaction that was rolled back, and tells nobody', async () => {
      const told: string[] = [];
      const inside = (fail: boolean) =>
        database.storage.transaction.run(async () => {
          await outbox().put(
            { id: randomUUID(), sealed: 's', createdAt: at(0), giveUpAt: at(60) },
            at(0),
            () => void told.push(`fail ${fail}`),
          );
          assert.deepEqual(told, []);
          if (fail) throw new Error('rolled back');
        });
      await assert.rejects(inside(true), /rolled back/);
      assert.deepEqual([told, await claim()], [[], []]);
      await inside(false);
      assert.deepEqual(told, ['fail false']);
      assert.equal((await claim()).length, 1);
    });
  });
}
