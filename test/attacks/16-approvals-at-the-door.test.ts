import assert from 'node:assert/strict';
import type { AccountId } from '../../src/accounts/account.js';
import { approve, approved, frontier, open, personAt, postStep, push, seenOn } from '../support/approver.js';
import { gatewayA, gatewayB } from '../support/clients.js';
import { type Answer, Device } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { authorizeUrl, introspect, pkce, redeem, refresh } from '../support/login.js';
import { addressOf, jsonOf } from '../support/passkey-visitor.js';
import { Visitor } from '../support/visitor.js';

/** Threat 16 over HTTP: what is approved comes from nowhere but a person's own assertion on our own page. */
describe('threat 16: approvals at the authorization endpoint', () => {
  let holdfast: Holdfast;
  let issuer: string;
  let device: Device;
  before(async () => {
    holdfast = await startHoldfast();
    ({ issuer } = holdfast);
    device = await Device.create(holdfast.clock);
  });
  afterEach(() => holdfast.clock.reset());
  after(() => holdfast.close());

  const errorIn = (location: string | undefined) => new URL(String(location)).searchParams.get('error');
  const wide = { ...frontier, spend_limit: { currency: 'USD', amount: '2.00' }, count: 5 };

  it('are not asked for in the address bar', async () => {
    const parameters = { authorization_details: JSON.stringify([frontier]), dpop_jkt: device.key.jkt };
    const url = authorizeUrl({ issuer, parameters }, pkce().challenge);
    assert.equal(errorIn((await new Visitor().get(url)).location), 'invalid_request');
  });

  it('are not changed in the address bar', async () => {
    const person = await personAt(issuer);
    const { url } = await push({ issuer, device, details: [frontier] });
    const details = encodeURIComponent(JSON.stringify([{ ...frontier, purpose: 'More' }]));
    const page = await person.visitor.follow(
      await person.visitor.get(`${url}&authorization_details=${details}`),
    );
    assert.doesNotMatch(page.text, /More/);
  });

  it('name the host of the client, which a name can’t borrow (threat 39)', async () => {
    const page = await open(await personAt(issuer), await push({ issuer, device }));
    assert.match(page.text, /Asked by [\s\S]*Tidewater Notebook[\s\S]*>app\.test</);
  });

  it('need a key', async () => {
    const { answer } = await push({ issuer });
    assert.deepEqual([answer.status, answer.body['error']], [400, 'invalid_request']);
  });

  it('are not given by a button: neither by consent nor by a GET', async () => {
    const person = await personAt(issuer);
    const page = await open(person, await push({ issuer, device }));
    const { base, csrf } = addressOf(page);
    const pressed = await person.visitor.post(new URL(base, page.url).href, { csrf, decision: 'allow' });
    assert.equal(pressed.status, 403);
    for (const path of ['/approval/result', '/approval/options', '/not-me', '/deny']) {
      const answer = await person.visitor.get(new URL(`${base}${path}`, page.url).href);
      assert.ok([404, 405].includes(answer.status), `${path}: ${answer.status}`);
    }
    assert.match((await person.visitor.get(page.url)).text, /data-approval/);
  });

  it('are not given from another site', async () => {
    const person = await personAt(issuer);
    const page = await open(person, await push({ issuer, device }));
    const options = jsonOf(await postStep(person, page, 'options', { seen: seenOn(page) }));
    const response = person.authenticator.assert(options as never);
    const { base, csrf } = addressOf(page);
    const url = new URL(`${base}/approval/result`, page.url).href;
    const foreign = await person.visitor.postJson(url, { csrf, response }, { origin: 'https://evil.test' });
    assert.equal(foreign.status, 403);
    assert.equal((await person.visitor.postJson(url, { csrf: '', response })).status, 403);
    assert.equal((await person.visitor.postJson(url, { csrf, response })).status, 200);
  });

  it('are not begun for what the page did not show', async () => {
    const person = await personAt(issuer);
    const [one, other] = [await push({ issuer, device }), await push({ issuer, device, details: [wide] })];
    const shown = seenOn(await open(person, one));
    const page = await open(person, other);
    assert.equal((await postStep(person, page, 'options', { seen: shown })).status, 409);
    assert.equal((await postStep(person, page, 'options', {})).status, 409);
  });

  it('are not given by the assertion of another approval, old or of another page', async () => {
    const person = await personAt(issuer);
    const first = await open(person, await push({ issuer, device }));
    const options = jsonOf(await postStep(person, first, 'options', { seen: seenOn(first) }));
    const response = person.authenticator.assert(options as never);
    const second = await open(person, await push({ issuer, device, details: [wide] }));
    assert.equal((await postStep(person, second, 'result', { response })).status, 400);
    const again = await open(person, await push({ issuer, device }));
    await approve(person, again);
    assert.equal((await postStep(person, second, 'result', { response })).status, 400);
  });

  it('are given by the person of the session alone', async () => {
    const [ada, eve] = [await personAt(issuer), await personAt(issuer)];
    const page = await open(ada, await push({ issuer, device }));
    const options = jsonOf(await postStep(ada, page, 'options', { seen: seenOn(page) }));
    const response = eve.authenticator.assert(options as never);
    assert.equal((await postStep(ada, page, 'result', { response })).status, 400);
  });

  it('are redeemed with their own key alone', async () => {
    const login = await approved(await personAt(issuer), { issuer, device });
    const stolen = await redeem(issuer, login, await Device.create(holdfast.clock));
    assert.equal(stolen.body['error'], 'invalid_grant');
    assert.equal(stolen.body['authorization_details'], undefined);
  });

  it('end with a client that she disowns, and so does all that it has of her', async () => {
    const person = await personAt(issuer);
    const tokens = await redeem(issuer, await approved(person, { issuer, device }), device);
    const page = await open(person, await push({ issuer, device }));
    const { base, csrf } = addressOf(page);
    const end = await person.visitor.follow(
      await person.visitor.post(new URL(`${base}/not-me`, page.url).href, { csrf }),
    );
    assert.equal(errorIn(end.location), 'access_denied');
    const late = await refresh(issuer, String(tokens.body['refresh_token']), device);
    assert.equal(late.body['error'], 'invalid_grant');
    assert.match(holdfast.log.join('\n'), /"event":"request_disowned"/);
  });

  it('are told of no more once she stopped them, neither to resource servers nor in new tokens', async () => {
    const tokens = await redeem(issuer, await approved(await personAt(issuer), { issuer, device }), device);
    const told = async () => (await introspect(issuer, String(tokens.body['access_token']))).body;
    const { sub, authorization_details: granted } = await told();
    assert.equal((granted as unknown[]).length, 1);
    await holdfast.storage.approvals.revoke(sub as AccountId, {}, new Date(holdfast.clock.now()));
    const { active, authorization_details: left } = await told();
    assert.deepEqual([active, left], [true, undefined]);
    const later = await refresh(issuer, String(tokens.body['refresh_token']), device);
    assert.deepEqual([later.status, later.body['authorization_details']], [200, undefined]);
  });

  it('are not made wider by a token request, at the code or at the refresh', async () => {
    const person = await personAt(issuer);
    const details = [{ ...wide, models: ['frontier/x', 'frontier/y'] }];
    const first = await redeem(issuer, await approved(person, { issuer, device, details }), device);
    const [granted] = first.body['authorization_details'] as Record<string, unknown>[];
    const token = String(first.body['refresh_token']);
    const asks: Record<string, unknown>[] = [
      { spend_limit: { currency: 'USD', amount: '2.01' } },
      { spend_limit: { currency: 'EUR', amount: '1.00' } },
      { count: 6 },
      { models: ['frontier/x', 'frontier/z'] },
      { models: [] },
      { expires_at: Number(granted?.['expires_at']) + 1 },
      { tier: 'premium' },
      { purpose: 'Else' },
      { locations: [gatewayB] },
      { approval_id: 'apr_another' },
      { unknown: 1 },
    ];
    const more = (wish: object) => ({
      authorization_details: JSON.stringify([{ type: 'model_call', ...wish }]),
      resource: gatewayA,
    });
    const refused = (answer: Answer, wish: object) =>
      assert.deepEqual(
        [answer.status, answer.body['error']],
        [400, 'invalid_authorization_details'],
        JSON.stringify(wish),
      );
    for (const wish of asks) refused(await refresh(issuer, token, device, 'spa', more(wish)), wish);
    const login = await approved(person, { issuer, device, details });
    refused(await redeem(issuer, login, device, more({ count: 6 })), {});
    const narrowed = await refresh(issuer, token, device, 'spa', more({ models: ['frontier/x'] }));
    assert.equal(narrowed.status, 200, JSON.stringify(narrowed.body));
  });

  it('are not carried past their end, nor given to a client that acts for itself', async () => {
    const person = await personAt(issuer);
    const login = await approved(person, { issuer, device, details: [{ ...frontier, expires_in: 30 }] });
    holdfast.clock.advance(31);
    const late = await redeem(issuer, login, device);
    assert.equal(late.body['authorization_details'], undefined);
    const alone = await device.post({
      url: `${issuer}/token`,
      form: {
        grant_type: 'client_credentials',
        client_id: 'web',
        client_secret: 'web-secret-of-more-than-thirty-two-characters',
        resource: gatewayA,
        scope: 'model:call',
        authorization_details: JSON.stringify([frontier]),
      },
    });
    assert.equal(alone.status, 400);
    assert.match(String(alone.body['error']), /^invalid_/);
  });
});
