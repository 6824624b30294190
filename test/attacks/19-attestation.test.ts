import assert from 'node:assert/strict';
import type { Lies } from '../../examples/support/software-authenticator.js';
import { readMetadataBlob } from '../../src/accounts/metadata-blob.js';
import { type LeafWish, Maker } from '../support/attestation.js';
import { PasskeyDesk, refusalOf, valueOf } from '../support/passkey-desk.js';

const phr = 'urn:holdfast:acr:phr';
const phrh = 'urn:holdfast:acr:phrh';

/*
 * Threats 16 and 19: `phrh` says that her key can't be copied, so an attestation must prove it, by the operator's metadata and
 * by nothing that the browser or a stranger's certificate says. What proves nothing is a passkey like any other.
 */
describe('a hardware key', () => {
  let maker: Maker;
  let stranger: Maker;
  before(async () => {
    [maker, stranger] = await Promise.all([Maker.create(), Maker.create()]);
  });

  const deskWith = async (entry: Record<string, unknown> = {}) => {
    const blob = await maker.blob(entry);
    return new PasskeyDesk(await readMetadataBlob(blob, maker.rootPem, new Date('2026-06-01')));
  };
  /** Signs up with what the authenticator says, and signs in; the strength of each. */
  const strengthsOf = async (desk: PasskeyDesk, lies: Lies, flags = {}) => {
    const authenticator = desk.authenticator(flags);
    const options = await desk.signUp.begin('sign-up', { displayName: 'Ada', email: undefined });
    assert.equal(options.attestation, 'direct');
    const made = valueOf(await desk.signUp.finish('sign-up', authenticator.register(options, lies)));
    const again = authenticator.assert(await desk.signIn.begin('sign-in'));
    const back = valueOf(await desk.signIn.finish('sign-in', again));
    assert.deepEqual([made.acr, made.amr], [back.acr, back.amr]);
    return { acr: back.acr, amr: back.amr };
  };
  const untrusted = (desk: PasskeyDesk) =>
    desk.told
      .filter(({ event }) => event === 'attestationUntrusted')
      .map(({ facts }) => String(facts['detail']));
  const counts = async (desk: PasskeyDesk, lies: Lies, why: RegExp, flags = {}) => {
    const { acr, amr } = await strengthsOf(desk, lies, flags);
    assert.deepEqual({ acr, amr }, { acr: phr, amr: ['pop', 'user', 'mfa'] });
    assert.match(untrusted(desk).join(), why);
  };

  it('that its maker attests gives phrh, and says hwk', async () => {
    const { acr, amr } = await strengthsOf(await deskWith(), await maker.attests());
    assert.deepEqual({ acr, amr }, { acr: phrh, amr: ['hwk', 'pop', 'user', 'mfa'] });
  });

  it('that is attested by another root is a passkey like any other', async () => {
    const lies = { ...(await stranger.attests({ aaguid: maker.aaguid })), aaguid: bytes(maker.aaguid) };
    await counts(await deskWith(), lies, /leads to none of the roots/);
  });

  it('whose certificate is of no model, or has ended, is a passkey like any other', async () => {
    const wishes: [LeafWish, RegExp][] = [
      [{ aaguid: null }, /not of the model/],
      [{ aaguid: stranger.aaguid }, /id-fido-gen-ce-aaguid/],
      [{ notAfter: new Date('2026-05-01') }, /not valid now|not good after/],
    ];
    for (const [wish, why] of wishes) await counts(await deskWith(), await maker.attests(wish), why);
  });

  it('of a model that the metadata does not know is a passkey like any other', async () => {
    await counts(await deskWith(), await stranger.attests(), /no metadata for the model/);
  });

  it('that may be synced is a passkey like any other', async () => {
    await counts(await deskWith(), await maker.attests(), /may be synced/, { backupEligible: true });
  });

  it('of a model that was revoked or broken, or whose keys are software, is a passkey like any other', async () => {
    const statuses = ['REVOKED', 'USER_VERIFICATION_BYPASS', 'ATTESTATION_KEY_COMPROMISE', 'SOMETHING_NEW'];
    for (const status of statuses) {
      const statusReports = [{ status: 'FIDO_CERTIFIED' }, { status }];
      await counts(
        await deskWith({ statusReports }),
        await maker.attests(),
        new RegExp(`status is ${status}`),
      );
    }
    const metadataStatement = { ...maker.statement, keyProtection: ['software'] };
    await counts(await deskWith({ metadataStatement }), await maker.attests(), /not in hardware/);
  });

  it('whose algorithm is not the model’s, or not the certificate’s, is a passkey like any other', async () => {
    const metadataStatement = { ...maker.statement, authenticationAlgorithms: ['ed25519_eddsa_sha512_raw'] };
    await counts(
      await deskWith({ metadataStatement }),
      await maker.attests(),
      /makes no keys of algorithm -7/,
    );
    const honest = await maker.attests();
    const attest: Lies['attest'] = (signed) => new Map([...(honest.attest?.(signed) ?? []), ['alg', -257]]);
    await counts(await deskWith(), { ...honest, attest }, /alg -257 is not of the certificate/);
  });

  it('whose path holds what is no certificate is a passkey like any other', async () => {
    const honest = await maker.attests();
    const attest: Lies['attest'] = (signed) => {
      const statement = new Map(honest.attest?.(signed) ?? []);
      const [leaf] = statement.get('x5c') as Buffer[];
      return statement.set('x5c', [leaf ?? Buffer.alloc(0), Buffer.from('no certificate')]);
    };
    await counts(await deskWith(), { ...honest, attest }, /no certificates that can be read/);
  });

  it('whose attestation signs something else is a passkey like any other', async () => {
    const honest = await maker.attests();
    const attest: Lies['attest'] = () => honest.attest?.(Buffer.from('another registration')) ?? new Map();
    await counts(await deskWith(), { ...honest, attest }, /does not verify/);
  });

  it('without an attestation, or with one of a format that we can’t check here, is a passkey like any other', async () => {
    for (const lies of [{}, { aaguid: bytes(maker.aaguid) }, { attestationFormat: 'tpm' }]) {
      assert.equal((await strengthsOf(await deskWith(), lies)).acr, phr);
    }
  });

  it('of a model that is revoked later gives phrh no more', async () => {
    const desk = await deskWith();
    const authenticator = desk.authenticator();
    const options = await desk.signUp.begin('sign-up', { displayName: 'Ada', email: undefined });
    valueOf(await desk.signUp.finish('sign-up', authenticator.register(options, await maker.attests())));
    const revoked = await deskWith({ statusReports: [{ status: 'REVOKED' }] });
    for (const passkey of await desk.stores.passkeys.listOf(accountOf(desk))) {
      assert.equal(passkey.attested, true);
      await revoked.stores.accounts.insert((await desk.stores.accounts.list({ limit: 1 }))[0] as never);
      await revoked.stores.passkeys.insert(passkey);
    }
    const response = authenticator.assert(await revoked.signIn.begin('sign-in'));
    assert.equal(valueOf(await revoked.signIn.finish('sign-in', response)).acr, phr);
  });

  it('is believed of nobody where no metadata is set', async () => {
    const desk = new PasskeyDesk();
    const options = await desk.signUp.begin('sign-up', { displayName: 'Ada', email: undefined });
    assert.equal(options.attestation, 'none');
    const response = desk.authenticator().register(options, await maker.attests());
    assert.equal(valueOf(await desk.signUp.finish('sign-up', response)).acr, phr);
  });

  it('lies in nothing else: a registration that is refused without an attestation is refused with one', async () => {
    const desk = await deskWith();
    const options = await desk.signUp.begin('sign-up', { displayName: 'Ada', email: undefined });
    const lies = { ...(await maker.attests()), flags: { userVerified: false } };
    const outcome = refusalOf(
      await desk.signUp.finish('sign-up', desk.authenticator().register(options, lies)),
    );
    assert.match(outcome, /passkey_rejected/);
  });

  describe('whose metadata', () => {
    const now = new Date('2026-06-01');
    const unusable = (blob: string, root: string | undefined, why: RegExp) =>
      assert.rejects(readMetadataBlob(blob, root, now), (error: Error) => {
        assert.equal(error.name, 'AttestationMetadataUnusable');
        assert.match(error.message, why);
        return true;
      });

    it('is signed by nobody that the operator named is not read', async () => {
      await unusable(await stranger.blob(), maker.rootPem, /leads to no root that is trusted/);
      await unusable(await maker.blob(), undefined, /leads to no root that is trusted/);
    });

    it('was changed is not read', async () => {
      const [header, , signature] = (await maker.blob()).split('.');
      const [, payload] = (await maker.blob({ statusReports: [] })).split('.');
      await unusable([header, payload, signature].join('.'), maker.rootPem, /signature does not verify/);
    });

    it('is none, is refused in words', async () => {
      await unusable('{}', maker.rootPem, /no MDS3 BLOB/);
      await unusable(await maker.blob(), 'no certificate', /attestation.root holds no certificate/);
    });
  });
});

function bytes(aaguid: string): Buffer {
  return Buffer.from(aaguid.replaceAll('-', ''), 'hex');
}

function accountOf(desk: PasskeyDesk) {
  const told = desk.told.find(({ event }) => event === 'signedUp');
  return told?.facts['accountId'] as never;
}
