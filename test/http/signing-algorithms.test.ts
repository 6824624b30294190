import { strict as assert } from 'node:assert';
import { decodeProtectedHeader } from 'jose';
import { testClients } from '../support/clients.js';
import { startHoldfast } from '../support/harness.js';
import { signIn } from '../support/login.js';

describe('the signing algorithms of the config', () => {
  it('are those that a client may have its ID tokens signed with', async () => {
    const holdfast = await startHoldfast({
      key_rotation: { algorithms: ['ES256', 'RS256', 'EdDSA'] },
      clients: testClients.map((client) => ({ ...client, id_token_signed_response_alg: 'EdDSA' })),
    });
    try {
      const { idToken } = await signIn({ issuer: holdfast.issuer });
      assert.equal(decodeProtectedHeader(idToken).alg, 'EdDSA');
    } finally {
      await holdfast.close();
    }
  });
});
