import assert from 'node:assert/strict';
import { calculateJwkThumbprint, decodeJwt } from 'jose';
import { request } from 'undici';
import { callback, secretOf, testClients } from '../support/clients.js';
import { DbscDevice } from '../support/dbsc-device.js';
import { basic } from '../support/device.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { HttpsVisitor } from '../support/https-visitor.js';
import { logIn } from '../support/login.js';

const relying = (id: string, ...elsewhere: readonly string[]) => ({
  client_id: id,
  client_secret: secretOf(id),
  redirect_uris: [callback, ...elsewhere],
  dpop_bound_access_tokens: false,
});
const sharing = relying('sharing', new URL('/other', callback).href, 'https://also.test/back');
const clients = [
  ...testClients,
  { ...sharing, device_bound_session_sharing: true },
  relying('ordinary', 'https://ordinary.test/back'),
];

describe('the key that holds a session here', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast({ issuer: 'https://id.localhost', clients });
  });
  after(() => holdfast.close());

  async function idToken(visitor: HttpsVisitor, clientId: string): Promise<Record<string, unknown>> {
    const { issuer } = holdfast;
    const wish = { issuer, visitor, clientId, scope: 'openid', resource: undefined };
    const { code, verifier, redirectUri } = await logIn(wish);
    const asked = {
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      redirect_uri: redirectUri,
    };
    const answer = await request(`http://127.0.0.1:${holdfast.config.port}/token`, {
      method: 'POST',
      headers: {
        ...basic(clientId, secretOf(clientId)),
        host: new URL(issuer).host,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams(asked).toString(),
    });
    return decodeJwt(((await answer.body.json()) as { id_token: string }).id_token);
  }

  it('is told to the client whose sessions it is to hold, too, and to no other', async () => {
    const device = new DbscDevice(holdfast);
    const { device_bound_session: told } = await idToken(device, 'sharing');
    assert.deepEqual(told, {
      provider_key: await calculateJwkThumbprint(device.held.key.publicJwk),
      provider_session_id: device.held.id,
      provider_url: holdfast.issuer,
    });
    assert.equal((await idToken(device, 'ordinary'))['device_bound_session'], undefined);
  });

  it('is left out where there is none', async () => {
    const claims = await idToken(new HttpsVisitor(holdfast), 'sharing');
    assert.equal(claims['device_bound_session'], undefined);
  });

  it('is shared with the origins of those clients alone', async () => {
    const at = '/.well-known/device-bound-sessions';
    const { text } = await new HttpsVisitor(holdfast).get(holdfast.issuer + at);
    assert.deepEqual(JSON.parse(text), { relying_origins: ['https://also.test', 'https://app.test'] });
  });
});
