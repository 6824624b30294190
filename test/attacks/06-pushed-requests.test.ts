import assert from 'node:assert/strict';
import { callback, secretOf } from '../support/clients.js';
import { basic, postForm } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { authorizeUrl, goThrough, pkce } from '../support/login.js';
import { Visitor, type Visit } from '../support/visitor.js';

/** A pushed request in other hands: RFC 9126 §4 and §7. */
describe('threat 6: a pushed request taken over', () => {
  let holdfast: Holdfast;
  let issuer: string;
  before(async () => {
    holdfast = await startHoldfast();
    ({ issuer } = holdfast);
  });
  afterEach(() => holdfast.clock.reset());
  after(() => holdfast.close());

  async function push(more: Record<string, string> = {}, clientId = 'web') {
    const { searchParams } = new URL(authorizeUrl({ issuer, clientId }, pkce().challenge));
    const form = { ...Object.fromEntries(searchParams), ...more };
    return postForm({ url: `${issuer}/par`, form, headers: basic(clientId, secretOf(clientId)) });
  }
  async function pushed(): Promise<string> {
    const { status, body } = await push();
    assert.equal(status, 201, JSON.stringify(body));
    assert.match(String(body['request_uri']), /^urn:ietf:params:oauth:request_uri:[\w-]{22,}$/);
    assert.equal(body['expires_in'], 60);
    return String(body['request_uri']);
  }
  const urlFor = (requestUri: string, more: Record<string, string> = {}) =>
    `${issuer}/authorize?${new URLSearchParams({ client_id: 'web', request_uri: requestUri, ...more }).toString()}`;

  function refusedHere(answer: Visit, what: string): void {
    assert.equal(answer.status, 400, what);
    assert.equal(answer.location, undefined, what);
    assert.match(answer.text, /^<!doctype html>/);
  }

  it('works once: after the answer it is gone, and nobody is sent anywhere', async () => {
    const url = urlFor(await pushed());
    const first = await goThrough(new Visitor(), url, 'ada');
    assert.ok(first.location?.startsWith(`${callback}?code=`), first.location);
    refusedHere(await new Visitor().get(url), 'second use');
  });

  it('answers one of two people who follow the same link at once', async () => {
    const url = urlFor(await pushed());
    const ends = await Promise.all(
      ['ada', 'grace'].map((login) => goThrough(new Visitor(), url, login).catch(() => undefined)),
    );
    const codes = ends.filter((end) => end?.location?.includes('code='));
    assert.equal(codes.length, 1);
  });

  it('lives 60 seconds', async () => {
    const url = urlFor(await pushed());
    holdfast.clock.advance(61);
    refusedHere(await new Visitor().get(url), 'late');
  });

  it('belongs to its client alone', async () => {
    const requestUri = await pushed();
    for (const client_id of ['fapi', 'spa', 'nobody']) {
      refusedHere(await new Visitor().get(urlFor(requestUri, { client_id })), client_id);
    }
    assert.equal((await new Visitor().get(urlFor(requestUri))).status, 303);
  });

  it('is not known by a guess, nor fetched from an address', async () => {
    for (const requestUri of [
      'urn:ietf:params:oauth:request_uri:',
      'urn:ietf:params:oauth:request_uri:guess',
      'https://evil.test/request',
      `${issuer}/request`,
      'nonsense',
    ]) {
      const answer = await new Visitor().get(urlFor(requestUri, { redirect_uri: 'https://evil.test/' }));
      refusedHere(answer, requestUri);
    }
  });

  it('counts, whatever stands beside it in the link', async () => {
    const beside = {
      redirect_uri: 'https://evil.test/',
      scope: 'openid model:call model:read',
      code_challenge: pkce().challenge,
      code_challenge_method: 'plain',
      response_mode: 'fragment',
      state: 'evil',
    };
    const end = await goThrough(new Visitor(), urlFor(await pushed(), beside), 'ada');
    assert.ok(end.location?.startsWith(`${callback}?code=`), end.location);
    assert.ok(!end.location?.includes('evil'), end.location);
  });

  it('is not pushed by the link of another, by nobody, or by a client for another', async () => {
    const nested = await push({ request_uri: await pushed() });
    assert.deepEqual([nested.status, nested.body['request_uri']], [400, undefined]);
    const foreign = await push({ client_id: 'fapi' });
    assert.deepEqual([foreign.status, foreign.body['request_uri']], [400, undefined]);
    const { searchParams } = new URL(authorizeUrl({ issuer, clientId: 'web' }, pkce().challenge));
    const form = Object.fromEntries(searchParams);
    assert.equal((await postForm({ url: `${issuer}/par`, form })).status, 401);
    const wrong = basic('web', secretOf('fapi'));
    assert.equal((await postForm({ url: `${issuer}/par`, form, headers: wrong })).status, 401);
  });

  it('is not pushed with an address that is not registered', async () => {
    for (const redirect_uri of ['https://evil.test/', `${callback}/more`, 'javascript:alert(1)', '']) {
      const answer = await push({ redirect_uri });
      assert.deepEqual([answer.status, answer.body['request_uri']], [400, undefined], redirect_uri);
    }
  });
});
