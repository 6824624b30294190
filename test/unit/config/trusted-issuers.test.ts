import assert from 'node:assert/strict';
import { loadConfig } from '../../../src/config/load.js';

const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange';
const tenants = ['5f2a5e0c-8d2c-4b51-9c35-0f0c2f2b8a11', '9a1b2c3d-4e5f-4a6b-8c7d-0e1f2a3b4c5d'];
const google = {
  issuer: 'https://accounts.google.com',
  name: 'Google',
  audiences: ['us-at-google'],
  clients: ['backend'],
};
const entra = { ...google, issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0', tenants };

function load(issuers: readonly object[], more: object = {}) {
  const clients = [
    { client_id: 'backend', client_secret: 'a-secret-of-more-than-32-characters', grant_types: [grantType] },
    { client_id: 'other', grant_types: ['authorization_code'] },
  ];
  const resources = [{ identifier: 'https://models.test/', scope: 'model:call', resource_servers: [] }];
  const file = JSON.stringify({ clients, resources, trusted_issuers: issuers, ...more });
  return loadConfig({ env: { HOLDFAST_CONFIG: 'test.yaml' }, readFile: () => file });
}

describe('trusted issuers in the configuration', () => {
  it('are one for each tenant where the issuer is a template', () => {
    const loaded = load([google, entra]);
    assert.ok(loaded.ok, JSON.stringify(loaded));
    assert.deepEqual(
      loaded.config.trusted_issuers.map(({ issuer, tenant }) => [issuer, tenant]),
      [
        [google.issuer, undefined],
        ...tenants.map((tenant) => [`https://login.microsoftonline.com/${tenant}/v2.0`, tenant]),
      ],
    );
  });

  const wrong: readonly [string, readonly object[], RegExp, object?][] = [
    ['ourselves', [{ ...google, issuer: 'http://localhost:6180/' }], /issuer is this server itself/],
    ['http', [{ ...google, issuer: 'http://login.example' }], /issuer must be https/],
    [
      'keys that come in clear',
      [{ ...google, jwks_uri: 'http://login.example/keys' }],
      /jwks_uri must be https/,
    ],
    ['the same twice', [google, google], /trusted_issuers\.1\.issuer .* is declared twice/],
    ['a template without tenants', [{ ...entra, tenants: undefined }], /tenants must name the tenants/],
    ['tenants without a template', [{ ...google, tenants }], /tenants needs \{tenantid\}/],
    ['ID tokens for anybody', [{ ...google, audiences: [] }], /audiences must name the ids/],
    [
      'session tokens for anybody',
      [{ ...google, audiences: [], token_types: ['jwt'] }],
      /authorized_parties must be set/,
    ],
    ['an unknown client', [{ ...google, clients: ['nobody'] }], /clients there is no client nobody/],
    ['a client without the grant', [{ ...google, clients: ['other'] }], /other must have urn:ietf/],
    [
      'an unknown resource',
      [{ ...google, resources: ['https://x.test/'] }],
      /resources there is no resource/,
    ],
    ['a foreign scope', [{ ...google, scope: 'admin' }], /scope admin is a scope of none/],
    ['a rule that says nothing', [{ ...google, claims: [{ claim: 'hd' }] }], /either equals or one_of/],
    ['no shared secrets', [{ ...google, algorithms: ['HS256'] }], /algorithms/],
    [
      'another name for people whom an upstream provider names',
      [{ ...google, subject_claim: 'oid' }],
      /subject_claim must be sub/,
      { upstream_providers: [{ ...upstream(google.issuer) }] },
    ],
  ];
  for (const [what, issuers, words, more] of wrong) {
    it(`refuse ${what}`, () => {
      const loaded = load(issuers, more);
      assert.ok(!loaded.ok, 'the configuration was accepted');
      assert.match(loaded.problems.map(({ setting, message }) => `${setting} ${message}`).join('\n'), words);
    });
  }
});

function upstream(issuer: string): object {
  return { id: 'google', name: 'Google', issuer, client_id: 'us', client_secret: 'a-secret-from-there' };
}
