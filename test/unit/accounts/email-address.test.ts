import assert from 'node:assert/strict';
import { foldedAddress, readEmailAddress } from '../../../src/accounts/email-address.js';
import { signalsOfMailAddress } from '../../../src/lib/mail-address-signals.js';

const read = (input: unknown) => {
  const result = readEmailAddress(input);
  return result.ok ? result.value : result.refusal.code;
};

describe('an e-mail address', () => {
  it('stays as it was typed, but for spaces around it', () => {
    assert.equal(read(' Ada.Lovelace+x@Example.COM '), 'Ada.Lovelace+x@Example.COM');
    assert.equal(read('ada@bücher.example'), 'ada@bücher.example');
    assert.equal(read(`${'a'.repeat(64)}@example.com`), `${'a'.repeat(64)}@example.com`);
  });

  const refused: Record<string, unknown> = {
    nothing: '',
    'no text': 7,
    'no domain': 'ada@',
    'two of them': 'ada@example.com,eve@example.com',
    'two @': 'ada@eve@example.com',
    'a header': 'ada@example.com\r\nBcc: eve@example.com',
    'a name before it': 'Ada <ada@example.com>',
    'a quoted part': '"a b"@example.com',
    'a zero byte': 'ada@example.com\0',
    'a host without a dot': 'ada@localhost',
    'an address of the network': 'ada@[127.0.0.1]',
    'a domain that is none': 'ada@exa mple.com',
    'letters of another script before the @': 'ad\u0430@example.com',
    'the Kelvin sign': '\u212Aelvin@example.com',
    'a dotless i': 'm\u0131ke@example.com',
    'more than 64 characters before the @': `${'a'.repeat(65)}@example.com`,
    'more than 254 characters': `a@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(60)}.${'f'.repeat(20)}.com`,
  };
  for (const [what, input] of Object.entries(refused)) {
    it(`is refused when it is ${what}`, () => assert.equal(read(input), 'profile_invalid'));
  }

  it('is the same in capitals, in another Unicode form and with its domain as DNS writes it', () => {
    assert.equal(foldedAddress('Ada@Example.COM'), 'ada@example.com');
    assert.equal(foldedAddress('ada@bu\u0308cher.example'), 'ada@xn--bcher-kva.example');
    assert.equal(foldedAddress('ada@B\u00dcCHER.example'), 'ada@xn--bcher-kva.example');
    assert.equal(foldedAddress('ada@xn--bcher-kva.example'), 'ada@xn--bcher-kva.example');
    assert.notEqual(foldedAddress('a.da@gmail.com'), foldedAddress('ada@gmail.com'));
  });
});

describe('the signals of an e-mail address', () => {
  const mailboxes: Record<string, string> = {
    'A.d.a+spam@GoogleMail.com': 'ada@gmail.com',
    'ada+1+2@outlook.com': 'ada@outlook.com',
    'a.da+x@example.com': 'a.da+x@example.com',
    '+x@gmail.com': '+x@gmail.com',
  };
  for (const [address, mailbox] of Object.entries(mailboxes)) {
    it(`tell the mailbox of ${address}`, async () =>
      assert.equal((await signalsOfMailAddress(address)).mailbox, mailbox));
  }

  it('tell a throw-away domain, also beneath it, and no honest one', async () => {
    const disposable = async (address: string) => (await signalsOfMailAddress(address)).disposable;
    assert.equal(await disposable('x@Mailinator.com'), true);
    assert.equal(await disposable('x@eu.mailinator.com'), true);
    for (const honest of ['gmail.com', 'example.com', 'my-mailinator.example', 'gov.uk', 'com']) {
      assert.equal(await disposable(`x@${honest}`), false, honest);
    }
  });
});
