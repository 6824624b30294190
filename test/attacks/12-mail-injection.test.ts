import assert from 'node:assert/strict';
import type { Letter } from '../../src/mail/letter.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { startMailbox, type Mailbox } from '../support/mailbox.js';

/*
 * Threat 12, in mails: whatever somebody may choose (an address, a passkey's name, an app's name) ends no header, adds no
 * recipient, and writes no link or markup into a mail that we sign with our name.
 */
describe('threat 12: a mail says what we say and goes where we send it', () => {
  let mailbox: Mailbox;
  let holdfast: Holdfast;
  before(async () => {
    mailbox = await startMailbox();
    holdfast = await startHoldfast({ brand: { name: 'Bank\r\nBcc: eve' } }, { mailbox });
  });
  after(async () => {
    await holdfast.close();
    await mailbox.close();
  });

  const send = (letter: Letter) => holdfast.app.mailer.send(letter);
  const added = (passkey: string, to: string): Letter => ({
    to,
    kind: 'passkey_added',
    locale: 'en',
    values: { passkey },
  });

  const addresses = {
    'a header': 'ada@example.com\r\nBcc: eve@evil.example',
    'a bare line feed': 'ada@example.com\nBcc: eve@evil.example',
    'a second recipient': 'ada@example.com,eve@evil.example',
    'a list in a name': 'Ada <ada@example.com>, Eve <eve@evil.example>',
    'a group': 'friends:eve@evil.example;',
    'a quoted part': '"eve@evil.example>\r\nDATA"@example.com',
    'an SMTP command': 'ada@example.com>\r\nRCPT TO:<eve@evil.example',
    'a source route': '@evil.example:ada@example.com',
    'a line separator': 'ada@example.com\u2028eve@evil.example',
    'a zero byte': 'ada@example.com\0.evil.example',
  };
  for (const [what, to] of Object.entries(addresses)) {
    it(`sends nothing to an address with ${what} in it`, async () => {
      await assert.rejects(send({ to, kind: 'test', locale: 'en', values: {} }), TypeError);
    });
  }

  it('lets no name end the header it stands in', async () => {
    await send(added('Key\r\nBcc: eve@evil.example\r\n\r\n<h1>', 'header@example.com'));
    const mail = await mailbox.waitFor('header@example.com', 'passkey_added');
    assert.deepEqual([...mail.headers.keys()].toSorted(), [
      'auto-submitted',
      'content-language',
      'content-type',
      'date',
      'from',
      'message-id',
      'mime-version',
      'subject',
      'to',
      'x-holdfast-mail',
    ]);
    assert.equal(mail.headers.get('from'), '"Bank Bcc: eve" <login@holdfast.test>');
    assert.deepEqual(new Set(mailbox.recipients), new Set(['header@example.com']));
  });

  it('lets no name bring markup or a line of its own', async () => {
    await send(added('</p><img src=x onerror=alert(1)>\n\nYour account is closed', 'markup@example.com'));
    const mail = await mailbox.waitFor('markup@example.com', 'passkey_added');
    assert.doesNotMatch(mail.html, /<img|<script/);
    assert.match(mail.html, /&#60;img/);
    assert.ok(mail.text.split('\n').some((line) => /“.*Your account is closed”/.test(line)));
  });

  for (const name of [
    'https://evil.example/login',
    'www.evil.example',
    'evil.example/login',
    'help@evil.example',
    'http://evil.example\u202Etxt.',
  ]) {
    it(`gives a mail program nothing to make a link of: ${name}`, async () => {
      await send(added(name, 'link@example.com'));
      const mail = await mailbox.waitFor('link@example.com', 'passkey_added');
      const words = (mail.text + mail.html).replaceAll(holdfast.issuer, '').split(/[\s“”"<>]+/);
      assert.deepEqual(
        words.filter((word) => /\w[.@]\w+|:\/\//.test(word) && /evil/.test(word)),
        [],
      );
      assert.deepEqual(
        [...mail.html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href),
        [`${holdfast.issuer}/account`],
      );
    });
  }

  for (const [index, undoPath] of [
    'https://evil.example/',
    '//evil.example/undo',
    '/\\evil.example/undo',
    'undo',
    'javascript:alert(1)',
  ].entries()) {
    it(`sends no mail with a link to ${undoPath}`, async () => {
      const to = `undo${index}@example.com`;
      await send({
        to,
        kind: 'you_are_back',
        locale: 'en',
        values: { undoPath, paidTiersFrom: 0, codesLeft: 7 },
      });
      await send({ to, kind: 'test', locale: 'en', values: {} });
      await mailbox.waitFor(to, 'test');
      const kinds = (await mailbox.received()).filter((mail) => mail.to === to).map(({ kind }) => kind);
      assert.deepEqual(kinds, ['test']);
    });
  }
});
