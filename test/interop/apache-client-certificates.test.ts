import { strict as assert } from 'node:assert';
import { startApache, type Apache } from '../support/apache.js';
import { CertificateAuthority, selfSigned, type Identity } from '../support/certificate-authority.js';
import { postOverTls, writeFiles } from '../support/certified-client.js';
import { gatewayA, testClients } from '../support/clients.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { localhostCertificate } from '../support/localhost-certificate.js';

/** docs/runbooks/mtls.md with a real proxy: Apache ends TLS and passes the certificate on; its mod_ssl has checked none. */
describe('client certificates behind Apache, unmodified', () => {
  let holdfast: Holdfast;
  let apache: Apache;
  let authority: CertificateAuthority;

  before(async () => {
    authority = await CertificateAuthority.create();
    const file = writeFiles({ 'clients.pem': authority.rootPem, ...localhostCertificate });
    holdfast = await startHoldfast({
      clients: [
        ...testClients,
        {
          client_id: 'certified',
          token_endpoint_auth_method: 'tls_client_auth',
          tls_client_auth_san_dns: 'fleet.acme.example',
          tls_client_certificate_bound_access_tokens: true,
          redirect_uris: [],
          grant_types: ['client_credentials'],
          response_types: [],
        },
      ],
      trusted_proxies: ['127.0.0.1'],
      mtls: {
        certificates_from: 'header',
        certificate_header: 'X-SSL-Client-Cert',
        certificate_format: 'pem',
        client_ca: file('clients.pem'),
      },
    });
    apache = await startApache(
      `
SSLEngine on
SSLCertificateFile ${file('cert')}
SSLCertificateKeyFile ${file('key')}
SSLVerifyClient optional_no_ca
RequestHeader unset X-SSL-Client-Cert
RequestHeader set X-SSL-Client-Cert "%{SSL_CLIENT_CERT}s" "expr=-n %{SSL_CLIENT_CERT}"
ProxyPass / ${holdfast.issuer}/`,
      ['ssl', 'headers'],
    );
  });
  after(async () => {
    await apache.close();
    await holdfast.close();
  });

  const ask = (identity?: Identity, headers: Record<string, string> = {}) =>
    postOverTls(
      {
        url: `${apache.url.replace('http:', 'https:')}/token`,
        form: {
          grant_type: 'client_credentials',
          resource: gatewayA,
          scope: 'model:call',
          client_id: 'certified',
        },
        headers,
      },
      localhostCertificate.cert,
      identity,
    );

  it('authenticate their client, and nobody without them, whatever header he sends', async () => {
    const right = await authority.issue({ names: [{ type: 'dns', value: 'fleet.acme.example' }] });
    const { status, body } = await ask(right);
    assert.equal(status, 200, `${JSON.stringify(body)}\n${await apache.log()}`);

    const forged = { 'x-ssl-client-cert': encodeURIComponent(right.cert) };
    assert.equal((await ask(undefined, forged)).body['error'], 'invalid_client');
    const stranger = await selfSigned({ names: [{ type: 'dns', value: 'fleet.acme.example' }] });
    assert.equal((await ask(stranger, forged)).body['error'], 'invalid_client');
  });
});
