import assert from 'node:assert/strict';
import { adminDesk } from '../support/admin-desk.js';
import { gatewayA, testResources } from '../support/clients.js';
import { generateProofKey } from '../../src/proof/create-proof.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { mintToken, storeCaller } from '../support/model-caller.js';
import { observing } from '../support/observing.js';
import { unique } from '../support/records.js';
import { eventsDuring } from '../support/security-events.js';
import { TwoWayGateway } from '../support/two-way-gateway.js';

/** The one that the gateways below call. */
const model = 'echo';

describe('a tier that is only observed', () => {
  let holdfast: Holdfast;
  const tier = unique('strict').replaceAll('_', '-').slice(0, 20);

  before(async () => {
    holdfast = await startHoldfast({
      resources: testResources,
      tiers: [
        { id: 'cheap', title: 'Cheap', models: ['tiny'] },
        { id: tier, title: 'Strict', models: [model], acr: 'urn:holdfast:acr:phr', ...observing },
      ],
    });
  });
  let closed = false;
  after(() => closed || holdfast.close());

  async function holder(acr: string) {
    const family = await storeCaller(holdfast);
    const key = await generateProofKey();
    return { family, key, token: await mintToken(holdfast, family, { jkt: key.jkt, acr }) };
  }

  for (const mode of ['remote', 'local'] as const) {
    it(`is told to the client by a gateway in ${mode} mode, and not where nothing would be refused`, async () => {
      const { issuer, clock } = holdfast;
      const gateway = await TwoWayGateway.start({ issuer, mode, clock });
      try {
        const weak = await holder('urn:holdfast:acr:basic');
        const told = await eventsDuring(holdfast, 'call_observed', async () => {
          const passed = await gateway.use('call', weak);
          assert.deepEqual(
            [passed.status, passed.headers.get('holdfast-would-refuse')],
            [200, 'step_up_required'],
            JSON.stringify(passed.body),
          );
          assert.match(passed.headers.get('access-control-expose-headers') ?? '', /Holdfast-Would-Refuse/);
        });
        assert.equal(told.length, 1);
        assert.deepEqual(
          [told[0]?.['refusal'], told[0]?.['tier'], told[0]?.['accountId']],
          ['step_up_required', tier, weak.family.accountId],
        );
        const strong = await gateway.use('call', await holder('urn:holdfast:acr:phr'));
        assert.deepEqual([strong.status, strong.headers.get('holdfast-would-refuse')], [200, null]);
      } finally {
        await gateway.close();
      }
    });
  }

  it('is counted for the report: calls, and how many people they are of', async () => {
    const { issuer, clock } = holdfast;
    const gateway = await TwoWayGateway.start({ issuer, mode: 'remote', clock });
    const weak = await holder('urn:holdfast:acr:basic');
    for (let call = 0; call < 2; call += 1) await gateway.use('call', weak);
    await gateway.close();
    assert.match(
      await holdfast.app.metrics(),
      new RegExp(
        `holdfast_calls_would_refuse_total\\{(?=[^}]*code="step_up_required")(?=[^}]*tier="${tier}")[^}]*\\} 4`,
      ),
    );
    // What is in memory is written at the end.
    closed = true;
    await holdfast.close();
    const outcome = await adminDesk(holdfast).run('report would-refuse', { days: 7 });
    assert.ok(outcome.ok);
    const { would_refuse: lines } = outcome.result as { would_refuse: Record<string, unknown>[] };
    const mine = lines.filter((line) => line['tier'] === tier);
    assert.deepEqual(mine, [
      {
        day: mine[0]?.['day'],
        resource: gatewayA,
        tier,
        code: 'step_up_required',
        client_id: 'spa',
        calls: 4,
        accounts: 3,
      },
    ]);
    assert.match(outcome.text, new RegExp(`${tier} +step_up_required +spa +4 +3\n`));
    const unknown = await adminDesk(holdfast).run('report would-refuse', { days: 91 });
    assert.equal(!unknown.ok && unknown.error, 'usage');
  });
});
