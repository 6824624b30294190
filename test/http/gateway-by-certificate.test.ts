import assert from 'node:assert/strict';
import { freePort } from '../../examples/support/free-port.js';
import type { GuardMode } from '../../src/gateway/index.js';
import { accessTokenHash } from '../../src/proof/thumbprint.js';
import { CertificateAuthority, type Identity } from '../support/certificate-authority.js';
import { writeFiles } from '../support/certified-client.js';
import { gatewayA, gatewayB, testClients, testResources } from '../support/clients.js';
import { craftProof } from '../support/hand-made-proof.js';
import { startGuardedGateway } from '../support/guarded-gateway.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { localhostCertificate } from '../support/localhost-certificate.js';
import { signIn, type Tokens } from '../support/login.js';

/** holdfast/gateway with no secret at all: its certificate opens introspection, calls and the revocation feed. */
describe('a gateway that authenticates by certificate', () => {
  /** People sign in here; the same database as the other. */
  let holdfast: Holdfast;
  let overTls: Holdfast;
  let gatewayIdentity: Identity;
  let strangerIdentity: Identity;

  before(async () => {
    const authority = await CertificateAuthority.create();
    gatewayIdentity = await authority.issueBeneath({
      names: [{ type: 'url', value: 'spiffe://acme/gateway' }],
    });
    strangerIdentity = await authority.issue({ names: [{ type: 'url', value: 'spiffe://acme/other' }] });
    const file = writeFiles({ 'clients.pem': authority.rootPem, ...localhostCertificate });
    const port = await freePort();
    holdfast = await startHoldfast();
    overTls = await startHoldfast({
      port,
      issuer: `https://localhost:${port}`,
      clients: [
        ...testClients,
        {
          client_id: 'rs-certified',
          token_endpoint_auth_method: 'tls_client_auth',
          tls_client_auth_san_uri: 'spiffe://acme/gateway',
          redirect_uris: [],
          grant_types: [],
          response_types: [],
        },
      ],
      resources: testResources.map((each) =>
        each.identifier === gatewayA ? { ...each, resource_servers: ['rs-certified'] } : each,
      ),
      tls: { cert: file('cert'), key: file('key') },
      mtls: { certificates_from: 'tls', client_ca: file('clients.pem') },
    });
  });
  after(async () => {
    await overTls.close();
    await holdfast.close();
  });

  function open({ cert, key }: Identity, mode: GuardMode, onFeed: () => void = () => {}) {
    const { issuer, clock } = overTls;
    return startGuardedGateway({
      issuer,
      clock,
      clientId: 'rs-certified',
      more: {
        mode,
        tls: { cert, key, ca: localhostCertificate.cert },
        onNotice: ({ kind }) => kind === 'feed_heard' && onFeed(),
      },
    });
  }

  async function callBy(
    { device, accessToken }: Tokens,
    gateway: Awaited<ReturnType<typeof open>>,
  ): Promise<[number, unknown]> {
    const claims = { htm: 'GET', htu: gateway.callUrl, ath: accessTokenHash(accessToken) };
    const call = async (nonce?: string) => {
      const dpop = await craftProof(device.key, { ...claims, ...(nonce !== undefined && { nonce }) });
      return gateway.call({ authorization: `DPoP ${accessToken}`, dpop });
    };
    // As a client learns the nonce: whose it is, is the mode's business.
    const { status, body } = await call((await call()).headers.get('dpop-nonce') ?? '');
    return [status, body['error']];
  }

  for (const mode of ['remote', 'local'] as const) {
    it(`serves and refuses in ${mode} mode`, async () => {
      let onFeed = () => {};
      const heard = new Promise<void>((resolve) => (onFeed = resolve));
      const gateway = await open(gatewayIdentity, mode, () => onFeed());
      try {
        await heard;
        const joan = await signIn({ issuer: holdfast.issuer, login: 'joan@example.test' });
        assert.deepEqual(await callBy(joan, gateway), [200, undefined]);
        const { accessToken } = await signIn({
          issuer: holdfast.issuer,
          resource: gatewayB,
          scope: 'openid b:call',
        });
        assert.deepEqual(await callBy({ ...joan, accessToken }, gateway), [401, 'invalid_token']);
      } finally {
        await gateway.close();
      }
    });
  }

  it('serves nobody with the certificate of another', async () => {
    const gateway = await open(strangerIdentity, 'remote');
    try {
      const joan = await signIn({ issuer: holdfast.issuer, login: 'joan@example.test' });
      assert.deepEqual(await callBy(joan, gateway), [503, 'temporarily_unavailable']);
    } finally {
      await gateway.close();
    }
  });
});
