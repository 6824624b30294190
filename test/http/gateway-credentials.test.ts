import assert from 'node:assert/strict';
import { createGuard, type GuardOptions } from '../../src/gateway/index.js';
import { assertionClient } from '../support/assertion-client.js';
import { gatewayA, testClients, testResources } from '../support/clients.js';
import { startHoldfast } from '../support/harness.js';
import { signIn } from '../support/login.js';
import { TwoWayGateway } from '../support/two-way-gateway.js';

describe('a gateway', () => {
  it('authenticates by a signed assertion for each question, in either mode', async () => {
    const { clientId, metadata, privateKey } = await assertionClient('signing-gateway');
    const holdfast = await startHoldfast({
      clients: [...testClients, metadata],
      resources: testResources.map((resource) =>
        resource.identifier === gatewayA ? { ...resource, resource_servers: [clientId] } : resource,
      ),
    });
    const clientKey = { key: privateKey, algorithm: 'ES256', keyId: 'its-key' };
    try {
      const { accessToken: token, device } = await signIn({ issuer: holdfast.issuer });
      for (const mode of ['remote', 'local'] as const) {
        const { issuer, clock } = holdfast;
        const gateway = await TwoWayGateway.start({ issuer, clock, mode, clientId, clientKey });
        for (const way of ['list', 'call', 'call'] as const) {
          const { status, body } = await gateway.use(way, { key: device.key, token });
          assert.equal(status, 200, `${mode} ${way} ${JSON.stringify(body)}`);
        }
        assert.equal(
          await gateway.guard.usage.report({ callId: `call_${'0'.repeat(22)}`, outcome: 'failed' }),
          'kept',
        );
        await gateway.close();
      }
    } finally {
      await holdfast.close();
    }
  });

  it('says in one way who it is, and trusts nothing for longer than is published', () => {
    const place = {
      issuer: 'https://id.example',
      resource: 'https://api.example/v1',
      publicUrl: 'https://api.example',
      clientId: 'gateway',
      feed: false,
    };
    const key = { kty: 'EC' };
    const secret = { clientSecret: 'x' };
    const wrong: readonly Partial<GuardOptions>[] = [
      {},
      { ...secret, clientKey: { key, algorithm: 'ES256' } },
      { ...secret, cache: { seconds: 301 } },
      { ...secret, onOutage: [{ answer: 'cached', seconds: 301 }] },
      { ...secret, mode: 'remote', onOutage: [] },
      { ...secret, mode: 'remote', localModels: ['*'] },
      { ...secret, mode: 'remote', cache: {} },
    ];
    for (const options of wrong) {
      assert.throws(() => createGuard({ ...place, ...options }), TypeError, JSON.stringify(options));
    }
  });
});
