import assert from 'node:assert/strict';
import { callback, secretOf } from '../support/clients.js';
import { basic, Device, type Answer } from '../support/device.js';
import { craftProof, handMadeJwt } from '../support/hand-made-proof.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { authorizeUrl, pkce } from '../support/login.js';
import { sendAsIs, type RawRequest } from '../support/raw-request.js';

const web = basic('web', secretOf('web'));
const gateway = basic('rs-a', secretOf('rs-a'));
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const asForm = (fields: Record<string, string>) => new URLSearchParams(fields).toString();

/** Whatever a stranger sends is his mistake: a 4xx, never a 500. */
describe('threat 12: what is malformed', () => {
  let holdfast: Holdfast;
  let issuer: string;
  let device: Device;
  before(async () => {
    holdfast = await startHoldfast();
    ({ issuer } = holdfast);
    device = await Device.create();
    await device.post({ url: `${issuer}/token`, form: {} });
  });
  after(() => holdfast.close());

  const send = (path: string, request: RawRequest = {}) => sendAsIs(issuer + path, request);
  const post = (path: string, body: string, headers: RawRequest['headers'] = {}) =>
    send(path, { method: 'POST', body, headers });
  const proofFor = (path: string) => craftProof(device.key, { htu: issuer + path, nonce: device.nonce });
  const authorization = () => new URL(authorizeUrl({ issuer, clientId: 'web' }, pkce().challenge)).search;

  const junk = [
    'null',
    '[]',
    '"x"',
    '1',
    '{}',
    '{',
    '\u0000',
    '{"alg":"none"}',
    '{"alg":"ES256","jwk":null}',
  ];
  const payloads = [
    'null',
    '[]',
    '1',
    '{}',
    '{',
    '{"sub":{}}',
    '{"sub":"\\u0000","iss":1,"aud":{},"exp":"x"}',
  ];
  const part = (text: string) => Buffer.from(text).toString('base64url');
  const jwts = junk.flatMap((header) => payloads.map((payload) => `${part(header)}.${part(payload)}.AAAA`));
  const values = ['\u0000', 'a\u0000b', '%', '__proto__', 'constructor', '-1', '1e999', '{}', '[]', '💩', ''];

  function clientsFault(answer: Answer, what: string): void {
    assert.ok(answer.status < 500, `${what}: ${answer.status} ${JSON.stringify(answer.body)}`);
    assert.ok(!/server_error/.test(answer.headers.get('location') ?? ''), what);
  }

  it('is never our fault as a client assertion', async () => {
    for (const jwt of [...jwts, '', 'a', '..', 'a.b', 'a.b.c.d.e', handMadeJwt({}, { sub: 'web' })]) {
      const assertion = { client_assertion_type: assertionType, client_assertion: jwt };
      const answer = await post('/token', asForm({ grant_type: 'client_credentials', ...assertion }));
      assert.ok([400, 401].includes(answer.status), `${jwt}: ${answer.status}`);
    }
  });

  it('is never our fault as a proof', async () => {
    for (const dpop of [...jwts, 'a', '..', 'a.b', 'a.b.c.d.e']) {
      const answer = await post('/token', 'grant_type=client_credentials', { ...web, dpop });
      assert.equal(answer.status, 400, dpop);
    }
  });

  it('is never our fault as a token or a hint', async () => {
    for (const jwt of [...jwts, 'a', '..', 'hldf_at_', 'hldf_rt_x', 'x'.repeat(9000)]) {
      clientsFault(await post('/introspect', asForm({ token: jwt }), gateway), jwt);
      clientsFault(await post('/revoke', asForm({ token: jwt }), web), jwt);
      clientsFault(await send('/userinfo', { headers: { authorization: `Bearer ${jwt}` } }), jwt);
    }
    for (const jwt of jwts.slice(0, 20)) {
      clientsFault(await send(`/logout?id_token_hint=${jwt}`), jwt);
      clientsFault(await send(`/authorize${authorization()}&id_token_hint=${jwt}`), jwt);
      clientsFault(await send(`/authorize${authorization()}&request=${jwt}`), jwt);
    }
  });

  it('is never our fault as a parameter', async () => {
    const names =
      'client_id redirect_uri response_type response_mode scope state nonce prompt max_age acr_values claims resource ' +
      'dpop_jkt code_challenge code_challenge_method login_hint ui_locales request_uri';
    for (const name of names.split(' ')) {
      for (const value of values) {
        const parameters = new URLSearchParams(authorization());
        parameters.set(name, value);
        clientsFault(await send(`/authorize?${parameters.toString()}`), `${name}=${value}`);
        clientsFault(await post('/par', parameters.toString(), web), `${name}=${value}`);
      }
    }
    for (const name of 'grant_type code code_verifier redirect_uri refresh_token scope resource'.split(' ')) {
      for (const value of values) {
        for (const grant of ['authorization_code', 'refresh_token', 'client_credentials']) {
          const valid = {
            code: 'x',
            code_verifier: 'v'.repeat(43),
            redirect_uri: callback,
            refresh_token: 'x',
          };
          const body = asForm({ grant_type: grant, ...valid, [name]: value });
          const dpop = await proofFor('/token');
          clientsFault(await post('/token', body, { ...web, dpop }), `${grant} ${name}=${value}`);
        }
      }
    }
  });

  it('is never our fault as credentials', async () => {
    const pairs = [
      '',
      ':',
      'a',
      'web:',
      ':x',
      '\u0000:x',
      'a\u0000b:x',
      '%ff:x',
      '%00:x',
      '__proto__:x',
      '💩:💩',
    ];
    const headers = pairs.map((pair) => `Basic ${Buffer.from(pair).toString('base64')}`);
    for (const authorization of [
      ...headers,
      'Basic',
      'Basic ',
      'Basic !!!',
      'Nonsense x',
      'DPoP',
      'Bearer',
    ]) {
      for (const path of ['/token', '/par', '/introspect', '/revoke']) {
        const answer = await post(path, 'grant_type=client_credentials&token=x', { authorization });
        assert.ok([400, 401].includes(answer.status), `${path} ${authorization}: ${answer.status}`);
      }
      clientsFault(await send('/userinfo', { headers: { authorization } }), authorization);
    }
  });
});
