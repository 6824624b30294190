import assert from 'node:assert/strict';
import { resourceMetadata, resourceMetadataUrl } from '../../../src/gateway/index.js';
import { safeAddress } from '../../../src/gateway/safe-address.js';

describe('addresses that secrets are sent to', () => {
  for (const address of [
    'https://id.example',
    'http://localhost:6180',
    'http://127.0.0.1:1',
    'http://[::1]:1',
  ]) {
    it(`may be ${address}`, () => assert.equal(safeAddress(address).href, `${address}/`));
  }
  for (const address of [
    'http://id.example',
    'http://10.0.0.1',
    'http://localhost.example',
    'ftp://localhost',
  ]) {
    it(`may not be ${address}`, () => assert.throws(() => safeAddress(address), TypeError));
  }
});

describe('the metadata of a resource (RFC 9728)', () => {
  it('lies between host and path', () => {
    const well = 'https://api.example/.well-known/oauth-protected-resource';
    assert.equal(resourceMetadataUrl('https://api.example/v1'), `${well}/v1`);
    assert.equal(resourceMetadataUrl('https://api.example'), well);
  });

  it('says that tokens are bound', () => {
    const description = { issuer: 'https://id.example', resource: 'https://api.example/v1', scope: ['a'] };
    assert.deepEqual(resourceMetadata(description), {
      resource: 'https://api.example/v1',
      authorization_servers: ['https://id.example'],
      scopes_supported: ['a'],
      bearer_methods_supported: ['header'],
      dpop_signing_alg_values_supported: ['ES256', 'EdDSA', 'Ed25519'],
      dpop_bound_access_tokens_required: true,
      authorization_details_types_supported: ['model_call'],
    });
  });

  it('says what people call it, and where to read on', () => {
    const bare = { issuer: 'https://id.example', resource: 'https://api.example/v1', scope: [] };
    const described = resourceMetadata({
      ...bare,
      name: 'Models',
      documentation: 'https://api.example/docs',
    });
    assert.deepEqual(described, {
      ...resourceMetadata(bare),
      resource_name: 'Models',
      resource_documentation: 'https://api.example/docs',
    });
  });
});
