import assert from 'node:assert/strict';
import { gatewayA, secretOf } from '../support/clients.js';
import { craftProof } from '../support/hand-made-proof.js';
import { basic, Device, postForm } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';

/**
 * Whoever may use a key for a moment (a script in the page, a borrowed device) makes proofs for later, dated ahead.
 * RFC 9449 §11.2: server nonces bound how long that is worth anything.
 */
describe('threat 3: proofs made in advance', () => {
  let holdfast: Holdfast;
  let device: Device;
  before(async () => {
    holdfast = await startHoldfast();
    device = await Device.create();
  });
  afterEach(() => holdfast.clock.reset());
  after(() => holdfast.close());

  const headers = basic('service', secretOf('service'));
  const form = { grant_type: 'client_credentials', resource: gatewayA, scope: 'model:call' };
  const use = (proof: string) => postForm({ url: `${holdfast.issuer}/token`, form, headers }, proof);

  const madeNowFor = async (ahead: number, nonce?: string | null) => {
    const iat = Math.floor(Date.now() / 1000) + ahead;
    return craftProof(device.key, { htu: `${holdfast.issuer}/token`, iat, nonce: nonce ?? undefined });
  };

  it('are worth nothing before their time', async () => {
    const nonce = (await use(await madeNowFor(0))).headers.get('dpop-nonce');
    for (const ahead of [30, 120, 3600]) {
      const answer = await use(await madeNowFor(ahead, nonce));
      assert.deepEqual([answer.status, answer.body['error']], [400, 'invalid_dpop_proof']);
    }
  });

  it('are worth nothing in their time, when the nonce they were made with is dead', async () => {
    const nonce = (await use(await madeNowFor(0))).headers.get('dpop-nonce');
    const hoard = await Promise.all([240, 300, 3600].map((ahead) => madeNowFor(ahead, nonce)));
    for (const [index, step] of [240, 60, 3300].entries()) {
      holdfast.clock.advance(step);
      const answer = await use(hoard[index] ?? '');
      assert.deepEqual([answer.status, answer.body['error']], [400, 'use_dpop_nonce']);
    }
    const fresh = (await use(await madeNowFor(0))).headers.get('dpop-nonce');
    assert.equal((await use(await madeNowFor(0, fresh))).status, 200);
  });

  it('are worth nothing without a nonce', async () => {
    const hoard = await madeNowFor(120);
    holdfast.clock.advance(120);
    assert.equal((await use(hoard)).body['error'], 'use_dpop_nonce');
  });
});
