import assert from 'node:assert/strict';
import { callback } from '../support/clients.js';
import { Device } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { introspect, refresh, signIn } from '../support/login.js';

/** An operator turns rotation off (FAPI 2.0 SP §5.3.2.1(9)); tokens that were rotated away must stay so (law 2). */
describe('threat 31: a refresh token that has a successor, after its client stopped rotating', () => {
  const client = (rotation: string) => ({
    client_id: 'spa',
    token_endpoint_auth_method: 'none',
    redirect_uris: [callback],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    refresh_token_rotation: rotation,
  });
  const resource = {
    identifier: 'https://a.models.test/',
    scope: 'model:call',
    resource_servers: ['rs-a'],
  };
  const server = {
    client_id: 'rs-a',
    client_secret: 'rs-a-secret-of-more-than-thirty-two-characters',
    redirect_uris: [],
    grant_types: [],
    response_types: [],
  };
  const start = (rotation: string) =>
    startHoldfast({ clients: [client(rotation), server], resources: [resource] });
  let rotating: Holdfast;
  let keeping: Holdfast;
  before(async () => {
    rotating = await start('rotate');
    keeping = await start('none');
  });
  afterEach(() => rotating.clock.reset());
  after(async () => {
    await rotating.close();
    await keeping.close();
  });

  it('is refused, and ends its family', async () => {
    const device = await Device.create(rotating.clock);
    const { refreshToken } = await signIn({ issuer: rotating.issuer }, device);
    const rotated = await refresh(rotating.issuer, refreshToken, device);
    assert.equal(rotated.status, 200);
    rotating.clock.advance(11);
    const again = await refresh(keeping.issuer, refreshToken, device);
    assert.equal(again.status, 400, JSON.stringify(again.body));
    assert.equal(again.body['error'], 'invalid_grant');
    const seen = await introspect(keeping.issuer, rotated.body['access_token'] as string);
    assert.deepEqual(seen.body, { active: false });
  });

  it('is not rotated any more when it has none', async () => {
    const device = await Device.create(rotating.clock);
    const { refreshToken } = await signIn({ issuer: rotating.issuer }, device);
    for (const _ of [1, 2]) {
      const answer = await refresh(keeping.issuer, refreshToken, device);
      assert.deepEqual([answer.status, answer.body['refresh_token']], [200, refreshToken]);
    }
  });
});
