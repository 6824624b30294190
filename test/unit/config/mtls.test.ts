import assert from 'node:assert/strict';
import { loadConfig } from '../../../src/config/load.js';

function problemsOf(settings: object): string[] {
  const loaded = loadConfig({
    env: { HOLDFAST_CONFIG: 'test.yaml' },
    readFile: () => JSON.stringify(settings),
  });
  return loaded.ok ? [] : loaded.problems.map(({ setting, message }) => `${setting}: ${message}`);
}

const https = 'https://id.example';
const tls = { cert: 'cert.pem', key: 'key.pem' };
const client = { client_id: 'c', redirect_uris: [], grant_types: [], response_types: [] };

describe('the settings of client certificates', () => {
  it('may be left out, come by our own TLS, or by the header of a trusted proxy', () => {
    for (const settings of [
      {},
      { issuer: https, tls, mtls: { certificates_from: 'tls' } },
      {
        mtls: { certificates_from: 'header', base_url: 'https://mtls.id.example' },
        trusted_proxies: ['10.0.0.1'],
      },
    ]) {
      assert.deepEqual(problemsOf(settings), []);
    }
  });

  it('make the issuer https on localhost by tls.local or --tls, which production refuses', () => {
    const load = (env: Record<string, string>, localTls = false) =>
      loadConfig({ env, localTls, readFile: () => '' });
    for (const loaded of [load({}, true), load({ HOLDFAST_TLS_LOCAL: 'true' })]) {
      assert.ok(loaded.ok);
      const { issuer, rp_id: rpId, tls: given } = loaded.config;
      assert.deepEqual([issuer, rpId, given.local], ['https://localhost:6180', 'localhost', true]);
    }
    const refused = load({ NODE_ENV: 'production' }, true);
    assert.ok(!refused.ok);
    assert.ok(refused.problems.some(({ message }) => message.startsWith('is refused in production')));
  });

  it('are refused where they contradict each other', () => {
    for (const [settings, problem] of [
      [{ issuer: https, tls: { cert: 'cert.pem' } }, /^tls.key: is required/],
      [{ issuer: https, tls: { key: 'key.pem' } }, /^tls.cert: is required/],
      [{ tls }, /^tls.cert: makes this server speak https/],
      [{ issuer: https, tls: { local: true } }, /^tls.local: is https for localhost/],
      [{ issuer: 'http://localhost:6180', tls: { local: true } }, /^tls.local: is https for localhost/],
      [
        { issuer: 'https://localhost:6180', tls: { ...tls, local: true } },
        /^tls.local: .*tls.cert names another/,
      ],
      [{ mtls: { certificates_from: 'tls' } }, /^mtls.certificates_from: is tls, which needs tls.cert/],
      [
        { mtls: { certificates_from: 'header' } },
        /^mtls.certificates_from: is header, and trusted_proxies is empty/,
      ],
      [{ mtls: { certificate_header: 'Authorization' } }, /^mtls.certificate_header: is Authorization/],
      [{ mtls: { certificate_header: 'a:b' } }, /^mtls.certificate_header: must be the name/],
      [{ mtls: { base_url: 'https://mtls.id.example/path' } }, /^mtls.base_url: must be an https origin/],
      [{ mtls: { base_url: 'http://mtls.id.example' } }, /^mtls.base_url: must be an https origin/],
    ] as const) {
      const problems = problemsOf(settings);
      assert.equal(problems.length, 1, problems.join('\n'));
      assert.match(problems.join(), problem);
    }
  });

  it('are demanded by clients that need them', () => {
    const header = { certificates_from: 'header' };
    const proxied = (mtls: object, more: object) => ({
      mtls,
      trusted_proxies: ['10.0.0.1'],
      clients: [{ ...client, ...more }],
    });
    const pki = { token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: 'CN=c' };
    const bound = { tls_client_certificate_bound_access_tokens: true };
    assert.match(problemsOf(proxied({}, pki)).join(), /method: needs mtls.certificates_from/);
    assert.match(problemsOf(proxied({}, bound)).join(), /bound_access_tokens: needs mtls.certificates_from/);
    assert.match(
      problemsOf(proxied(header, pki)).join(),
      /method: is tls_client_auth, which needs mtls.client_ca/,
    );
    assert.deepEqual(problemsOf(proxied({ ...header, client_ca: 'ca.pem' }, pki)), []);
    assert.deepEqual(problemsOf(proxied(header, bound)), []);
  });
});
