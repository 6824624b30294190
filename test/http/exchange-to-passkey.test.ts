import assert from 'node:assert/strict';
import { AccountVisitor, noHold, noticeOf } from '../support/account-visitor.js';
import { callback } from '../support/clients.js';
import { Device } from '../support/device.js';
import { exchange, exchangeSettings } from '../support/exchange-desk.js';
import { FakeUpstream, someone } from '../support/fake-upstream.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { authorizeUrl, introspect, pkce, redeem } from '../support/login.js';
import { PasskeyVisitor } from '../support/passkey-visitor.js';
import { unique } from '../support/records.js';
import { UpstreamVisitor } from '../support/upstream-visitor.js';
import { formWith } from '../support/visitor.js';

/* Who came by exchange is weak until she meets Holdfast once, by the same login; then she steps up like everybody. */
describe('a person who came by exchange', () => {
  let upstream: FakeUpstream;
  let holdfast: Holdfast;
  let device: Device;
  before(async () => {
    upstream = await FakeUpstream.open();
    const trusted = {
      issuer: upstream.issuer,
      name: 'Acme',
      audiences: ['their-app'],
      clients: ['exchanger'],
    };
    holdfast = await startHoldfast({
      ...exchangeSettings(trusted),
      upstream_providers: [upstream.entry],
      accounts: { ...noHold.accounts, email_at_sign_up: 'optional' },
    });
    device = await Device.create(holdfast.clock);
  });
  after(async () => {
    await holdfast.close();
    await upstream.close();
  });

  const told = async (token: unknown) => (await introspect(holdfast.issuer, token as string, 'rs-a')).body;

  async function exchanged(claims: ReturnType<typeof someone>) {
    const idToken = await upstream.idTokenFor('their-app', claims);
    const { status, body } = await exchange(holdfast.issuer, device, idToken);
    assert.equal(status, 200, JSON.stringify(body));
    return { token: body['access_token'], seen: await told(body['access_token']) };
  }

  /** In her account, signed in by the login that she has. */
  async function atHerAccount(claims: ReturnType<typeof someone>): Promise<AccountVisitor> {
    const person = new UpstreamVisitor(holdfast.issuer);
    await person.goThrough(upstream, claims);
    const account = new AccountVisitor(holdfast);
    for (const [name, cookie] of person.visitor.cookies) account.visitor.cookies.set(name, cookie);
    assert.equal(await account.isSignedIn(), true);
    return account;
  }

  it('sees the app at her account, and disconnects it', async () => {
    const claims = someone(unique('ada'));
    const { token } = await exchanged(claims);
    const account = await atHerAccount(claims);
    assert.match((await account.look()).text, /Tidewater Backend/);
    const ended = await account.send('/account/apps/disconnect', { app: 'exchanger' });
    assert.equal(noticeOf(await account.visitor.follow(ended)), 'The app is disconnected.');
    assert.equal((await told(token))['active'], false);
  });

  it('adds a passkey to the same account, and signs in strongly with it', async () => {
    const claims = someone(unique('ada'));
    const { seen } = await exchanged(claims);
    assert.equal(seen['acr'], 'urn:holdfast:acr:basic');
    const account = await atHerAccount(claims);
    await account.addFirstPasskey();

    const strong = new PasskeyVisitor(holdfast.issuer, account.authenticator);
    const { verifier, challenge } = pkce();
    const parameters = { acr_values: 'urn:holdfast:acr:phr' };
    const url = authorizeUrl({ issuer: holdfast.issuer, parameters }, challenge);
    const consent = await strong.signIn(await strong.visitor.follow(await strong.visitor.get(url)));
    const { action, fields } = formWith(consent, 'csrf');
    const end = await strong.visitor.follow(await strong.visitor.post(action, fields));
    const response = new URL(end.location ?? '').searchParams;
    const code = response.get('code') ?? '';
    const login = {
      visitor: strong.visitor,
      code,
      verifier,
      clientId: 'spa',
      redirectUri: callback,
      response,
    };
    const { body } = await redeem(holdfast.issuer, login, device);
    const token = await told(body['access_token']);
    assert.deepEqual([token['sub'], token['acr']], [seen['sub'], 'urn:holdfast:acr:phr']);

    assert.equal((await exchanged(claims)).seen['acr'], 'urn:holdfast:acr:basic', 'an exchange stays weak');
  });
});
