import { strict as assert } from 'node:assert';
import { decodeJwt } from 'jose';
import * as oauth from 'oauth4webapi';
import { gatewayA, jwtGateway, secretOf } from '../support/clients.js';
import { Device } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { clientCredentials, signIn } from '../support/login.js';

const insecure = { [oauth.allowInsecureRequests]: true } as const;
const url = `${jwtGateway}models`;

describe('oauth4webapi as a resource server, unmodified', () => {
  let holdfast: Holdfast;
  let server: oauth.AuthorizationServer;
  let device: Device;
  before(async () => {
    holdfast = await startHoldfast();
    const issuer = new URL(holdfast.issuer);
    server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
    device = await Device.create();
  });
  after(() => holdfast.close());
  afterEach(() => holdfast.clock.reset());

  async function tokenFor(resource: string, scope: string): Promise<string> {
    const { status, body } = await clientCredentials(holdfast.issuer, device, { resource, scope });
    assert.equal(status, 200, JSON.stringify(body));
    return String(body['access_token']);
  }

  const ask = (id: string, token: string, requestJwtResponse: boolean) =>
    oauth.introspectionRequest(server, { client_id: id }, oauth.ClientSecretBasic(secretOf(id)), token, {
      requestJwtResponse,
      ...insecure,
    });
  const read = async (id: string, answer: Response) =>
    oauth.processIntrospectionResponse(
      server,
      { client_id: id, introspection_signed_response_alg: 'ES256' },
      answer,
    );

  for (const signed of [false, true]) {
    describe(`by introspection, answered as ${signed ? 'a JWT (RFC 9701)' : 'JSON'}`, () => {
      it('learns of its own tokens whose they are, by which key, and until when', async () => {
        const [opaque, jwt] = [
          await tokenFor(gatewayA, 'model:call'),
          await tokenFor(jwtGateway, 'jwt:call'),
        ];
        for (const [id, token, aud] of [
          ['rs-a', opaque, gatewayA],
          ['rs-jwt', jwt, jwtGateway],
        ] as const) {
          // oxlint-disable-next-line no-await-in-loop
          const answer = await read(id, await ask(id, token, signed));
          assert.deepEqual([answer.active, answer.client_id, answer.aud], [true, 'service', aud]);
          assert.deepEqual([answer.token_type, answer.cnf?.jkt], ['DPoP', device.key.jkt]);
        }
      });

      it('learns nothing of those of others, of expired ones, and of what is none', async () => {
        const [opaque, jwt] = [
          await tokenFor(gatewayA, 'model:call'),
          await tokenFor(jwtGateway, 'jwt:call'),
        ];
        const seen = async (id: string, token: string) => read(id, await ask(id, token, signed));
        const nothing = { active: false };
        const plain = ({ active, ...rest }: oauth.IntrospectionResponse) => {
          const { iss: _iss, aud: _aud, iat: _iat, ...more } = rest;
          return { active, ...more };
        };
        assert.deepEqual(plain(await seen('rs-b', opaque)), nothing);
        assert.deepEqual(plain(await seen('rs-a', jwt)), nothing);
        assert.deepEqual(plain(await seen('rs-a', 'hldf_at_nothing')), nothing);
        holdfast.clock.advance(301);
        assert.deepEqual(plain(await seen('rs-a', opaque)), nothing);
        assert.deepEqual(plain(await seen('rs-jwt', jwt)), nothing);
      });
    });
  }

  it('refuses the answer to another resource server, which somebody passes off on it', async () => {
    const answer = await ask('rs-a', await tokenFor(gatewayA, 'model:call'), true);
    await assert.rejects(read('rs-b', answer), /aud/);
  });

  describe('by verifying JWTs itself', () => {
    const validate = (headers: Record<string, string>, audience = jwtGateway, at = url) =>
      oauth.validateJwtAccessToken(server, new Request(at, { headers }), audience, insecure);
    const presented = async (token: string, by = device) => ({
      authorization: `DPoP ${token}`,
      dpop: await by.proof('GET', url, token),
    });

    it('accepts one with its proof', async () => {
      const token = await tokenFor(jwtGateway, 'jwt:call');
      const claims = await validate(await presented(token));
      assert.deepEqual([claims.client_id, claims.scope], ['service', 'jwt:call']);
      assert.deepEqual(claims, decodeJwt(token));
    });

    it('refuses it for another audience, as Bearer, without proof, or with the proof of another key or place', async () => {
      const token = await tokenFor(jwtGateway, 'jwt:call');
      await assert.rejects(validate(await presented(token), gatewayA), /audience|aud/);
      await assert.rejects(validate({ authorization: `Bearer ${token}` }), /DPoP/);
      await assert.rejects(
        validate({ ...(await presented(token)), authorization: `Bearer ${token}` }),
        /DPoP/,
      );
      await assert.rejects(validate({ authorization: `DPoP ${token}` }), /no DPoP/);
      await assert.rejects(validate(await presented(token, await Device.create())), /confirmation|mismatch/i);
      await assert.rejects(validate(await presented(token), jwtGateway, `${url}/elsewhere`), /htu/);
    });

    it('refuses it when its time is over', async () => {
      const token = await tokenFor(jwtGateway, 'jwt:call');
      holdfast.clock.advance(301 + 30);
      await assert.rejects(validate(await presented(token)), /expir|exp/);
    });

    it('refuses other JWTs of the same issuer and keys', async () => {
      const joan = await signIn({ issuer: holdfast.issuer, login: 'joan@example.test' }, device);
      await assert.rejects(validate(await presented(joan.idToken)), /typ/);
      const answer = await ask('rs-jwt', await tokenFor(jwtGateway, 'jwt:call'), true);
      await assert.rejects(validate(await presented(await answer.text())), /typ/);
    });
  });
});
