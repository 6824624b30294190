import assert from 'node:assert/strict';
import { gatewayA, testClients } from '../support/clients.js';
import { Device } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';

/** A public client that was registered for client_credentials: its id is all that a stranger needs (RFC 6749 §4.4). */
describe('threat 1: client_credentials of a client that does not authenticate', () => {
  let holdfast: Holdfast;
  before(async () => {
    const careless = {
      client_id: 'careless',
      token_endpoint_auth_method: 'none',
      redirect_uris: [],
      grant_types: ['client_credentials'],
      response_types: [],
    };
    holdfast = await startHoldfast({ clients: [...testClients, careless] });
  });
  after(() => holdfast.close());

  it('give nobody a token', async () => {
    const stranger = await Device.create();
    const answer = await stranger.post({
      url: `${holdfast.issuer}/token`,
      form: {
        grant_type: 'client_credentials',
        client_id: 'careless',
        resource: gatewayA,
        scope: 'model:call',
      },
    });
    assert.equal(answer.status, 400, JSON.stringify(answer.body));
    assert.equal(answer.body['error'], 'invalid_client_metadata');
    assert.equal(answer.body['access_token'], undefined);
  });
});
