import assert from 'node:assert/strict';
import { gatewayB } from '../support/clients.js';
import { Device, type Answer } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { introspect, logIn, pkce, redeem, refresh, type Login } from '../support/login.js';
import { atOnce } from '../support/parallel.js';
import { eventsDuring } from '../support/security-events.js';

/** Who has a code that is not his, or was used. */
describe('threat 7: a code intercepted or injected', () => {
  let holdfast: Holdfast;
  let issuer: string;
  before(async () => {
    holdfast = await startHoldfast();
    ({ issuer } = holdfast);
  });
  after(() => holdfast.close());
  afterEach(() => holdfast.clock.reset());

  function refused(answer: Answer): void {
    const { status, body } = answer;
    assert.deepEqual([status, body['error']], [400, 'invalid_grant'], JSON.stringify(body));
  }

  it('refuses it to another client', async () => {
    const login = await logIn({ issuer });
    refused(await redeem(issuer, { ...login, clientId: 'web' }, await Device.create()));
    assert.equal((await redeem(issuer, login, await Device.create())).status, 200);
  });

  it('refuses it with another verifier, and a thief without the verifier cannot burn it', async () => {
    const login = await logIn({ issuer });
    const thief = await Device.create();
    for (const verifier of [pkce().verifier, 'short', ''])
      refusedSomehow(await redeem(issuer, { ...login, verifier }, thief));
    assert.equal((await redeem(issuer, login, await Device.create())).status, 200);
  });

  /** An empty or short verifier may also be called malformed. */
  function refusedSomehow(answer: Answer): void {
    assert.equal(answer.status, 400, JSON.stringify(answer.body));
    assert.match(String(answer.body['error']), /^invalid_(grant|request)$/);
    assert.equal(answer.body['access_token'], undefined);
  }

  it('refuses it with another redirect_uri', async () => {
    const login = await logIn({ issuer });
    refused(await redeem(issuer, { ...login, redirectUri: 'https://app.test/other' }, await Device.create()));
  });

  it('refuses a second use, and what the first gave dies with it', async () => {
    const login: Login = await logIn({ issuer });
    const device = await Device.create();
    const first = await redeem(issuer, login, device);
    assert.equal(first.status, 200);
    const accessToken = first.body['access_token'] as string;
    assert.equal((await introspect(issuer, accessToken)).body['active'], true);
    const told = await eventsDuring(holdfast, 'code_reused', async () =>
      refused(await redeem(issuer, login, device)),
    );
    assert.equal(told.length, 1);
    assert.equal(told[0]?.['clientId'], 'spa');
    assert.ok(told[0]?.['grantId']);
    assert.deepEqual((await introspect(issuer, accessToken)).body, { active: false });
    refused(await refresh(issuer, first.body['refresh_token'] as string, device));
  });

  it('gives tokens once, however many ask at the same moment', async () => {
    const login = await logIn({ issuer });
    const device = await Device.create();
    await redeem(issuer, { ...login, code: 'unknown' }, device); // learns the nonce
    const answers = await atOnce(25, () => redeem(issuer, login, device));
    const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
    assert.deepEqual(statuses, [200, ...Array<number>(24).fill(400)]);
    const won = answers.find(({ status }) => status === 200)?.body['access_token'];
    assert.deepEqual((await introspect(issuer, String(won))).body, { active: false });
  });

  it('refuses it after sixty seconds', async () => {
    const [inTime, late] = [await logIn({ issuer }), await logIn({ issuer })];
    const device = await Device.create();
    holdfast.clock.advance(55);
    assert.equal((await redeem(issuer, inTime, device)).status, 200);
    holdfast.clock.advance(6);
    refused(await redeem(issuer, late, device));
  });

  it('refuses the code of one login in another, where the verifier differs', async () => {
    const [victim, attacker] = [await logIn({ issuer }), await logIn({ issuer, login: 'mallory' })];
    const device = await Device.create();
    refused(await redeem(issuer, { ...attacker, code: victim.code }, device));
    refused(await redeem(issuer, { ...victim, code: attacker.code }, device));
  });

  it('gives nothing for a resource that was not asked for', async () => {
    const login = await logIn({ issuer });
    const answer = await redeem(issuer, login, await Device.create(), { resource: gatewayB });
    assert.deepEqual([answer.status, answer.body['error']], [400, 'invalid_target']);
  });

  it('lets the tokens for userinfo die with a second use too', async () => {
    const login = await logIn({ issuer, resource: undefined, scope: 'openid' });
    const device = await Device.create();
    const accessToken = String((await redeem(issuer, login, device)).body['access_token']);
    assert.equal((await device.get(`${issuer}/userinfo`, accessToken)).status, 200);
    refused(await redeem(issuer, login, device));
    assert.equal((await device.get(`${issuer}/userinfo`, accessToken)).status, 401);
  });

  it('lets nobody end the tokens of others by an old code without its verifier or client', async () => {
    const login = await logIn({ issuer });
    const first = await redeem(issuer, login, await Device.create());
    refused(await redeem(issuer, { ...login, verifier: pkce().verifier }, await Device.create()));
    refused(await redeem(issuer, { ...login, clientId: 'web' }, await Device.create()));
    assert.equal((await introspect(issuer, String(first.body['access_token']))).body['active'], true);
  });

  it('keeps it usable when the first try only missed the nonce', async () => {
    const login = await logIn({ issuer });
    const device = await Device.create();
    assert.equal(device.nonce, undefined);
    assert.equal((await redeem(issuer, login, device)).status, 200);
    assert.notEqual(device.nonce, undefined);
  });
});
