import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import { askCall } from '../support/calls.js';
import { jwtGateway } from '../support/clients.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { authorizeUrl, introspect, pkce, refresh, signIn, type Tokens } from '../support/login.js';
import { jsonOf, PasskeyVisitor } from '../support/passkey-visitor.js';
import { unique } from '../support/records.js';
import { signedIn, urn, type Walker, walk } from '../support/strength-walk.js';
import { formWith } from '../support/visitor.js';

const essential = (acr: string) =>
  JSON.stringify({ id_token: { acr: { essential: true, value: urn(acr) } } });

/*
 * Threat 16: whoever has a weak or old session at hand wants a strong token of it. Strength is what really happened (law 5),
 * whatever the address, the client or the browser says.
 */
describe('threat 16: a step-up that did not happen', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast();
  });
  afterEach(() => holdfast.clock.reset());
  after(() => holdfast.close());

  const someone = (session: string) => signedIn(holdfast.issuer, session, unique('someone'));
  const errorOf = async (walker: Walker, parameters: Record<string, string>, acr = 'basic') =>
    (await walk(walker, holdfast.issuer, parameters, urn(acr))).response.get('error');
  /** Tokens of the session that the browser has, without a word of hers. */
  const tokensBy = ({ visitor, login }: Walker, parameters: Record<string, string> = {}, resource?: string) =>
    signIn({
      issuer: holdfast.issuer,
      visitor,
      login,
      scope: resource === undefined ? 'openid model:call' : 'openid jwt:call',
      ...(resource === undefined ? {} : { resource }),
      parameters: { prompt: '', ...parameters },
    });
  const factsOf = async (token: string) => {
    const { acr, amr, auth_time } = (await introspect(holdfast.issuer, token)).body;
    return { acr, amr, auth_time };
  };
  /** Of a call to a model whose tier wants a passkey. */
  const decisionOn = async (token: string, { key }: Tokens['device']) => {
    const { body } = await askCall(holdfast.issuer, { token, jkt: key.jkt, model: 'echo-large' });
    return [body['decision'], body['status']];
  };
  const refreshed = async ({ refreshToken, device }: Tokens) => {
    const { status, body } = await refresh(holdfast.issuer, refreshToken, device);
    assert.equal(status, 200, JSON.stringify(body));
    return body as Record<string, string>;
  };

  it('acr_values are a demand: a weak session gets nothing for them, and no word about it is wrong', async () => {
    const ada = await someone('basic');
    const strong = { acr_values: urn('phr') };
    assert.equal(await errorOf(ada, { ...strong, prompt: 'none' }), 'unmet_authentication_requirements');
    assert.equal(await errorOf(ada, strong), 'unmet_authentication_requirements');
    // The login that stayed weak has raised nothing.
    assert.equal((await factsOf((await tokensBy(ada)).accessToken)).acr, urn('basic'));
  });

  it('acr_values that are edited in the address, away or down, give a token that says what happened', async () => {
    const ada = await someone('basic');
    const edits = [{}, { acr_values: urn('basic') }, { acr_values: 'urn:holdfast:acr:phr2' }];
    for (const edited of edits) {
      const tokens = await tokensBy(ada, edited);
      assert.equal((await factsOf(tokens.accessToken)).acr, urn('basic'), JSON.stringify(edited));
      assert.equal(decodeJwt(tokens.idToken)['acr'], urn('basic'), JSON.stringify(edited));
      // So the resource refuses what it would have been edited for.
      assert.deepEqual(await decisionOn(tokens.accessToken, tokens.device), ['challenge', 401]);
    }
  });

  it('a JWT says so too', async () => {
    const ada = await someone('basic');
    const { accessToken } = await tokensBy(ada, { acr_values: urn('basic') }, jwtGateway);
    const { acr, amr } = decodeJwt(accessToken);
    assert.deepEqual({ acr, amr }, { acr: urn('basic'), amr: ['test'] });
  });

  it('an essential acr is not overwritten by acr_values, nor the other way round', async () => {
    const ada = await someone('basic');
    const both = { claims: essential('phr'), acr_values: urn('basic') };
    assert.equal(await errorOf(ada, { ...both, prompt: 'none' }), 'unmet_authentication_requirements');
    const swapped = { claims: essential('basic'), acr_values: urn('phr') };
    assert.equal(await errorOf(ada, { ...swapped, prompt: 'none' }), 'unmet_authentication_requirements');
  });

  it('max_age that is edited gives a token that tells how old the login is', async () => {
    const ada = await someone('phr');
    const { auth_time: then } = await factsOf((await tokensBy(ada)).accessToken);
    holdfast.clock.advance(600);
    assert.equal(await errorOf(ada, { max_age: '300', prompt: 'none' }), 'login_required');
    for (const edited of [{}, { max_age: '86400' }]) {
      const { auth_time } = await factsOf((await tokensBy(ada, edited)).accessToken);
      assert.equal(auth_time, then, JSON.stringify(edited));
    }
  });

  it('a refresh renews neither strength nor time, also after the session was stepped up', async () => {
    const ada = await someone('basic');
    const weak = await tokensBy(ada);
    const before_ = await factsOf(weak.accessToken);
    holdfast.clock.advance(60);
    const walked = await walk(ada, holdfast.issuer, { acr_values: urn('phr') }, urn('phr'));
    assert.equal(walked.logins, 1);
    const strong = await tokensBy(ada, { acr_values: urn('phr') });
    assert.equal((await factsOf(strong.accessToken)).acr, urn('phr'));
    assert.deepEqual(await factsOf(weak.accessToken), before_);
    const { access_token, id_token } = await refreshed(weak);
    assert.deepEqual(await factsOf(access_token ?? ''), before_);
    assert.deepEqual(await decisionOn(access_token ?? '', weak.device), ['challenge', 401]);
    assert.deepEqual(await decisionOn(strong.accessToken, strong.device), ['allow', undefined]);
    const { acr, auth_time } = decodeJwt(id_token ?? '');
    assert.deepEqual({ acr, auth_time }, { acr: urn('basic'), auth_time: before_.auth_time });
  });

  it('acr, amr and auth_time that a client or a browser sends count for nothing', async () => {
    const said = { acr: urn('phrh'), amr: 'hwk', auth_time: '4102444800' };
    const ada = await someone('basic');
    const { accessToken, refreshToken, device } = await tokensBy(ada, said);
    assert.equal((await factsOf(accessToken)).acr, urn('basic'));
    const { body } = await refresh(holdfast.issuer, refreshToken, device, 'spa', said);
    assert.equal((await factsOf(String(body['access_token']))).acr, urn('basic'));
    const person = new PasskeyVisitor(holdfast.issuer);
    await person.signUp(await person.arrive());
    const page = await person.arrive({ prompt: 'login consent', acr_values: urn('phr') });
    const options = jsonOf(await person.post(page, 'sign-in/options', said));
    const response = person.authenticator.assert(options as never);
    const consent = await person.next(page, await person.post(page, 'sign-in/result', { response, ...said }));
    const { action, fields } = formWith(consent, 'decision');
    assert.match(
      (await person.visitor.follow(await person.visitor.post(action, fields))).location ?? '',
      /code=/,
    );
    const silent = await tokensBy({ visitor: person.visitor, login: '' }, { prompt: 'none' });
    assert.deepEqual((await factsOf(silent.accessToken)).acr, urn('phr'));
  });

  it('somebody else who logs in at the prompt gets a session of her own, with nothing of the first', async () => {
    const { issuer } = holdfast;
    const ada = await someone('basic');
    const adas = await tokensBy(ada);
    const url = authorizeUrl(
      { issuer, parameters: { prompt: '', acr_values: urn('phr') } },
      pkce().challenge,
    );
    const { visitor } = ada;
    const page = await visitor.follow(await visitor.get(url));
    assert.match(page.text, /You are signed in as/);
    const form = formWith(page, 'acr');
    const other = { login: unique('other'), acr: urn('phr') };
    let next = await visitor.follow(await visitor.post(form.action, { ...form.fields, ...other }));
    // The page that ends the first session, then what the client asks: nobody has agreed to it for this account.
    const handOver = formWith(next, 'xsrf');
    next = await visitor.follow(await visitor.post(handOver.action, handOver.fields));
    const consent = formWith(next, 'decision');
    const end = await visitor.follow(await visitor.post(consent.action, consent.fields));
    assert.match(end.location ?? '', /[?&]code=/);
    const others = await tokensBy({ visitor, login: other.login });
    assert.notEqual(decodeJwt(others.idToken).sub, decodeJwt(adas.idToken).sub);
    // RFC 9470 §4 asks for no logout, but oidc-provider ends what hung on the session that is gone.
    assert.deepEqual((await introspect(issuer, adas.accessToken)).body, { active: false });
  });
});
