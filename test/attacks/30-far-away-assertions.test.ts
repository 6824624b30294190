import assert from 'node:assert/strict';
import { assertionClient, machineGrant, type AssertionClient } from '../support/assertion-client.js';
import { testClients } from '../support/clients.js';
import { Device } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';

/** A registered client that chooses the `exp` of its assertions, and so until when we have to remember each (threat 30). */
describe('threat 30: client assertions that end in a distant hour', () => {
  let holdfast: Holdfast;
  let client: AssertionClient;
  let device: Device;
  before(async () => {
    client = await assertionClient();
    holdfast = await startHoldfast({ clients: [...testClients, client.metadata] });
    device = await Device.create();
  });
  after(() => holdfast.close());

  async function askFor(exp: number) {
    const { issuer } = holdfast;
    // The nonce first, so that each assertion is presented once.
    await device.get(`${issuer}/userinfo`, 'x');
    const assertion = await client.assertion(issuer, { exp });
    return device.post({ url: `${issuer}/token`, form: { ...machineGrant, ...client.form(assertion) } });
  }

  const now = () => Math.floor(Date.now() / 1000);

  it('work for an hour at the most', async () => {
    const answer = await askFor(now() + 3500);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  });

  for (const [words, exp] of [
    ['in two hours', () => now() + 7200],
    ['in ten years', () => now() + 315_360_000],
    ['after the last partition that can be numbered', () => 1e15],
    ['beyond all numbers', () => 1e300],
  ] as const) {
    it(`are refused when they end ${words}`, async () => {
      const answer = await askFor(exp());
      assert.equal(answer.status, 401, JSON.stringify(answer.body));
      assert.equal(answer.body['error'], 'invalid_client');
    });
  }
});
