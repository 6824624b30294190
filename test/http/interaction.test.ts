import assert from 'node:assert/strict';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { authorizeUrl, goThrough, pkce } from '../support/login.js';
import { PasskeyVisitor } from '../support/passkey-visitor.js';
import { formWith, Visitor } from '../support/visitor.js';

describe('an interaction', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast();
  });
  after(() => holdfast.close());

  const authorize = (parameters: Record<string, string> = {}, clientId = 'spa') =>
    authorizeUrl({ issuer: holdfast.issuer, clientId, parameters }, pkce().challenge);

  const loginForm = async (visitor: Visitor, url = authorize()) =>
    formWith(await visitor.follow(await visitor.get(url)), 'acr');

  const essential = (acr: string) => JSON.stringify({ id_token: { acr: { essential: true, value: acr } } });

  it('refuses a test login at a strength that is not on the ladder, and lets her try again', async () => {
    const visitor = new Visitor();
    const form = await loginForm(visitor);
    const refused = await visitor.post(form.action, { ...form.fields, login: 'ada', acr: 'phr' });
    assert.equal(refused.status, 403);
    assert.match(refused.text, /That did not work/);
    const again = await visitor.post(form.action, { ...form.fields, login: 'ada' });
    assert.equal(again.status, 303);
  });

  it('answers a sign-in that is weaker than demanded with the standard’s error, not with a circle', async () => {
    const visitor = new Visitor();
    const form = await loginForm(visitor, authorize({ claims: essential('urn:holdfast:acr:phr') }));
    const end = await visitor.follow(await visitor.post(form.action, { ...form.fields, login: 'ada' }));
    const { searchParams } = new URL(end.location ?? '');
    assert.equal(searchParams.get('error'), 'unmet_authentication_requirements');
    assert.equal(searchParams.get('iss'), holdfast.issuer);
  });

  it('takes a passkey for a demand of strength phr', async () => {
    const person = new PasskeyVisitor(holdfast.issuer);
    const login = await person.arrive({ claims: essential('urn:holdfast:acr:phr') });
    const consent = await person.signUp(login);
    assert.match(consent.text, /Allow Tidewater Notebook\?/);
  });

  it('asks at the door of a server without test login for a passkey alone', async () => {
    const other = await startHoldfast({ dangerously_allow_test_login: false });
    try {
      const person = new PasskeyVisitor(other.issuer);
      const page = await person.arrive();
      assert.ok(!page.text.includes('name="login"'));
      const { fields } = formWith(page, 'csrf');
      const answer = await person.visitor.post(page.url, { ...fields, login: 'ada', acr: '' });
      assert.equal(answer.status, 403);
      assert.equal(answer.location, undefined);
    } finally {
      await other.close();
    }
  });

  it('tells a script what was refused in JSON, with the request id that the log has', async () => {
    const person = new PasskeyVisitor(holdfast.issuer);
    const answer = await person.post(await person.arrive(), 'sign-in/result', { response: {} });
    assert.equal(answer.status, 400);
    const body = JSON.parse(answer.text) as Record<string, string>;
    assert.equal(body['error_description'], 'That passkey did not work.');
    assert.equal(body['request_id'], answer.headers.get('x-request-id'));
    assert.ok(
      holdfast.log.some(
        (line) => line.includes(body['request_id'] ?? '-') && line.includes('passkey_rejected'),
      ),
    );
  });

  it('answers an unknown passkey and a wrong signature alike', async () => {
    const { issuer, storage } = holdfast;
    const known = new PasskeyVisitor(issuer);
    await known.signUp(await known.arrive());
    const stranger = new PasskeyVisitor(issuer);
    stranger.authenticator.register({
      challenge: '',
      rp: { id: 'localhost' },
      user: { id: Buffer.from('acc_nobody').toString('base64url') },
    });
    const [signWith] = stranger.authenticator.passkeys;
    assert.ok(signWith);
    const attempt = async (person: PasskeyVisitor, lies = {}) => {
      const visitor = new PasskeyVisitor(issuer, person.authenticator);
      const page = await visitor.arrive();
      const options = JSON.parse((await visitor.post(page, 'sign-in/options', {})).text) as never;
      const answer = await visitor.post(page, 'sign-in/result', {
        response: person.authenticator.assert(options, lies),
      });
      const { error, error_description } = JSON.parse(answer.text) as Record<string, string>;
      return { status: answer.status, error, error_description };
    };
    assert.deepEqual(await attempt(stranger), await attempt(known, { signWith }));
    assert.equal(await storage.passkeys.find(signWith.credentialId), undefined);
  });

  it('tells who allows no script that a passkey needs one', async () => {
    const person = new PasskeyVisitor(holdfast.issuer);
    const page = await person.beginSignUp(await person.arrive());
    assert.match(page.text, /<noscript>.*Passkeys need JavaScript/);
  });

  it('lets nobody sign in once it asks for consent', async () => {
    const person = new PasskeyVisitor(holdfast.issuer);
    const consent = await person.signUp(await person.arrive());
    const { csrf } = formWith(consent, 'decision').fields;
    const url = `${consent.url}/passkey/sign-in/options`;
    const answer = await person.visitor.postJson(url, { csrf });
    assert.equal(answer.status, 400);
    assert.match(answer.text, /interaction_gone/);
  });

  it('grants what was asked for and nothing more', async () => {
    const visitor = new Visitor();
    const end = await goThrough(visitor, authorize({ scope: 'openid model:call' }), 'ada');
    const grants = new URL(end.location ?? '').searchParams;
    assert.ok(grants.get('code'));
    const again = await visitor.follow(
      await visitor.get(authorize({ scope: 'openid email model:call', prompt: '' })),
    );
    assert.match(again.text, /See your e-mail/);
  });

  it('takes no body that is not what the route reads', async () => {
    const person = new PasskeyVisitor(holdfast.issuer);
    const page = await person.arrive();
    const asForm = await person.visitor.post(`${page.url}/passkey/sign-in/options`, { csrf: 'x' });
    assert.equal(asForm.status, 400);
    assert.equal((await person.visitor.postJson(page.url, { csrf: 'x' })).status, 400);
    assert.equal((await person.visitor.postJson(`${page.url}/passkey/sign-in/options`, [])).status, 400);
  });
});
