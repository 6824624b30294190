import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import type { GrantedModelCall } from '../../src/stepup/model-call.js';
import { approve, approved, frontier, open, personAt, push } from '../support/approver.js';
import { gatewayA, jwtGateway } from '../support/clients.js';
import { type Answer, Device } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { introspect, redeem, refresh } from '../support/login.js';
import { formWith } from '../support/visitor.js';

/** Approvals by RFC 9396, from the pushed request to the token that a model's gateway introspects. */
describe('an approval of calls of models', () => {
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

  const detailsOf = ({ body }: Answer) => body['authorization_details'] as GrantedModelCall[] | undefined;

  it('is told of in discovery', async () => {
    const metadata = (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as object;
    assert.deepEqual(Reflect.get(metadata, 'authorization_details_types_supported'), ['model_call']);
  });

  it('is shown in plain words, given by one assertion, and carried by tokens and introspection', async () => {
    const person = await personAt(issuer);
    const wish = {
      ...frontier,
      spend_limit: { currency: 'USD', amount: '1.50' },
      count: 3,
      purpose: 'Compare 40 papers',
    };
    const pushed = await push({
      issuer,
      device,
      details: [wish],
      more: { max_age: '0', prompt: 'login consent', acr_values: 'urn:holdfast:acr:phr' },
    });
    holdfast.clock.advance(2);
    const page = await open(person, pushed);
    for (const words of [
      /Up to \$1\.50<\/span> on Frontier/,
      /Tidewater Notebook/,
      /Every Frontier model/,
      /Up to 3/,
    ])
      assert.match(page.text, words);
    assert.match(page.text, /It says “<bdi>Compare 40 papers<\/bdi>”/);

    const end = await approve(person, page);
    const code = new URL(String(end.location)).searchParams.get('code') ?? '';
    const { verifier, clientId } = pushed;
    const login = { code, verifier, clientId, redirectUri: 'https://app.test/callback' };
    const answer = await redeem(issuer, login as never, device);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    const [granted] = detailsOf(answer) ?? [];
    assert.match(String(granted?.approval_id), /^apr_[0-9A-Za-z]{22}$/);
    assert.deepEqual(
      { ...granted, approval_id: '', expires_at: 0 },
      {
        type: 'model_call',
        approval_id: '',
        locations: [gatewayA],
        tier: 'frontier',
        spend_limit: { currency: 'USD', amount: '1.50' },
        count: 3,
        expires_at: 0,
        purpose: 'Compare 40 papers',
      },
    );
    const told = await introspect(issuer, String(answer.body['access_token']));
    assert.deepEqual(detailsOf(told), [granted]);
    assert.equal(told.body['acr'], 'urn:holdfast:acr:phr');
    assert.ok(Number(told.body['auth_time']) * 1000 >= holdfast.clock.now() - 2000, 'the login is of now');
  });

  it('stands in a JWT access token too, and in no token of another resource', async () => {
    const person = await personAt(issuer);
    const more = { resource: jwtGateway, scope: 'openid offline_access jwt:call' };
    const answer = await redeem(issuer, await approved(person, { issuer, device, more }), device);
    const claims = decodeJwt(String(answer.body['access_token']));
    assert.deepEqual(claims['authorization_details'], detailsOf(answer));
    assert.deepEqual(detailsOf(answer)?.[0]?.locations, [jwtGateway]);
    const told = await introspect(issuer, String(answer.body['access_token']), 'rs-jwt');
    assert.deepEqual(detailsOf(told), detailsOf(answer));
    const both = await approved(person, {
      issuer,
      device,
      details: [{ ...frontier, locations: [gatewayA] }],
      more: { resource: [gatewayA, jwtGateway], scope: 'openid model:call jwt:call' },
    });
    const other = await redeem(issuer, both, device, { resource: jwtGateway });
    assert.equal(other.status, 200, JSON.stringify(other.body));
    assert.equal(detailsOf(other), undefined);
  });

  it('comes after the login of somebody who is signed out', async () => {
    const person = await personAt(issuer);
    person.visitor.cookies.clear();
    const login = await open(person, await push({ issuer, device }));
    assert.match(login.text, /data-passkey="sign-in"/);
    const page = await person.signIn(login);
    assert.match(page.text, /data-approval/);
    assert.match(String((await approve(person, page)).location), /code=/);
  });

  it('is denied by a form, also where no script runs', async () => {
    const person = await personAt(issuer);
    const page = await open(person, await push({ issuer, device }));
    const { action, fields } = formWith(page, 'csrf');
    const end = await person.visitor.follow(await person.visitor.post(action, fields));
    assert.match(String(end.location), /error=access_denied/);
  });

  it('also shows what else the client gets, once', async () => {
    const person = await personAt(issuer);
    const first = await open(person, await push({ issuer, device, clientId: 'web' }));
    assert.match(first.text, /It can also/);
    assert.match(first.text, /Know that it is you/);
    await approve(person, first);
    const second = await open(person, await push({ issuer, device, clientId: 'web' }));
    assert.doesNotMatch(second.text, /It can also/);
  });

  it('rides on at a refresh until it ends, narrowed on request', async () => {
    const person = await personAt(issuer);
    const first = await redeem(issuer, await approved(person, { issuer, device }), device);
    const token = String(first.body['refresh_token']);
    const narrower = [{ type: 'model_call', spend_limit: { currency: 'USD', amount: '0.10' }, count: 1 }];
    const narrowed = await refresh(issuer, token, device, 'spa', {
      authorization_details: JSON.stringify(narrower),
    });
    assert.equal(narrowed.status, 200, JSON.stringify(narrowed.body));
    assert.deepEqual(
      [detailsOf(narrowed)?.[0]?.spend_limit?.amount, detailsOf(narrowed)?.[0]?.count],
      ['0.10', 1],
    );
    // The same successor within the grace, with all that was granted.
    const again = await refresh(issuer, token, device);
    assert.equal(again.body['refresh_token'], narrowed.body['refresh_token']);
    assert.deepEqual(detailsOf(again), detailsOf(first));
    holdfast.clock.advance(301);
    const late = await refresh(issuer, String(again.body['refresh_token']), device);
    assert.equal(late.status, 200, JSON.stringify(late.body));
    assert.equal(detailsOf(late), undefined);
  });

  it('stands in her account with what was spent of it, until she stops it or disconnects the app', async () => {
    const person = await personAt(issuer);
    const account = async () => person.visitor.follow(await person.visitor.get(`${issuer}/account`));
    const ask = async () => {
      const answer = await redeem(issuer, await approved(person, { issuer, device }), device);
      return detailsOf(answer)?.[0]?.approval_id;
    };
    const [id, other] = [await ask(), await ask()];
    const { subject } = (id && (await holdfast.storage.approvals.find(id))) || {};
    assert.ok(id && other && subject);
    const { accountId, clientId, jkt } = subject;
    const use = {
      accountId,
      clientId,
      jkt,
      resource: gatewayA,
      tier: 'frontier',
      spendLimit: undefined,
      count: undefined,
    };
    const spend = (which: typeof id) =>
      holdfast.storage.approvals.spend(which, {
        ...use,
        cost: 350_000,
        now: new Date(holdfast.clock.now()),
      });
    assert.equal(await spend(id), true);
    const page = await account();
    assert.match(page.text, /Up to \$2\.00 on Frontier/);
    assert.match(page.text, /\$0\.35 used/);
    const { action, fields } = formWith(page, 'approval');
    await person.visitor.post(action, { ...fields, approval: id });
    assert.equal(await spend(id), false);
    assert.doesNotMatch((await account()).text, /\$0\.35 used/);
    const apps = formWith(await account(), 'app');
    await person.visitor.post(apps.action, apps.fields);
    assert.equal(await spend(other), false);
  });

  it('is refused with the field that is wrong', async () => {
    const { answer } = await push({ issuer, device, details: [{ ...frontier, limit: 1 }] });
    assert.equal(answer.status, 400);
    assert.equal(answer.body['error'], 'invalid_authorization_details');
    assert.equal(answer.body['error_description'], "authorization_details has an unknown field 'limit'");
  });

  it('implies the resource, and is for clients that are registered for it', async () => {
    const implied = await push({
      issuer,
      device,
      more: { resource: '' },
      details: [{ ...frontier, locations: [gatewayA] }],
    });
    assert.equal(implied.answer.status, 201, JSON.stringify(implied.answer.body));
    const byScope = await approved(await personAt(issuer), { issuer, device, more: { resource: '' } });
    const tokens = await redeem(issuer, byScope, device);
    assert.deepEqual(detailsOf(tokens)?.[0]?.locations, [gatewayA], JSON.stringify(tokens.body));
    const { answer } = await push({ issuer, device, clientId: 'cluster' });
    assert.equal(answer.body['error'], 'invalid_authorization_details', JSON.stringify(answer.body));
  });
});
