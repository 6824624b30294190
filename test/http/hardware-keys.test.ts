import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decodeJwt } from 'jose';
import type { Lies } from '../../examples/support/software-authenticator.js';
import { checkConfig } from '../../src/admin/config-command.js';
import { examineAttestation } from '../../src/admin/examine-attestation.js';
import { explainStartFailure } from '../../src/admin/start-failure.js';
import { AppLogin } from '../support/account-owner.js';
import { Maker } from '../support/attestation.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { introspect } from '../support/login.js';
import { manualClock } from '../support/manual-clock.js';
import { jsonOf } from '../support/passkey-visitor.js';

const phr = 'urn:holdfast:acr:phr';
const phrh = 'urn:holdfast:acr:phrh';

describe('hardware keys, where the operator has set metadata', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-metadata-'));
  const attestation = { metadata: path.join(folder, 'blob.jwt'), root: path.join(folder, 'root.pem') };
  let maker: Maker;
  let holdfast: Holdfast;
  before(async () => {
    maker = await Maker.create();
    writeFileSync(attestation.metadata, await maker.blob());
    writeFileSync(attestation.root, maker.rootPem);
    holdfast = await startHoldfast({ attestation });
  });
  after(async () => {
    await holdfast.close();
    rmSync(folder, { recursive: true });
  });

  const supported = async (issuer: string) => {
    const answer = await fetch(`${issuer}/.well-known/openid-configuration`);
    return ((await answer.json()) as { acr_values_supported: string[] }).acr_values_supported;
  };
  /** As far as the page after the sign-up. */
  const signUp = async (login: AppLogin, lies: Lies, parameters: Record<string, string> = {}) => {
    const { person } = login;
    const page = await login.begin(parameters);
    const passkeyPage = await person.beginSignUp(page);
    const options = jsonOf(await person.post(passkeyPage, 'sign-up/options', {}));
    assert.equal(options['attestation'], 'direct');
    const response = person.authenticator.register(options as never, lies);
    return person.next(page, await person.post(passkeyPage, 'sign-up/result', { response }));
  };
  const error = (location: string | undefined) => new URL(location ?? '').searchParams.get('error');

  it('are in discovery, and only there', async () => {
    assert.ok((await supported(holdfast.issuer)).includes(phrh));
    // The test login reaches every rung, as nothing else does without metadata.
    const without = await startHoldfast({ dangerously_allow_test_login: false });
    assert.ok(!(await supported(without.issuer)).includes(phrh));
    await without.close();
  });

  it('give phrh to who asks for it, in every token', async () => {
    const login = new AppLogin(holdfast);
    const consent = await signUp(login, await maker.attests(), { acr_values: phrh });
    const { body } = await login.tokens(consent);
    const { acr, amr } = decodeJwt(String(body['id_token']));
    assert.deepEqual({ acr, amr }, { acr: phrh, amr: ['hwk', 'pop', 'user', 'mfa'] });
    assert.equal((await introspect(holdfast.issuer, String(body['access_token']))).body['acr'], phrh);
    const again = new AppLogin(holdfast, login.person.authenticator);
    const weaker = await again.tokens(await again.person.signIn(await again.begin({ acr_values: phr })));
    assert.equal(decodeJwt(String(weaker.body['id_token']))['acr'], phr);
    assert.equal((await introspect(holdfast.issuer, String(weaker.body['access_token']))).body['acr'], phrh);
  });

  it('are asked for in words, and another passkey is told to the client as too weak', async () => {
    const login = new AppLogin(holdfast);
    const consent = await signUp(login, {});
    assert.equal(decodeJwt(String((await login.tokens(consent)).body['id_token']))['acr'], phr);
    const page = await login.begin({ acr_values: phrh });
    assert.match(page.text, /asks for a hardware key/);
    assert.match(page.text, /no passkey that can be used for this/);
    assert.equal(error((await login.person.signIn(page)).location), 'unmet_authentication_requirements');
  });

  describe('metadata that can’t be used', () => {
    const missing = { metadata: path.join(folder, 'nowhere.jwt'), root: undefined };
    const clock = manualClock();

    it('keeps the server from starting, and the reason is a sentence', async () => {
      await assert.rejects(startHoldfast({ attestation: { metadata: missing.metadata } }), (reason) => {
        const sentence = explainStartFailure(reason, holdfast.config);
        assert.match(
          sentence ?? '',
          /^The FIDO metadata .* can’t be used: there is no file .*nowhere\.jwt\.$/,
        );
        return true;
      });
    });

    it('is told by doctor and config check', async () => {
      const finding = await examineAttestation({ attestation: missing }, clock);
      assert.equal(finding?.state, 'failure');
      const loaded = { ok: true, config: holdfast.config, file: 'holdfast.yaml', warnings: [] } as const;
      assert.equal(checkConfig(loaded, [], finding).ok, false);
      assert.equal(checkConfig(loaded, [], await examineAttestation({ attestation }, clock)).ok, true);
      assert.equal(
        await examineAttestation({ attestation: { metadata: undefined } } as never, clock),
        undefined,
      );
    });

    it('is warned of when it is outdated, and still used', async () => {
      const old = path.join(folder, 'old.jwt');
      writeFileSync(old, await maker.blob({}, { nextUpdate: '2026-05-01' }));
      const finding = await examineAttestation({ attestation: { ...attestation, metadata: old } }, clock);
      assert.equal(finding?.state, 'warning');
      assert.match(finding.says, /was due on 2026-05-01/);
    });
  });
});
