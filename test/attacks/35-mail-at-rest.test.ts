import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { Letter } from '../../src/mail/letter.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { startMailbox, type Mailbox } from '../support/mailbox.js';
import { findSecrets } from '../support/secret-search.js';
import { migratedStorage, type TestDatabase } from '../support/test-database.js';

/*
 * Law 7 for mails: what waits for a mail server holds codes, undo links and who people are. A thief of the database or of
 * the log gets none of them, also where the server refuses the mail and repeats its recipient.
 */
describe('threat 35: mails that wait', () => {
  let database: TestDatabase;
  let mailbox: Mailbox;
  let holdfast: Holdfast;
  const code = 'QX7K-M2PD-9WTB';
  const undoPath = '/recovery/undo/Zm9yLW5vYm9keS1lbHNl';
  const to = 'grace.hopper@navy.example';
  const secrets = [
    { name: 'code', value: code },
    { name: 'undo link', value: undoPath.slice(15) },
    { name: 'address', value: to },
  ];
  before(async function () {
    this.timeout(60_000);
    database = await migratedStorage('PostgreSQL');
    mailbox = await startMailbox();
    mailbox.refusal = { at: 'RCPT TO', code: 451 };
    holdfast = await startHoldfast({}, { mailbox, storage: database.storage });
    const letters: Letter[] = [
      { to, locale: 'en', kind: 'sign_up_code', values: { code, minutes: 10 } },
      { to, locale: 'en', kind: 'you_are_back', values: { undoPath, paidTiersFrom: 0, codesLeft: 7 } },
    ];
    for (const letter of letters) await holdfast.app.mailer.send(letter);
    for (let waited = 0; waited < 5000 && !holdfast.log.join('').includes('not be delivered'); waited += 20) {
      await wait(20);
    }
  });
  after(async () => {
    await holdfast.close();
    await mailbox.close();
    await database.storage.close();
  });

  it('are sealed in the database', async () => {
    const rows = await database.sql<{ text: string }>('SELECT m::text AS text FROM mail m');
    assert.equal(rows.length, 2);
    const text = rows.map((row) => row.text).join('\n');
    assert.deepEqual(findSecrets(secrets, [{ name: 'table mail', text }]), []);
  });

  it('are told in the log by their id and kind alone', () => {
    const text = holdfast.log.join('');
    assert.match(text, /"kind":"sign_up_code".*"failure":"EENVELOPE 451"/);
    assert.deepEqual(findSecrets(secrets, [{ name: 'log', text }]), []);
    assert.equal(findSecrets(secrets, [{ name: 'planted', text: `${code} ${to}` }]).length, 2);
  });
});
