import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { freePort } from '../../examples/support/free-port.js';
import type { ConfigFile } from '../../src/config/schema.js';
import { CertificateAuthority, selfSigned, type Identity } from '../support/certificate-authority.js';
import { certified, jwksOf, postOverTls, writeFiles } from '../support/certified-client.js';
import { gatewayA, testClients, testResources } from '../support/clients.js';
import { Device, postForm, type Answer } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { sendAsIs } from '../support/raw-request.js';
import { localhostCertificate } from '../support/localhost-certificate.js';

const own = { redirect_uris: [], response_types: [], grant_types: ['client_credentials'] };

function clients(pinned: Identity, expired: Identity): NonNullable<ConfigFile['clients']> {
  return [
    ...testClients,
    {
      ...own,
      client_id: 'certified',
      token_endpoint_auth_method: 'tls_client_auth',
      tls_client_auth_subject_dn: 'CN=fleet,O=Acme',
      tls_client_certificate_bound_access_tokens: true,
    },
    {
      ...own,
      client_id: 'pinned',
      token_endpoint_auth_method: 'self_signed_tls_client_auth',
      jwks: jwksOf(pinned, expired),
    },
    {
      ...own,
      grant_types: [],
      client_id: 'rs-certified',
      token_endpoint_auth_method: 'tls_client_auth',
      tls_client_auth_san_dns: 'gateway.acme.example',
    },
  ];
}

const resources = testResources.map((each) =>
  each.identifier === gatewayA ? { ...each, resource_servers: ['rs-a', 'rs-certified'] } : each,
);

const tokenForm = (clientId: string) => ({
  grant_type: 'client_credentials',
  resource: gatewayA,
  scope: 'model:call',
  client_id: clientId,
});

describe('threat 5: a client or resource server that is known by its certificate', () => {
  let authority: CertificateAuthority;
  let pinned: Identity;
  let expired: Identity;
  let holdfast: Holdfast;
  let file: (name: string) => string;
  const subject = 'O=Acme, CN=fleet';

  before(async () => {
    authority = await CertificateAuthority.create();
    pinned = await selfSigned({ subject: 'CN=pinned' });
    expired = await selfSigned({ subject: 'CN=pinned', notAfter: new Date('2021-01-01') });
    file = writeFiles({ 'clients.pem': authority.rootPem, ...localhostCertificate });
    holdfast = await startHoldfast({
      clients: clients(pinned, expired),
      resources,
      trusted_proxies: ['127.0.0.1'],
      mtls: { certificates_from: 'header', client_ca: file('clients.pem'), base_url: 'https://mtls.id.test' },
    });
  });
  after(() => holdfast.close());

  const ask = (headers: Record<string, string>, form = tokenForm('certified')): Promise<Answer> =>
    postForm({ url: `${holdfast.issuer}/token`, form, headers });
  const introspect = (token: string, headers: Record<string, string>): Promise<Answer> =>
    postForm({ url: `${holdfast.issuer}/introspect`, form: { token, client_id: 'rs-certified' }, headers });

  const refused = ({ status, body }: Answer, why: RegExp) => {
    assert.deepEqual([status, body['error']], [401, 'invalid_client'], JSON.stringify(body));
    assert.match(String(body['holdfast_detail'] ?? body['error_description']), why);
  };

  it('gets a token by its certificate, and the resource server sees whose it is by its own', async () => {
    const gateway = certified(
      await authority.issue({ names: [{ type: 'dns', value: 'gateway.acme.example' }] }),
    );
    const straight = await authority.issue({ subject, purposes: ['client'] });
    const beneath = await authority.issueBeneath({ subject });
    for (const [identity, chain] of [
      [straight, []],
      [beneath, [authority.intermediateDer]],
    ] as const) {
      const { status, body } = await ask(certified(identity, chain));
      assert.equal(status, 200, JSON.stringify(body));
      const seen = await introspect(String(body['access_token']), gateway);
      assert.deepEqual(seen.body['cnf'], { 'x5t#S256': identity.thumbprint });
      assert.deepEqual([seen.body['active'], seen.body['token_type']], [true, 'Bearer']);
    }
  });

  it('is refused a certificate that its authority did not issue', async () => {
    const stranger = await CertificateAuthority.create();
    refused(await ask(certified(await stranger.issue({ subject }))), /not verified/);
    refused(await ask(certified(await selfSigned({ subject }))), /not verified/);
    const beneath = await stranger.issueBeneath({ subject });
    refused(await ask(certified(beneath, [stranger.intermediateDer])), /not verified/);
    refused(await ask(certified(beneath, [authority.intermediateDer])), /not verified/);
    refused(await ask(certified(await authority.issueBeneath({ subject }))), /not verified/);
  });

  it('is refused a certificate of somebody else', async () => {
    for (const other of ['CN=fleet', 'O=Acme, CN=fleet2', 'CN=fleet, O=Acme', 'O=Acme, OU=x, CN=fleet']) {
      refused(await ask(certified(await authority.issue({ subject: other }))), /does not match/);
    }
    const named = certified(await authority.issue({ names: [{ type: 'dns', value: 'evil.acme.example' }] }));
    refused(await introspect('hldf_at_x', named), /does not match/);
  });

  it('is refused a certificate whose time is over or has not come, or that is for servers', async () => {
    const by = (wish: Parameters<CertificateAuthority['issue']>[0]) => authority.issue({ subject, ...wish });
    refused(await ask(certified(await by({ notAfter: new Date('2021-01-01') }))), /expired/);
    refused(await ask(certified(await by({ notBefore: new Date('2079-01-01') }))), /not valid yet/);
    refused(await ask(certified(await by({ purposes: ['server'] }))), /client authentication/);
    refused(await ask(certified(expired), tokenForm('pinned')), /expired/);
  });

  it('is refused without a certificate, and by a secret or an id alone', async () => {
    refused(await ask({}), /not provided/);
    refused(await ask({}, { ...tokenForm('certified'), client_secret: 'x' } as never), /does not match/);
    refused(await introspect('hldf_at_x', {}), /not provided/);
  });

  it('is known by one of the self-signed certificates that it registered, and by no other', async () => {
    const device = await Device.create();
    const url = `${holdfast.issuer}/token`;
    const { status, body } = await device.post({
      url,
      form: tokenForm('pinned'),
      headers: certified(pinned),
    });
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body['token_type'], 'DPoP');
    for (const other of [await selfSigned({ subject: 'CN=pinned' }), await authority.issue({ subject })]) {
      refused(await ask(certified(other), tokenForm('pinned')), /unregistered/);
    }
  });

  it('finds in discovery where to bring its certificate', async () => {
    const response = await fetch(`${holdfast.issuer}/.well-known/openid-configuration`);
    const metadata = (await response.json()) as Record<string, unknown>;
    assert.deepEqual(
      (metadata['token_endpoint_auth_methods_supported'] as string[]).filter((each) => each.includes('tls')),
      ['tls_client_auth', 'self_signed_tls_client_auth'],
    );
    assert.equal(metadata['tls_client_certificate_bound_access_tokens'], true);
    const aliases = metadata['mtls_endpoint_aliases'] as Record<string, string>;
    for (const [name, url] of Object.entries(aliases)) {
      assert.equal(url.replace('https://mtls.id.test', holdfast.issuer), metadata[name], name);
    }
    assert.ok(
      aliases['token_endpoint'] && aliases['introspection_endpoint'] && aliases['revocation_endpoint'],
    );
  });

  it('proves its key at that address where it went there, and at no other that a request names', async () => {
    const device = await Device.create();
    const url = `${holdfast.issuer}/token`;
    const send = async (host: string | undefined, htu: string): Promise<Answer> =>
      sendAsIs(url, {
        method: 'POST',
        headers: {
          ...certified(pinned),
          'content-type': 'application/x-www-form-urlencoded',
          ...(host === undefined ? {} : { host }),
          dpop: await device.proof('POST', htu),
        },
        body: new URLSearchParams(tokenForm('pinned')).toString(),
      });
    // Learns the nonce.
    await device.post({ url, form: tokenForm('pinned'), headers: certified(pinned) });
    const alias = 'https://mtls.id.test/token';
    assert.equal((await send('mtls.id.test', alias)).status, 200);
    for (const [host, htu] of [
      [undefined, alias],
      ['mtls.id.test', url],
      ['evil.example', 'https://evil.example/token'],
      ['mtls.id.test.evil.example', alias],
      ['mtls.id.test:8443', 'https://mtls.id.test:8443/token'],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop
      const { status, body } = await send(host, htu);
      assert.deepEqual([status, body['error']], [400, 'invalid_dpop_proof'], `${host} ${htu}`);
    }
    const metadata = `${holdfast.issuer}/.well-known/openid-configuration`;
    const there = await sendAsIs(metadata, { headers: { host: 'mtls.id.test' } });
    assert.deepEqual(there.body, (await sendAsIs(metadata)).body);
  });

  describe('on a connection of its own', () => {
    let direct: Holdfast;
    before(async () => {
      const port = await freePort();
      direct = await startHoldfast({
        port,
        issuer: `https://localhost:${port}`,
        clients: clients(pinned, expired),
        resources,
        tls: { cert: file('cert'), key: file('key') },
        mtls: { certificates_from: 'tls', client_ca: file('clients.pem') },
      });
    });
    after(() => direct.close());

    const askDirectly = (identity?: Identity, headers: Record<string, string> = {}) =>
      postOverTls(
        { url: `${direct.issuer}/token`, form: tokenForm('certified'), headers },
        localhostCertificate.cert,
        identity,
      );

    it('is known by the handshake alone: what a header says is no certificate', async () => {
      const right = await authority.issueBeneath({ subject });
      const { status, body } = await askDirectly(right);
      assert.equal(status, 200, JSON.stringify(body));
      const claimed = certified(await authority.issue({ subject }));
      refused(await askDirectly(undefined, claimed), /not provided/);
      refused(await askDirectly(await selfSigned({ subject }), claimed), /not verified/);
    });

    it('is known on every connection, though its TLS library takes up the session of the first again', async () => {
      const { cert, key } = await authority.issueBeneath({ subject });
      const agent = new Agent({ ca: localhostCertificate.cert, cert, key, keepAlive: false });
      for (const _connection of [1, 2, 3]) {
        const asking = request(`${direct.issuer}/token`, { method: 'POST', agent });
        asking.setHeader('content-type', 'application/x-www-form-urlencoded');
        asking.end(new URLSearchParams(tokenForm('certified')).toString());
        // oxlint-disable-next-line no-await-in-loop
        const [answer] = (await once(asking, 'response')) as [IncomingMessage];
        answer.resume();
        // oxlint-disable-next-line no-await-in-loop
        await once(answer, 'end');
        assert.equal(answer.statusCode, 200);
      }
    });
  });
});
