import assert from 'node:assert/strict';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { startMailbox, type Mailbox } from '../support/mailbox.js';

describe('mails', () => {
  let mailbox: Mailbox;
  let holdfast: Holdfast;
  before(async () => {
    mailbox = await startMailbox();
    holdfast = await startHoldfast({ brand: { name: 'Ács & Söhne' } }, { mailbox });
  });
  after(async () => {
    await holdfast.close();
    await mailbox.close();
  });

  it('reach a real SMTP server at once, in plain text and HTML, marked as automatic', async () => {
    await holdfast.app.mailer.send({
      to: 'Ada@Example.com',
      kind: 'sign_up_code',
      locale: 'en',
      values: { code: '123456', minutes: 10 },
    });
    const mail = await mailbox.waitFor('Ada@Example.com', 'sign_up_code');
    assert.equal(mail.subject, 'Your code for Ács & Söhne');
    assert.equal(mail.headers.get('from'), 'Ács & Söhne <login@holdfast.test>');
    assert.equal(mail.headers.get('to'), 'Ada@example.com');
    assert.equal(mail.headers.get('auto-submitted'), 'auto-generated');
    assert.equal(mail.code, '123456');
    assert.match(mail.text, /good for 10 minutes/);
    assert.match(mail.html, /<strong>123456<\/strong>/);
    assert.doesNotMatch(mail.html, /src=|<img|<script|@import|url\(/);
    assert.equal(mail.link, undefined);
  });

  it('link to the issuer alone', async () => {
    await holdfast.app.mailer.send({
      to: 'ada@example.com',
      kind: 'you_are_back',
      locale: 'zh-Hant',
      values: {
        undoPath: '/recovery/undo/abc',
        paidTiersFrom: 1_763_820_000,
        codesLeft: 7,
        browser: 'Firefox on Windows',
      },
    });
    const mail = await mailbox.waitFor('ada@example.com', 'you_are_back');
    assert.equal(mail.link, `${holdfast.issuer}/recovery/undo/abc`);
    assert.equal(mail.headers.get('content-language'), 'zh-Hant');
    assert.match(mail.subject, /已找回/);
    assert.match(mail.text, /Windows 上的 Firefox/);
    assert.deepEqual([...mail.html.matchAll(/https?:\/\/[^"<\s]+/g)].map(String), [mail.link]);
  });

  it('that are withheld leave the outbox and go nowhere', async () => {
    const other = await startHoldfast({}, { mailbox });
    const letter = { locale: 'en', kind: 'sign_up_code', values: { code: '1', minutes: 10 } } as const;
    await other.app.mailer.send({ ...letter, to: 'nobody@example.com', withheld: true });
    await other.app.mailer.send({ ...letter, to: 'somebody@example.com' });
    await other.close();
    assert.ok(mailbox.recipients.includes('somebody@example.com'));
    assert.ok(!mailbox.recipients.includes('nobody@example.com'));
  });

  it('without a mail server are kept as files, and a server that closes delivers what it has first', async () => {
    const other = await startHoldfast();
    await other.app.mailer.send({ to: 'eve@example.com', kind: 'test', locale: 'en', values: {} });
    await other.close();
    const mail = await other.mails.waitFor('eve@example.com', 'test');
    assert.equal(mail.headers.get('from'), 'Holdfast <holdfast@localhost>');
    assert.match(mail.text, /This is a test/);
  });
});
