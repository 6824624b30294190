import { strict as assert } from 'node:assert';
import { X509Certificate } from 'node:crypto';
import type { RequestHandler } from '../../src/http/front.js';
import { requestContext } from '../../src/http/request-context.js';
import { selfSigned, type Identity } from '../support/certificate-authority.js';
import { certified, postOverTls } from '../support/certified-client.js';
import { runFront, type RunningFront } from '../support/front-harness.js';
import { localhostCertificate } from '../support/localhost-certificate.js';

/** Tells whose certificate the application behind the front got to see, and which headers. */
const tell: RequestHandler = (request, response) => {
  const { certificate } = requestContext(request);
  const serial = certificate?.leaf.fingerprint256;
  response.end(JSON.stringify({ certificate: serial ?? null, headers: request.headers }));
};

interface Seen {
  readonly certificate: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

const fronts: RunningFront[] = [];
after(() => Promise.all(fronts.map((front) => front.close())));

async function front(settings: Record<string, string>, tls?: typeof localhostCertificate) {
  const env = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [`HOLDFAST_${name}`, value]),
  );
  const running = await runFront({ env, handler: () => tell, ...(tls && { tls }) });
  fronts.push(running);
  return running;
}

const byHeader = {
  MTLS_CERTIFICATES_FROM: 'header',
  MTLS_CERTIFICATE_FORMAT: 'pem',
  MTLS_CERTIFICATE_HEADER: 'X-Cert',
};
const here = '["127.0.0.1"]';
const elsewhere = '["192.0.2.1"]';

describe('threat 5: a certificate in a header', () => {
  let client: Identity;
  let written: Record<string, string>;
  let fingerprint: string;
  before(async () => {
    client = await selfSigned();
    written = { 'x-cert': encodeURIComponent(client.cert) };
    fingerprint = new X509Certificate(client.der).fingerprint256;
  });

  const askFor = async ({ url }: RunningFront, headers: Record<string, string>): Promise<Seen> =>
    (await (await fetch(`${url}/token`, { headers })).json()) as Seen;

  it('is believed of the proxy, and taken from the request', async () => {
    const seen = await askFor(await front({ ...byHeader, TRUSTED_PROXIES: here }), written);
    assert.equal(seen.certificate, fingerprint);
    assert.equal(seen.headers['x-cert'], undefined);
  });

  it('is not believed of anybody else, and taken from the request as well', async () => {
    const seen = await askFor(await front({ ...byHeader, TRUSTED_PROXIES: elsewhere }), written);
    assert.equal(seen.certificate, null);
    assert.equal(seen.headers['x-cert'], undefined);
  });

  it('is not believed where certificates come from the handshake, or from nowhere', async () => {
    const header = certified(client);
    const tls = { ISSUER: 'https://localhost:1', MTLS_CERTIFICATES_FROM: 'tls', TLS_CERT: 'x', TLS_KEY: 'x' };
    for (const settings of [tls, {}]) {
      const seen = await askFor(await front({ ...settings, TRUSTED_PROXIES: here }), header);
      assert.equal(seen.certificate, null);
      assert.ok(!('client-cert' in seen.headers), Object.keys(seen.headers).join());
    }
  });

  it('is refused where the client wrote one that the proxy only added to', async () => {
    const { url } = await front({ ...byHeader, TRUSTED_PROXIES: here });
    const { 'x-cert': mine = '' } = written;
    const headers = new Headers({ 'x-cert': encodeURIComponent((await selfSigned()).cert) });
    headers.append('x-cert', mine);
    const answer = await fetch(`${url}/token`, { headers });
    assert.equal(answer.status, 400);
    const { error } = (await answer.json()) as { error: string };
    assert.equal(error, 'invalid_request');
  });

  it('is that of the client: a proxy’s certificate on its own connection is nobody’s behind it', async () => {
    const tls = { ISSUER: 'https://localhost:1', MTLS_CERTIFICATES_FROM: 'tls', TLS_CERT: 'x', TLS_KEY: 'x' };
    for (const [proxies, expected] of [
      [elsewhere, fingerprint],
      [here, null],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop
      const { port } = await front({ ...tls, TRUSTED_PROXIES: proxies }, localhostCertificate);
      // oxlint-disable-next-line no-await-in-loop
      const { body } = await postOverTls(
        { url: `https://localhost:${port}/token`, form: {} },
        localhostCertificate.cert,
        client,
      );
      assert.equal(body['certificate'], expected);
    }
  });
});
