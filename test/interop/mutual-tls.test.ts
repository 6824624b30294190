import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as oauth from 'oauth4webapi';
import { Agent, fetch as undiciFetch } from 'undici';
import { freePort } from '../../examples/support/free-port.js';
import { startApache, type Apache } from '../support/apache.js';
import { CertificateAuthority, type Identity } from '../support/certificate-authority.js';
import { writeFiles } from '../support/certified-client.js';
import { gatewayA, secretOf, testClients } from '../support/clients.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { localhostCertificate } from '../support/localhost-certificate.js';

/** oauth4webapi as the client, Apache's mod_oauth2 as the resource server, both unmodified. */
describe('mutual TLS from the client to the resource server', () => {
  let holdfast: Holdfast;
  let application: Server;
  let apache: Apache;
  let mine: Identity;
  let another: Identity;
  const agents: Agent[] = [];

  before(async () => {
    const authority = await CertificateAuthority.create();
    mine = await authority.issueBeneath({ names: [{ type: 'url', value: 'spiffe://acme/fleet' }] });
    another = await authority.issueBeneath({ names: [{ type: 'url', value: 'spiffe://acme/fleet' }] });
    const file = writeFiles({
      ...localhostCertificate,
      'clients.pem': authority.rootPem,
    });
    const port = await freePort();
    holdfast = await startHoldfast({
      port,
      issuer: `https://localhost:${port}`,
      clients: [
        ...testClients,
        {
          client_id: 'fleet',
          token_endpoint_auth_method: 'tls_client_auth',
          redirect_uris: [],
          response_types: [],
          tls_client_auth_san_uri: 'spiffe://acme/fleet',
          tls_client_certificate_bound_access_tokens: true,
          grant_types: ['client_credentials'],
        },
      ],
      tls: { cert: file('cert'), key: file('key') },
      mtls: { certificates_from: 'tls', client_ca: file('clients.pem') },
    });
    application = createServer((request, response) => response.end(JSON.stringify(request.headers)));
    application.listen(0, '127.0.0.1');
    await once(application, 'listening');
    // Debian's version can present a certificate of its own, but not the client_id that belongs to it (RFC 8705 §2).
    const own = `introspect.auth=client_secret_basic&client_id=rs-a&client_secret=${secretOf('rs-a')}`;
    apache = await startApache(
      `
SSLEngine on
SSLCertificateFile ${file('cert')}
SSLCertificateKeyFile ${file('key')}
SSLVerifyClient optional_no_ca
SSLOptions +ExportCertData
ProxyPass / http://127.0.0.1:${(application.address() as AddressInfo).port}/
<Location />
  AuthType oauth2
  OAuth2TokenVerify introspect ${holdfast.issuer}/introspect "introspect.ssl_verify=false&${own}&type=mtls&expiry=0"
  OAuth2TargetPass prefix=OAUTH2_&remote_user_claim=client_id
  Require valid-user
</Location>`,
      ['ssl'],
    );
  });
  after(async () => {
    await Promise.all(agents.map((agent) => agent.close()));
    await apache.close();
    application.close();
    await holdfast.close();
  });

  function fetchBy(identity?: Identity): (url: string, init: object) => Promise<Response> {
    const { cert, key } = identity ?? {};
    const agent = new Agent({
      connect: { ca: localhostCertificate.cert, ...(cert !== undefined && { cert, key }) },
    });
    agents.push(agent);
    return (url, init) => undiciFetch(url, { ...init, dispatcher: agent }) as unknown as Promise<Response>;
  }

  async function tokenBy(identity: Identity): Promise<string> {
    const issuer = new URL(holdfast.issuer);
    const by = { [oauth.customFetch]: fetchBy(identity) } as const;
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, by));
    const client: oauth.Client = { client_id: 'fleet' };
    const parameters = { scope: 'model:call', resource: gatewayA };
    const answer = await oauth.clientCredentialsGrantRequest(
      server,
      client,
      oauth.TlsClientAuth(),
      parameters,
      by,
    );
    return (await oauth.processClientCredentialsResponse(server, client, answer)).access_token;
  }

  async function call(token: string, identity?: Identity): Promise<number> {
    const headers = { authorization: `Bearer ${token}` };
    const url = `${apache.url.replace('http:', 'https:')}/models`;
    return (await fetchBy(identity)(url, { headers })).status;
  }

  it('serves a token to the connection of its certificate, and to no other', async () => {
    const token = await tokenBy(mine);
    assert.equal(await call(token, mine), 200, await apache.log());
    // The same client by its next certificate: the token is the old one's.
    assert.equal(await call(token, another), 401);
    assert.equal(await call(token), 401);
    assert.equal(await call(await tokenBy(another), another), 200);
    assert.equal(await call('hldf_at_nothing', mine), 401);
  });
});
