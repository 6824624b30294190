import assert from 'node:assert/strict';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { postForm } from '../support/device.js';

/** Keys of a client whose signatures would cost us more than they cost it to make (threat 30). */
describe('threat 30: a client with a key that is costly to verify with', () => {
  const jwk = (bytes: number, e: string) => ({
    kty: 'RSA',
    n: Buffer.alloc(bytes, 0xff).toString('base64url'),
    e,
    use: 'sig',
    kid: 'k',
  });
  const keys = {
    sound: jwk(256, 'AQAB'),
    large: jwk(1024, 'AQAB'),
    small: jwk(128, 'AQAB'),
    even: jwk(256, 'AQAA'),
    long: jwk(256, Buffer.alloc(256, 0xff).toString('base64url')),
    none: jwk(256, ''),
  };
  const registration = {
    token_endpoint_auth_method: 'private_key_jwt',
    redirect_uris: [],
    grant_types: ['client_credentials'],
    response_types: [],
  };
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast();
    // The config file is refused with such a key; these come by another way.
    for (const [clientId, key] of Object.entries(keys)) {
      const metadata = { client_id: clientId, ...registration, jwks: { keys: [key] } };
      await holdfast.storage.clients.insert({
        clientId,
        source: 'database',
        metadata,
        createdAt: new Date(),
      });
    }
  });
  after(() => holdfast.close());

  const use = (client_id: string) =>
    postForm({
      url: `${holdfast.issuer}/token`,
      form: {
        grant_type: 'client_credentials',
        client_id,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: ['{"alg":"RS256"}', JSON.stringify({ sub: client_id }), 'no signature']
          .map((part) => Buffer.from(part).toString('base64url'))
          .join('.'),
      },
    });

  it('is taken with a key of usual size', async () => {
    assert.equal((await use('sound')).body['error'], 'invalid_client');
  });

  for (const name of ['large', 'small', 'even', 'long', 'none']) {
    it(`is refused as registered: ${name}`, async () => {
      const { body } = await use(name);
      assert.equal(body['error'], 'invalid_client_metadata', JSON.stringify(body));
    });
  }
});
