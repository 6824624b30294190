import assert from 'node:assert/strict';
import { callback, gatewayA, secretOf } from '../support/clients.js';
import { basic, Device, type Answer } from '../support/device.js';
import { sendRaw } from '../support/front-harness.js';
import { craftProof } from '../support/hand-made-proof.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { authorizeUrl, pkce, signIn } from '../support/login.js';
import { sendAsIs, type RawRequest } from '../support/raw-request.js';
import { formWith, Visitor } from '../support/visitor.js';

const web = basic('web', secretOf('web'));
const gateway = basic('rs-a', secretOf('rs-a'));
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const asForm = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const twice = (body: string, name: string, value = 'other') => `${body}&${name}=${encodeURIComponent(value)}`;

describe('threat 12: parameter pollution and oversize', () => {
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
  const proofFor = (path: string, claims: Record<string, unknown> = {}) =>
    craftProof(device.key, { htu: issuer + path, nonce: device.nonce, ...claims });

  function malformed(answer: Answer, what: string): void {
    assert.equal(answer.status, 400, `${what}: ${JSON.stringify(answer.body)}`);
    assert.equal(answer.headers.get('location'), null, what);
  }

  const authorization = () => new URL(authorizeUrl({ issuer, clientId: 'web' }, pkce().challenge)).search;

  describe('a parameter that comes twice', () => {
    const parameters = [
      'client_id redirect_uri response_type scope state nonce code_challenge code_challenge_method prompt max_age',
      'acr_values claims dpop_jkt id_token_hint request request_uri response_mode',
    ];

    it('is refused at /authorize, and sends nobody to an address that is in doubt', async () => {
      for (const name of parameters.join(' ').split(' ')) {
        const request = twice(twice(authorization().slice(1), name), name);
        const answer = await send(`/authorize?${request}`);
        const location = answer.headers.get('location');
        assert.equal(answer.status, location === null ? 400 : 303, name);
        if (location === null) continue;
        // RFC 6749 §4.1.2.1: an error may go back where client and address are beyond doubt.
        assert.ok(!['client_id', 'redirect_uri'].includes(name), name);
        assert.ok(location.startsWith(callback), location);
        assert.equal(new URL(location).searchParams.get('error'), 'invalid_request', name);
      }
    });

    it('is refused at /par', async () => {
      for (const name of parameters.join(' ').split(' ')) {
        malformed(await post('/par', twice(twice(authorization().slice(1), name), name), web), name);
      }
    });

    it('is refused at /token, whatever the grant', async () => {
      const grants: Record<string, Record<string, string>> = {
        authorization_code: { code: 'x', code_verifier: 'v'.repeat(43), redirect_uri: callback },
        refresh_token: { refresh_token: 'x', scope: 'openid' },
        client_credentials: { scope: 'model:call' },
      };
      for (const [grantType, fields] of Object.entries(grants)) {
        const body = asForm({ grant_type: grantType, resource: gatewayA, ...fields });
        for (const name of ['grant_type', ...Object.keys(fields)]) {
          const dpop = await proofFor('/token');
          const answer = await post('/token', twice(body, name), { ...web, dpop });
          malformed(answer, `${grantType} ${name}`);
          assert.equal(answer.body['error'], 'invalid_request');
        }
      }
    });

    it('is refused in client authentication, at every endpoint', async () => {
      const credentials = {
        client_id: 'web',
        client_secret: secretOf('web'),
        client_assertion: 'a.b.c',
        client_assertion_type: assertionType,
      };
      for (const path of ['/token', '/par', '/introspect', '/revoke']) {
        for (const [name, value] of Object.entries(credentials)) {
          const body = asForm({ grant_type: 'client_credentials', token: 'x', [name]: value });
          malformed(await post(path, twice(body, name, value)), `${path} ${name}`);
        }
      }
    });

    it('is refused by two ways of client authentication at once', async () => {
      for (const path of ['/token', '/par', '/introspect', '/revoke']) {
        const body = asForm({ grant_type: 'client_credentials', token: 'x', client_secret: secretOf('web') });
        malformed(await post(path, `${body}&client_id=web`, web), path);
        malformed(await post(path, asForm({ token: 'x', client_id: 'spa' }), web), path);
      }
    });

    it('is refused at /introspect and /revoke', async () => {
      for (const path of ['/introspect', '/revoke']) {
        const body = asForm({ token: 'x', token_type_hint: 'access_token' });
        for (const name of ['token', 'token_type_hint']) {
          malformed(await post(path, twice(body, name), gateway), `${path} ${name}`);
        }
      }
    });

    it('is refused at /userinfo and /logout', async () => {
      const { accessToken } = await signIn({ issuer, resource: undefined, scope: 'openid' }, device);
      malformed(
        await post('/userinfo', `access_token=${accessToken}&access_token=${accessToken}`),
        'userinfo',
      );
      for (const name of ['id_token_hint', 'client_id', 'post_logout_redirect_uri', 'state']) {
        const query = twice(twice('', name, 'spa'), name, 'spa').slice(1);
        malformed(await send(`/logout?${query}`), name);
      }
    });

    it('is refused in the forms of our own pages', async () => {
      const visitor = new Visitor();
      const page = await visitor.follow(await visitor.get(authorizeUrl({ issuer }, pkce().challenge)));
      const { action, fields } = formWith(page, 'acr');
      const cookie = [...visitor.cookies].map(([name, { value }]) => `${name}=${value}`).join('; ');
      const body = asForm({ ...fields, login: 'ada' });
      const headers = { cookie, origin: issuer };
      for (const name of ['login', 'csrf', 'acr']) {
        const answer = await sendAsIs(action, { method: 'POST', body: twice(body, name), headers });
        malformed(answer, name);
      }
      assert.equal((await sendAsIs(action, { method: 'POST', body, headers })).status, 303);
    });
  });

  describe('a body', () => {
    const endpoints = [
      '/token /par /introspect /revoke /userinfo /authorize /logout /interaction/x /interaction/x/sign-up',
      '/interaction/x/passkey/sign-in/result',
    ];
    for (const path of endpoints.join(' ').split(' ')) {
      it(`of more than 56 kB is refused at ${path} with 413`, async () => {
        assert.equal((await post(path, `a=${'x'.repeat(57_343)}`)).status, 413);
        // What was posted to /authorize and /logout goes on in an address, which holds less.
        const most = path === '/authorize' || path === '/logout' ? 6_000 : 57_342;
        assert.notEqual((await post(path, `a=${'x'.repeat(most)}`)).status, 413);
      });
    }

    it('is measured as it comes, when no length is told', async () => {
      const { port } = new URL(issuer);
      const head = 'POST /token HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
      const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
      assert.match(await sendRaw(Number(port), head + chunk.repeat(4), 1500), /^HTTP\/1.1 413/);
    });

    it('that is no form, or not in the charset it claims, is refused', async () => {
      const types = [
        'application/json',
        'text/plain',
        'multipart/form-data; boundary=x',
        'application/x-www-form-urlencoded; charset=nonsense',
        'nonsense',
      ];
      for (const path of ['/token', '/par', '/introspect', '/revoke']) {
        for (const type of types) {
          const answer = await post(path, '{"grant_type":"client_credentials"}', { 'content-type': type });
          malformed(answer, `${path} ${type}`);
        }
      }
    });

    it('of malformed JSON is refused where JSON is expected', async () => {
      const visitor = new Visitor();
      const page = await visitor.follow(await visitor.get(authorizeUrl({ issuer }, pkce().challenge)));
      const { action } = formWith(page, 'acr');
      const cookie = [...visitor.cookies].map(([name, { value }]) => `${name}=${value}`).join('; ');
      const headers = { cookie, origin: issuer, 'content-type': 'application/json' };
      for (const step of ['sign-in/options', 'sign-in/result', 'sign-up/options', 'sign-up/result']) {
        for (const body of ['{', 'null', '[]', '"x"', '1', '', '\u0000', '{"a":1}{"b":2}']) {
          const answer = await sendAsIs(`${action}/passkey/${step}`, { method: 'POST', headers, body });
          malformed(answer, `${step} ${body}`);
        }
      }
    });
  });

  describe('a proof', () => {
    const uses: Record<string, (dpop: string | string[]) => Promise<Answer>> = {
      '/token': (dpop) => post('/token', `${asForm({ grant_type: 'client_credentials' })}`, { ...web, dpop }),
      '/par': (dpop) => post('/par', authorization().slice(1), { ...web, dpop }),
      '/revoke': (dpop) => post('/revoke', 'token=x', { ...web, dpop }),
      '/userinfo': (dpop) => send('/userinfo', { headers: { authorization: 'DPoP hldf_at_x', dpop } }),
    };

    function refused(answer: Answer, path: string, code: string): void {
      assert.equal(answer.status, path === '/userinfo' ? 401 : 400, JSON.stringify(answer.body));
      assert.equal(answer.body['error'], 'invalid_dpop_proof');
      assert.equal(answer.body['holdfast_code'], code);
    }
    const unsigned = (proof: string) => `${proof.slice(0, proof.lastIndexOf('.'))}.${'A'.repeat(86)}`;

    for (const [path, use] of Object.entries(uses)) {
      it(`over 4 kB is refused at ${path} before its signature is looked at`, async () => {
        const proof = await proofFor(path, { padding: 'x'.repeat(4000) });
        refused(await use(proof), path, 'proof_oversized');
        refused(await use(unsigned(proof)), path, 'proof_oversized');
      });

      it(`is refused at ${path} when it comes twice, in two fields or joined`, async () => {
        const [one, other] = [await proofFor(path), await proofFor(path)];
        for (const dpop of [[one, other], [one, one], `${one}, ${other}`, `${one},${one}`]) {
          refused(await use(dpop), path, 'proof_duplicated');
        }
      });
    }

    for (const path of ['/token', '/par', '/revoke']) {
      it(`with a jti over 128 characters is refused at ${path} before its signature is looked at`, async () => {
        const use = uses[path] ?? assert.fail();
        const proof = await proofFor(path, { jti: 'j'.repeat(129) });
        refused(await use(proof), path, 'proof_oversized');
        refused(await use(unsigned(proof)), path, 'proof_oversized');
        const longest = await use(await proofFor(path, { jti: 'j'.repeat(128) }));
        assert.notEqual(longest.body['error'], 'invalid_dpop_proof');
      });
    }
  });

  it('more than 100 header fields, two credentials and a URL over 8 kB are refused', async () => {
    const many = Object.fromEntries(Array.from({ length: 110 }, (_, index) => [`x-${index}`, 'x']));
    malformed(await send('/jwks', { headers: many }), 'many fields');
    const two = ['Bearer x', `Basic ${Buffer.from('a:b').toString('base64')}`];
    malformed(await send('/userinfo', { headers: { authorization: two } }), 'two credentials');
    malformed(await send(`/authorize?state=${'x'.repeat(8192)}`), 'long URL');
  });
});
