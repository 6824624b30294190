import { strict as assert } from 'node:assert';
import { decodeJwt, decodeProtectedHeader, SignJWT, type JWK } from 'jose';
import { assertionClient, machineGrant, type AssertionClient } from '../support/assertion-client.js';
import { callback, jwtGateway, secretOf, testClients } from '../support/clients.js';
import { basic, Device, postForm, type Answer } from '../support/device.js';
import { handMadeJwt, signedJwt } from '../support/hand-made-proof.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { listen, type Listener } from '../support/listener.js';
import { authorizeUrl, goThrough, introspect, pkce, redeem, revoke, signIn } from '../support/login.js';
import { formWith, Visitor, type Visit } from '../support/visitor.js';

/*
 * Threat 27: every JWT that exists here, presented wherever another kind is expected; and JWTs whose header asks to be
 * verified in another way than ours.
 */
describe('threat 27: a JWT', () => {
  let holdfast: Holdfast;
  let relyingParty: Listener;
  let machine: AssertionClient;
  let device: Device;
  let accessToken: string;
  const jwts = new Map<string, string>();

  before(async function () {
    this.timeout(30_000);
    relyingParty = await listen();
    machine = await assertionClient();
    const listening = {
      client_id: 'listening',
      client_secret: secretOf('listening'),
      redirect_uris: [callback],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      backchannel_logout_uri: `${relyingParty.url}/logout`,
    };
    holdfast = await startHoldfast({
      clients: [...testClients, machine.metadata, listening],
      dangerously_allow_private_network_fetch: true,
    });
    await collect();
  });
  after(async () => {
    await holdfast.close();
    await relyingParty.close();
  });

  const visit = (path: string) => new Visitor().get(`${holdfast.issuer}${path}`);
  const withAssertion = (assertion: string, path = 'token'): Promise<Answer> =>
    device.post({
      url: `${holdfast.issuer}/${path}`,
      form: { ...machineGrant, token: 'x', ...machine.form(assertion) },
    });

  /** One of each kind, alive and true. */
  async function collect(): Promise<void> {
    const { issuer } = holdfast;
    const tokens = await signIn({ issuer, scope: 'openid jwt:call offline_access', resource: jwtGateway });
    device = tokens.device;
    accessToken = tokens.accessToken;
    jwts.set('access token', accessToken);
    jwts.set('ID token', tokens.idToken);
    jwts.set('client assertion', await machine.assertion(issuer));
    jwts.set('proof', await device.proof('POST', `${issuer}/token`));
    const answer = await introspect(issuer, accessToken, 'rs-jwt', {
      accept: 'application/token-introspection+jwt',
    });
    jwts.set('introspection answer', answer.body['text'] as string);
    jwts.set('logout token', await logoutToken());
  }

  async function logoutToken(): Promise<string> {
    const { issuer } = holdfast;
    const visitor = new Visitor();
    const { verifier, challenge } = pkce();
    const end = await goThrough(visitor, authorizeUrl({ issuer, clientId: 'listening' }, challenge), 'ada');
    const response = new URL(end.location ?? '').searchParams;
    const login = { visitor, verifier, clientId: 'listening', redirectUri: callback, response };
    await redeem(issuer, { ...login, code: response.get('code') ?? '' }, await Device.create());
    const { action, fields } = formWith(await visitor.get(`${issuer}/logout`), 'logout');
    await visitor.post(action, fields);
    return new URLSearchParams(relyingParty.bodies.join('&')).get('logout_token') ?? '';
  }

  const every = async (
    except: readonly string[],
    check: (jwt: string, kind: string) => Promise<void>,
  ): Promise<void> => {
    assert.equal(jwts.size, 6);
    for (const [kind, jwt] of jwts) if (!except.includes(kind)) await check(jwt, kind);
  };

  it('of each kind is what it says, so that the rest means something', async () => {
    const types = [...jwts.values()].map((jwt) => decodeProtectedHeader(jwt).typ);
    assert.deepEqual(types, [
      'at+jwt',
      undefined,
      undefined,
      'dpop+jwt',
      'token-introspection+jwt',
      'logout+jwt',
    ]);
    assert.equal((await withAssertion(await machine.assertion(holdfast.issuer))).status, 200);
    assert.equal((await introspect(holdfast.issuer, accessToken, 'rs-jwt')).body['active'], true);
  });

  it('of another kind is no access token at introspection', () =>
    every(['access token'], async (jwt, kind) => {
      const { status, body } = await introspect(holdfast.issuer, jwt, 'rs-jwt');
      assert.deepEqual([status, body], [200, { active: false }], kind);
    }));

  it('of another kind revokes nothing', async () => {
    await every(['access token'], async (jwt, kind) => {
      assert.equal((await revoke(holdfast.issuer, jwt)).status, 200, kind);
    });
    assert.equal((await introspect(holdfast.issuer, accessToken, 'rs-jwt')).body['active'], true);
  });

  it('of another kind opens no userinfo', () =>
    every([], async (jwt, kind) => {
      const url = `${holdfast.issuer}/userinfo`;
      const bearer = await fetch(url, { headers: { authorization: `Bearer ${jwt}` } });
      assert.equal(bearer.status, 401, kind);
      assert.equal((await device.get(url, jwt)).status, 401, kind);
    }));

  it('of another kind authenticates no client', () =>
    every(['client assertion'], async (jwt, kind) => {
      const { status, body } = await withAssertion(jwt);
      assert.equal(status >= 400 && status < 500, true, `${kind}: ${status}`);
      assert.equal(body['access_token'], undefined, kind);
    }));

  it('of another kind is no proof of possession', () =>
    every(['proof'], async (jwt, kind) => {
      const form = { ...machineGrant };
      const headers = basic('service', secretOf('service'));
      const { status, body } = await postForm({ url: `${holdfast.issuer}/token`, form, headers }, jwt);
      assert.deepEqual([status, body['error']], [400, 'invalid_dpop_proof'], kind);
    }));

  const hints: Record<string, (hint: string) => Promise<Visit>> = {
    '/logout': (hint) => visit(`/logout?client_id=spa&id_token_hint=${hint}`),
    '/authorize': (hint) =>
      visit(
        new URL(
          authorizeUrl({ issuer: holdfast.issuer, parameters: { id_token_hint: hint } }, pkce().challenge),
        ).href.slice(holdfast.issuer.length),
      ),
  };
  for (const [path, ask] of Object.entries(hints)) {
    it(`of another kind is no id_token_hint at ${path}`, async () => {
      await every(['ID token'], async (jwt, kind) => {
        const answer = await ask(jwt);
        assert.equal(isRefused(answer), true, kind);
      });
      assert.equal(isRefused(await ask(jwts.get('ID token') ?? '')), false);
    });
  }

  it('for logout is no id_token_hint of its own client either', async () => {
    const hint = jwts.get('logout token');
    const answer = await visit(`/logout?client_id=listening&id_token_hint=${hint}`);
    assert.equal(answer.status, 400);
    const parameters = { id_token_hint: hint ?? '' };
    const url = authorizeUrl(
      { issuer: holdfast.issuer, clientId: 'listening', parameters },
      pkce().challenge,
    );
    assert.equal(isRefused(await new Visitor().get(url)), true);
  });

  describe('as client assertion', () => {
    const typed = async (typ: string) => withAssertion(await machine.assertion(holdfast.issuer, {}, { typ }));

    for (const typ of [
      'at+jwt',
      'dpop+jwt',
      'logout+jwt',
      'secevent+jwt',
      'dbsc+jwt',
      'token-introspection+jwt',
    ]) {
      it(`with the type ${typ} is refused`, async () => assert.equal((await typed(typ)).status, 401));
    }

    for (const typ of ['JWT', 'client-authentication+jwt']) {
      it(`with the type ${typ} is taken`, async () => assert.equal((await typed(typ)).status, 200));
    }
  });

  describe('whose header asks for less', () => {
    const claims = () => {
      const now = Math.floor(Date.now() / 1000);
      const client = machine.clientId;
      return {
        iss: client,
        sub: client,
        aud: holdfast.issuer,
        jti: crypto.randomUUID(),
        iat: now,
        exp: now + 60,
      };
    };

    it('without a signature authenticates nobody and is no token', async () => {
      for (const alg of ['none', 'None', 'NONE', 'nOnE']) {
        for (const signature of ['', 'AAAA']) {
          const assertion = handMadeJwt({ alg, kid: 'its-key' }, claims(), signature);
          assert.equal((await withAssertion(assertion)).status, 401, alg);
          const token = handMadeJwt({ alg, typ: 'at+jwt' }, decodeJwt(accessToken), signature);
          assert.deepEqual((await introspect(holdfast.issuer, token, 'rs-jwt')).body, { active: false });
        }
      }
    });

    it('signed by a public key as an HMAC secret is refused everywhere', async () => {
      const jwks = (await (await fetch(`${holdfast.issuer}/jwks`)).json()) as { keys: JWK[] };
      for (const key of jwks.keys) {
        const header = { alg: 'HS256', kid: key.kid ?? '', typ: 'at+jwt' };
        for (const secret of secretsOf(key)) {
          const token = await new SignJWT(decodeJwt(accessToken)).setProtectedHeader(header).sign(secret);
          assert.deepEqual((await introspect(holdfast.issuer, token, 'rs-jwt')).body, { active: false });
          const hint = await new SignJWT(decodeJwt(jwts.get('ID token') ?? ''))
            .setProtectedHeader(header)
            .sign(secret);
          for (const ask of Object.values(hints)) assert.equal(isRefused(await ask(hint)), true);
        }
      }
      for (const secret of secretsOf(machine.publicJwk)) {
        const header = { alg: 'HS256', kid: 'its-key' };
        const assertion = await new SignJWT(claims()).setProtectedHeader(header).sign(secret);
        assert.equal((await withAssertion(assertion)).status, 401);
      }
    });

    const extras: Record<string, object> = {
      'an unknown critical extension': { crit: ['exp'], exp: 1 },
      'an unknown critical extension by name': { crit: ['urn:example:x'], 'urn:example:x': true },
      'b64 that is false': { b64: false },
      'critical b64 that is false': { crit: ['b64'], b64: false },
      'critical b64 that is true': { crit: ['b64'], b64: true },
      'an empty list of critical extensions': { crit: [] },
    };
    for (const [name, extra] of Object.entries(extras)) {
      it(`with ${name} is refused, though truly signed`, async () => {
        const sign = (more: object) =>
          signedJwt({ alg: 'ES256', kid: 'its-key', ...more }, claims(), machine.privateKey);
        assert.equal((await withAssertion(await sign(extra))).status, 401);
        assert.equal((await withAssertion(await sign({}))).status, 200);
      });
    }
  });
});

/** What a confused verifier might use of a public key as a shared secret. */
function secretsOf(key: object): Uint8Array[] {
  const encode = (text: string) => new TextEncoder().encode(text);
  const coordinates = ['x', 'n'].flatMap((name) => {
    const value: unknown = Reflect.get(key, name);
    return typeof value === 'string' ? [Buffer.from(value, 'base64url')] : [];
  });
  return [encode(JSON.stringify(key)), ...coordinates];
}

/** Whether the answer is an error, by a page of ours or by the redirect to the client. */
function isRefused({ status, location }: Visit): boolean {
  if (location !== undefined) return new URL(location).searchParams.has('error');
  return status >= 400 && status < 500;
}
