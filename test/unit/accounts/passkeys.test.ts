import assert from 'node:assert/strict';
import type { AccountId } from '../../../src/accounts/account.js';
import { authenticatorKind, authenticatorName } from '../../../src/accounts/authenticator.js';
import type { Confirmation } from '../../../src/accounts/confirmation.js';
import { newPasskey } from '../../../src/accounts/new-passkey.js';
import { PasskeyDesk, refusalOf, valueOf } from '../../support/passkey-desk.js';

const unknownAaguid = '00000000-0000-0000-0000-000000000000';
const bitwarden = 'd548826e-79b4-db40-a3d8-11116f7e8349';
const windowsHello = '08987058-cadc-4b81-b6e1-30de50dcbe96';

describe('the passkeys of a person', () => {
  const settled = async () => {
    const desk = new PasskeyDesk();
    const authenticator = desk.authenticator();
    const { accountId } = await desk.register(authenticator);
    const credentialId = authenticator.passkeys[0]?.credentialId.toString('base64url') ?? '';
    return { desk, accountId, credentialId };
  };

  it('are listed without anything that opens something', async () => {
    const { desk, accountId, credentialId } = await settled();
    const at = new Date(desk.clock.now());
    assert.deepEqual(await desk.passkeys.list(accountId), [
      {
        id: credentialId,
        name: 'Passkey',
        kind: 'platform',
        authenticator: undefined,
        synced: false,
        createdAt: at,
        lastUsedAt: at,
        heldUntil: undefined,
        suspect: false,
      },
    ]);
  });

  it('are named by their authenticator, and told apart by a number', () => {
    const name = (aaguid: string, otherNames: string[]) =>
      newPasskey(
        {
          credentialId: Buffer.alloc(1),
          publicKey: Buffer.alloc(1),
          algorithm: -7,
          signCount: 0,
          backupEligible: true,
          backedUp: true,
          attested: false,
          aaguid,
          transports: [],
        },
        {
          accountId: 'acc' as AccountId,
          madeBy: 'confirmed',
          createdAt: new Date(0),
          stepUpFrom: undefined,
          otherNames,
        },
      ).name;
    assert.equal(name(bitwarden, []), 'Bitwarden');
    assert.equal(name(bitwarden, ['Bitwarden']), 'Bitwarden 2');
    assert.equal(name(bitwarden, ['Bitwarden', 'Bitwarden 2', 'Passkey']), 'Bitwarden 3');
    assert.equal(name(unknownAaguid, ['Bitwarden']), 'Passkey');
  });

  it('have an icon by what keeps them, as far as that is known', () => {
    const kind = (aaguid: string, backupEligible: boolean, transports: string[]) =>
      authenticatorKind({ aaguid, backupEligible, transports });
    assert.equal(kind(bitwarden, true, ['internal']), 'password_manager');
    assert.equal(kind(windowsHello, false, ['internal']), 'platform');
    assert.equal(kind(unknownAaguid, true, ['internal', 'hybrid']), 'password_manager');
    assert.equal(kind(unknownAaguid, false, ['usb', 'nfc']), 'security_key');
    assert.equal(kind(unknownAaguid, false, []), 'platform');
  });

  it('have no name by what objects have by themselves', () => {
    for (const aaguid of ['constructor', '__proto__', 'toString', ''])
      assert.equal(authenticatorName(aaguid), undefined);
  });

  it('take any name that can be read', async () => {
    const { desk, accountId, credentialId } = await settled();
    const rename = (name: unknown) => desk.passkeys.rename({ accountId, credentialId }, name);
    assert.equal(valueOf(await rename('  手提電腦 ')), '手提電腦');
    for (const bad of ['', '   ', 'x'.repeat(61), 'a\u0000b', 'a\u202Eb', undefined, {}, 7]) {
      assert.match(refusalOf(await rename(bad)), /^passkey_name_invalid/);
    }
    assert.equal((await desk.passkeys.list(accountId))[0]?.name, '手提電腦');
    assert.deepEqual(desk.passkeyNews, ['passkey_renamed']);
  });

  it('are renamed and removed by their owner alone', async () => {
    const { desk, credentialId } = await settled();
    const { accountId } = await desk.register(desk.authenticator());
    const hers = { accountId, credentialId };
    assert.match(refusalOf(await desk.passkeys.rename(hers, 'mine')), /^passkey_gone/);
    const confirmation = confirmed(accountId, credentialId);
    assert.match(refusalOf(await desk.passkeys.remove(hers, confirmation)), /^passkey_gone/);
  });

  it('go with a mail, and are signalled no longer', async () => {
    const { desk, accountId, credentialId } = await settled();
    await desk.stores.verifyEmail(accountId, 'ada@example.org');
    const [first] = await desk.stores.passkeys.listOf(accountId);
    assert.ok(first);
    const other = Buffer.from('another one');
    await desk.stores.passkeys.insert({ ...first, credentialId: other });
    const removed = await desk.passkeys.remove(
      { accountId, credentialId },
      confirmed(accountId, credentialId),
    );
    valueOf(removed);
    assert.deepEqual(
      desk.letters.map(({ kind, to }) => [kind, to]),
      [['passkey_removed', 'ada@example.org']],
    );
    assert.deepEqual(await desk.passkeys.signals(accountId), {
      rpId: 'id.example',
      userId: Buffer.from(accountId).toString('base64url'),
      allAcceptedCredentialIds: [other.toString('base64url')],
      name: 'ada@example.org',
      displayName: 'Ada',
    });
  });

  it('are never all removed', async () => {
    const { desk, accountId, credentialId } = await settled();
    const removed = await desk.passkeys.remove(
      { accountId, credentialId },
      confirmed(accountId, credentialId),
    );
    assert.match(refusalOf(removed), /^passkey_last/);
    assert.deepEqual(desk.passkeyNews, []);
  });
});

/** What ConfirmationService would give. */
function confirmed(accountId: AccountId, target: string): Confirmation {
  return { accountId, sessionUid: 's', action: 'remove_passkey', target } as Confirmation;
}
